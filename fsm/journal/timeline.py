"""The course of a session, told from its events alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pipit.fsm.journal.rows import Entry
from pipit.fsm.session import events as se

Who = Literal["person", "pipit", "session"]


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened; ``elapsed`` in seconds of the session, ``n`` the number of its event."""

    n: int
    wall: datetime
    elapsed: float
    kind: str
    who: Who
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One stay in a phase; what comes before the first phase has no name."""

    phase: str
    moments: tuple[Moment, ...]


def timeline(entries: Iterable[Entry]) -> tuple[Chapter, ...]:
    """Return the course of a session, chapter by chapter."""
    chapters: list[tuple[str, list[Moment]]] = [("", [])]
    for entry in entries:
        if isinstance(entry.event, se.PhaseStart):
            chapters.append((entry.event.phase, []))
        chapters[-1][1].extend(_moments(entry))
    return tuple(Chapter(phase, tuple(moments)) for phase, moments in chapters if phase or moments)


def timeline_as_json(chapters: Iterable[Chapter]) -> list[dict[str, Any]]:
    """Return it for programs."""
    return [{"phase": chapter.phase, "moments": [_as_json(it) for it in chapter.moments]} for chapter in chapters]


def _as_json(moment: Moment) -> dict[str, Any]:
    return {
        "n": moment.n,
        "wall": moment.wall.isoformat(),
        "elapsed_s": moment.elapsed,
        "event": moment.kind,
        "who": moment.who,
        "text": moment.text,
    }


def _moments(entry: Entry) -> list[Moment]:
    event = entry.event
    told: list[tuple[Who, str]]
    if isinstance(event, se.TurnKept):
        told = [("person", event.said), ("pipit", _heard(event))]
    elif isinstance(event, se.SentenceEnd):
        told = [("pipit", event.heard)]
    else:
        told = [("session", _talk(event) or _fields(event) or _course(event))]
    return [Moment(entry.n, entry.wall, event.elapsed, event.kind, who, text) for who, text in told if text]


def _heard(event: se.TurnKept) -> str:
    return event.heard if event.outcome == "done" else f"{event.heard} ({event.outcome})".strip()


def _fields(event: se.SessionEvent) -> str:
    match event:
        case se.FieldSet():
            return f"{event.field} = {shown(event.value)}{_origin(event)}"
        case se.FieldConfirmed():
            return f"{event.field} confirmed"
        case se.FieldCleared():
            return f"{event.field} taken back"
        case se.ItemSkipped():
            return f"{event.item} left out"
        case se.ArtifactAdded():
            length = f", {event.seconds:.1f} s" if event.seconds else ""
            return f"{event.artifact} kept: {event.path}{length}"
    return ""


def _origin(event: se.FieldSet) -> str:
    return f", from '{event.words}'" if event.by == "parser" else f", from '{event.words}' by {event.by}"


def _talk(event: se.SessionEvent) -> str:
    match event:
        case se.QuestionAsked():
            return f"follow-up to {event.parent}: {event.text}" if event.parent else f"{event.question}: {event.text}"
        case se.AnswerGiven():
            return f"{event.question} answered{'' if event.enough else ', not fully'}: {event.text}"
        case se.TimedOut():
            return f"no answer about {event.item}" if event.item else "no answer"
        case se.Summary():
            return f"summary: {event.text}"
    return ""


def _course(event: se.SessionEvent) -> str:
    match event:
        case se.SessionStart():
            return f"{event.title} began" + (f", for {event.minutes:g} min" if event.minutes else "")
        case se.PhaseTransition():
            why = f", although something was lacking: {event.override}" if event.override else ""
            return f"{event.source} complete, on to {event.dest}{why}"
        case se.Paused():
            return "parked" if event.reason == "parked" else "paused"
        case se.Resumed():
            return "resumed"
        case se.SessionError():
            return f"error {event.code}: {event.message}"
        case se.SessionEnd():
            return f"ended, {event.reason}{', by force' if event.forced else ''}"
    return ""


def shown(value: se.Value) -> str:
    """Return a value as it is read: yes and no, numbers without a needless fraction."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.12g}" if isinstance(value, float) else str(value)
