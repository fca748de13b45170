"""The turn machine: one table, and the one source of truth about what may follow what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from transitions import Machine


class State(Enum):
    """What the assistant is doing."""

    IDLE = "idle"
    LISTENING = "listening"
    TRANSCRIBING = "transcribing"
    PENDING = "pending"
    THINKING = "thinking"
    SPEAKING = "speaking"
    SUSPENDED = "suspended"


IDLE, LISTENING, TRANSCRIBING, PENDING, THINKING, SPEAKING, SUSPENDED = State
ACTIVE = (LISTENING, TRANSCRIBING, PENDING, THINKING, SPEAKING)


@dataclass(frozen=True, slots=True)
class Row:
    """``action`` names the dialogue's method that runs just before the state changes; ``dest`` None stays."""

    trigger: str
    sources: Sequence[State]
    dest: State | None
    action: str | None = None


TABLE = (
    Row("press", (IDLE,), LISTENING, "begin_turn"),
    Row("press", (TRANSCRIBING, PENDING), LISTENING, "go_on"),
    Row("press", (THINKING, SPEAKING), LISTENING, "barge_in"),
    Row("release", (LISTENING,), TRANSCRIBING, "end_utterance"),
    Row("speech", (IDLE,), LISTENING, "begin_turn"),
    Row("speech", (TRANSCRIBING, PENDING), LISTENING, "go_on"),
    Row("speech", (THINKING, SPEAKING), LISTENING, "barge_in"),
    Row("endpoint", (LISTENING,), TRANSCRIBING),
    Row("noise", (TRANSCRIBING,), IDLE, "end_empty"),
    Row("transcript", (TRANSCRIBING,), PENDING, "bet"),
    Row("send", (PENDING,), THINKING, "commit"),
    Row("text", (IDLE,), THINKING, "commit_typed"),
    Row("say", (IDLE,), SPEAKING, "say_as_it_stands"),
    Row("clause", (THINKING,), SPEAKING, "speak_first"),
    Row("clause", (SPEAKING,), None, "speak"),
    Row("reply_done", (THINKING,), SPEAKING, "apologise"),
    Row("reply_done", (SPEAKING,), None, "close_reply"),
    Row("apology", (THINKING,), SPEAKING, "apologise"),
    Row("played", (SPEAKING,), IDLE, "end_done"),
    Row("fail", ACTIVE, IDLE, "end_failed"),
    Row("cancel", ACTIVE, IDLE, "end_interrupted"),
    Row("mic_lost", (IDLE,), SUSPENDED),
    Row("mic_lost", ACTIVE, SUSPENDED, "end_failed"),
    Row("mic_back", (SUSPENDED,), IDLE),
)
TRIGGERS = tuple(dict.fromkeys(row.trigger for row in TABLE))


class TurnMachine:
    """Runs the table over an object that has its actions; one thread owns it.

    ``actions`` has a method ``name(event)`` for every action of the table.
    """

    state: State

    def __init__(self, actions: object) -> None:
        self._machine = Machine(
            model=self,
            states=State,
            initial=State.IDLE,
            auto_transitions=False,
            send_event=True,
            ignore_invalid_triggers=True,
        )
        for row in TABLE:
            before = [_call(getattr(actions, row.action))] if row.action else []
            dest: Any = row.dest
            self._machine.add_transition(row.trigger, list(row.sources), dest, before=before)

    def allows(self, trigger: str) -> bool:
        """Whether the table has a row for the trigger in this state."""
        return any(row.trigger == trigger and self.state in row.sources for row in TABLE)

    def fire(self, trigger: str, event: object) -> bool:
        """Run a trigger; False, and nothing changed, when the table has no row for it in this state."""
        fired: bool = self._machine.events[trigger].trigger(self, event)
        return fired


def _call(action: Any) -> Any:
    def run(data: Any) -> None:
        action(data.args[0])

    return run
