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
    """``action`` names the dialogue's method that runs just before the state changes; ``dest`` None stays.

    A row that ``returns`` only leads back to where the machine was before it was suspended.
    """

    trigger: str
    sources: Sequence[State]
    dest: State | None
    action: str | None = None
    returns: bool = False


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
    Row("unasked", (IDLE,), THINKING, "speak_unasked"),
    Row("judged", (THINKING,), None, "decide"),
    Row("nothing", (THINKING,), IDLE, "end_quiet"),
    Row("clause", (THINKING,), SPEAKING, "speak_first"),
    Row("clause", (SPEAKING,), None, "speak"),
    Row("reply_done", (THINKING,), SPEAKING, "apologise"),
    Row("reply_done", (SPEAKING,), None, "close_reply"),
    Row("apology", (THINKING,), SPEAKING, "apologise"),
    Row("played", (SPEAKING,), IDLE, "end_done"),
    Row("fail", ACTIVE, IDLE, "end_failed"),
    Row("cancel", ACTIVE, IDLE, "end_interrupted"),
    Row("cancel", (SUSPENDED,), SUSPENDED, "end_interrupted"),
    Row("mic_lost", (IDLE, *ACTIVE), SUSPENDED, "suspend"),
    *(Row("mic_back", (SUSPENDED,), state, "resume", returns=True) for state in (IDLE, *ACTIVE)),
)
TRIGGERS = tuple(dict.fromkeys(row.trigger for row in TABLE))


class TurnMachine:
    """Runs the table over an object that has its actions; one thread owns it.

    ``actions`` has a method ``name(event)`` for every action of the table.
    """

    state: State
    left: State
    """Where it was before it was suspended, and where it will go on; idle once the turn was cancelled meanwhile."""

    def __init__(self, actions: object) -> None:
        self._machine = Machine(
            model=self,
            states=State,
            initial=State.IDLE,
            auto_transitions=False,
            send_event=True,
            ignore_invalid_triggers=True,
        )
        self.left = IDLE
        for row in TABLE:
            self._add(row, actions)

    def _add(self, row: Row, actions: object) -> None:
        before = [_call(getattr(actions, row.action))] if row.action else []
        conditions: list[Any] = [lambda _: self.left is row.dest] if row.returns else []
        dest: Any = row.dest
        self._machine.add_transition(row.trigger, list(row.sources), dest, before=before, conditions=conditions)

    def allows(self, trigger: str) -> bool:
        """Whether the table has a row for the trigger in this state."""
        rows = (row for row in TABLE if row.trigger == trigger and self.state in row.sources)
        return any(not row.returns or row.dest is self.left for row in rows)

    def fire(self, trigger: str, event: object) -> bool:
        """Run a trigger; False, and nothing changed, when the table has no row for it in this state."""
        before = self.state
        fired: bool = self._machine.events[trigger].trigger(self, event)
        if fired and self.state is SUSPENDED:
            self.left = IDLE if before is SUSPENDED else before
        return fired


def _call(action: Any) -> Any:
    def run(data: Any) -> None:
        action(data.args[0])

    return run
