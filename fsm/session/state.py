"""A session as it stands: a pure fold over its events, so that a restart knows what the process before knew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from types import MappingProxyType

from pipit.fsm.memory import Exchange
from pipit.fsm.session import events as se

_EXCHANGES = 64
_GO_ON = "Continue."
"""What the person would have said for a sentence that came unasked: chat models take the roles in turns."""


@dataclass(frozen=True, slots=True)
class Held:
    """A field's value, and the words it was read from."""

    value: se.Value
    words: str
    by: se.By
    confirmed: bool
    phase: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An artifact; ``path`` is relative to the session's folder."""

    path: str
    media: str
    seconds: float
    phase: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was put, with its answer once there is one; ``parent`` is what it follows up on."""

    phase: str
    question: str
    text: str
    parent: str = ""
    answer: str | None = None
    enough: bool = False


@dataclass(frozen=True, slots=True)
class SessionState:
    """Everything that is known of a session."""

    id: str = ""
    flow: str = ""
    title: str = ""
    minutes: float = 0.0
    phase: str = ""
    """The running phase; empty before the first, and the last one's name after the end."""
    phase_began: float = 0.0
    """Seconds of the session that had passed when the phase began."""
    visited: tuple[str, ...] = ()
    """Phases in the order they were entered, the running one last."""
    fields: Mapping[str, Held] = field(default_factory=lambda: MappingProxyType({}))
    artifacts: Mapping[str, Kept] = field(default_factory=lambda: MappingProxyType({}))
    skipped: frozenset[str] = frozenset()
    """Fields, artifacts and questions left out, as ``phase/item``."""
    asked: tuple[Asked, ...] = ()
    sentences: int = 0
    """Sentences that the running phase has said to their end."""
    retries: int = 0
    """Timeouts since the person last said something."""
    exchanges: tuple[Exchange, ...] = ()
    turns: int = 0
    elapsed: float = 0.0
    paused: str = ""
    """Why it rests: ``asked``, ``parked``; empty while it runs."""
    ended: str = ""
    summary: str = ""

    @property
    def way(self) -> tuple[str, ...]:
        """The phases from the first to the running one, without the detours of going back."""
        way: list[str] = []
        for name in self.visited:
            del way[way.index(name) if name in way else len(way) :]
            way.append(name)
        return tuple(way)

    def values(self) -> dict[str, se.Value]:
        """Return the fields' bare values, as conditions and texts see them."""
        return {name: held.value for name, held in self.fields.items()}


def fold(events: Iterable[se.SessionEvent], state: SessionState | None = None) -> SessionState:
    """Return the session that the events make."""
    return reduce(apply, events, state or SessionState())


def apply(state: SessionState, event: se.SessionEvent) -> SessionState:
    """Return the state after one more event."""
    state = replace(state, elapsed=max(state.elapsed, event.elapsed))
    match event:
        case se.SessionStart():
            return replace(state, id=event.session, flow=event.flow, title=event.title, minutes=event.minutes)
        case se.PhaseStart():
            return _enter(state, event)
        case se.FieldSet() | se.FieldConfirmed() | se.FieldCleared():
            return _field(state, event)
        case se.ItemSkipped():
            return replace(state, skipped=state.skipped | {f"{event.phase}/{event.item}"}, retries=0)
        case se.ArtifactAdded():
            kept = Kept(event.path, event.media, event.seconds, event.phase)
            return replace(state, artifacts=MappingProxyType({**state.artifacts, event.artifact: kept}))
        case se.QuestionAsked():
            asked = Asked(event.phase, event.question, event.text, event.parent)
            skipped = state.skipped - {f"{event.phase}/{event.question}"}
            return replace(state, asked=(*state.asked, asked), skipped=skipped)
        case se.AnswerGiven():
            return _answer(state, event)
        case se.TurnKept():
            return _turn(state, event)
    return _course(state, event)


def _course(state: SessionState, event: se.SessionEvent) -> SessionState:
    match event:
        case se.SentenceEnd():
            said = (Exchange(_GO_ON, event.heard),) if event.heard else ()
            return replace(state, sentences=event.index + 1, exchanges=(*state.exchanges, *said)[-_EXCHANGES:])
        case se.TimedOut():
            return replace(state, retries=state.retries + 1)
        case se.Paused():
            return replace(state, paused=event.reason)
        case se.Resumed():
            return replace(state, paused="", retries=0)
        case se.Summary():
            return replace(state, summary=event.text)
        case se.SessionEnd():
            return replace(state, ended=event.reason, paused="")
    return state  # PhaseTransition is the commit's mark, Sentence a beginning, SessionError a remark


def _enter(state: SessionState, event: se.PhaseStart) -> SessionState:
    visited = (*state.visited, event.phase)
    return replace(
        state, phase=event.phase, phase_began=event.elapsed, visited=visited, sentences=0, retries=0, paused=""
    )


def _field(state: SessionState, event: se.FieldSet | se.FieldConfirmed | se.FieldCleared) -> SessionState:
    held = dict(state.fields)
    match event:
        case se.FieldSet():
            held[event.field] = Held(event.value, event.words, event.by, event.confirmed, event.phase)
        case se.FieldConfirmed() if event.field in held:
            held[event.field] = replace(held[event.field], confirmed=True)
        case se.FieldCleared():
            held.pop(event.field, None)
    skipped = state.skipped - {f"{event.phase}/{event.field}"}
    return replace(state, fields=MappingProxyType(held), skipped=skipped, retries=0)


def _answer(state: SessionState, event: se.AnswerGiven) -> SessionState:
    if not state.asked:
        return state
    *before, last = state.asked
    answered = replace(last, answer=event.text, enough=event.enough)
    return replace(state, asked=(*before, answered), retries=0)


def _turn(state: SessionState, event: se.TurnKept) -> SessionState:
    exchange = (Exchange(event.said, event.heard),) if event.counts else ()
    exchanges = (*state.exchanges, *exchange)[-_EXCHANGES:]
    retries = 0 if event.said else state.retries
    return replace(state, turns=state.turns + 1, exchanges=exchanges, retries=retries)
