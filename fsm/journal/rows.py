"""What is read out of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from pipit.fsm.session.events import SessionEvent

Course = Literal["running", "paused", "ended"]
Kind = Literal["said", "reply", "field", "artifact", "summary"]

SESSION_COLUMNS = "id, flow, title, phase, state, began, updated, ended, minutes, elapsed, turns, summary"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in a list. Times are the wall clock's; ``minutes`` is the length asked for, ``elapsed`` in seconds."""

    id: str
    flow: str
    title: str
    phase: str
    state: Course
    began: datetime
    updated: datetime
    ended: datetime | None
    minutes: float
    elapsed: float
    turns: int
    summary: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An event, its number within the session, from 1, and when it was written down."""

    n: int
    wall: datetime
    event: SessionEvent


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where something was found; ``marks`` are the parts of ``snippet`` that match, as start and end."""

    session: str
    flow: str
    kind: Kind
    name: str
    """Of the field or artifact."""
    text: str
    snippet: str
    marks: tuple[tuple[int, int], ...]
    wall: datetime


def session_row(values: tuple[Any, ...]) -> SessionRow:
    """Return the row of what ``SESSION_COLUMNS`` gave."""
    id_, flow, title, phase, state, began, updated, ended, *rest = values
    times = (datetime.fromisoformat(began), datetime.fromisoformat(updated))
    over = datetime.fromisoformat(ended) if ended else None
    return SessionRow(id_, flow, title, phase, cast(Course, state), *times, over, *rest)
