"""What a conversation is: events, the turn machine, turns, and the four workers around it."""

from pipit.fsm.brain import Brain, BrainJob, BrainSettings
from pipit.fsm.dialogue import Dialogue, DialogueSettings
from pipit.fsm.ear import Ear, EarSettings
from pipit.fsm.inbox import Activity, Inbox
from pipit.fsm.machine import TABLE, State, TurnMachine
from pipit.fsm.mouth import Mouth, MouthJob
from pipit.fsm.turn import Outcome, Turn, TurnRecord

__all__ = [
    "TABLE",
    "Activity",
    "Brain",
    "BrainJob",
    "BrainSettings",
    "Dialogue",
    "DialogueSettings",
    "Ear",
    "EarSettings",
    "Inbox",
    "Mouth",
    "MouthJob",
    "Outcome",
    "State",
    "Turn",
    "TurnMachine",
    "TurnRecord",
]
