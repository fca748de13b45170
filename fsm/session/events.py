"""What happens in a session: the events that the journal keeps, and of which a session is the fold."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal, TypeAlias

from pipit.fsm.events import Event

Value: TypeAlias = str | int | float | bool
"""What a field holds: text, choice, date (2026-11-21) and time (14:30) as text, a number, yes or no,
a duration in seconds."""

By: TypeAlias = Literal["parser", "model", "console"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent(Event):
    """``elapsed`` is how many seconds of the session had passed, pauses left out."""

    elapsed: float = 0.0

    kind: ClassVar[str] = ""
    """The name in the journal and in JSON."""

    @property
    def name(self) -> str:
        """The name in logs and files, such as ``phase_start``."""
        return self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStart(SessionEvent):
    """A session exists; ``minutes`` is the length asked for, 0 where it has none."""

    flow: str
    title: str
    minutes: float = 0.0
    kind: ClassVar[str] = "session_start"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseStart(SessionEvent):
    """A phase begins; ``index`` is its place in the file, from 0."""

    phase: str
    index: int
    kind: ClassVar[str] = "phase_start"
    renamed: ClassVar[dict[str, str]] = {"phase": "name"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseTransition(SessionEvent):
    """A phase is complete and the next one begins; ``override`` is the reason when something was lacking."""

    source: str
    dest: str
    override: str = ""
    kind: ClassVar[str] = "phase_transition"
    renamed: ClassVar[dict[str, str]] = {"source": "from", "dest": "to"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSet(SessionEvent):
    """A field has a value; ``words`` are the person's own that it was read from."""

    phase: str
    field: str
    value: Value
    words: str
    by: By = "parser"
    confirmed: bool = False
    kind: ClassVar[str] = "field_set"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldConfirmed(SessionEvent):
    """The person agreed to a value that was read back."""

    phase: str
    field: str
    kind: ClassVar[str] = "field_confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCleared(SessionEvent):
    """A value was wrong and there is no other yet."""

    phase: str
    field: str
    kind: ClassVar[str] = "field_cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSkipped(SessionEvent):
    """Something optional is left out: a field, an artifact or a question."""

    phase: str
    item: str
    kind: ClassVar[str] = "item_skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactAdded(SessionEvent):
    """Something was kept; ``path`` is relative to the session's folder, ``seconds`` 0 for a file."""

    phase: str
    artifact: str
    path: str
    media: str = "audio/wav"
    seconds: float = 0.0
    kind: ClassVar[str] = "artifact_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked(SessionEvent):
    """A question of an interview; ``parent`` is set when it follows up on another's answer."""

    phase: str
    question: str
    text: str
    parent: str = ""
    kind: ClassVar[str] = "question_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGiven(SessionEvent):
    """The answer to the question asked last, and whether it was enough."""

    phase: str
    question: str
    text: str
    enough: bool
    kind: ClassVar[str] = "answer_given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence(SessionEvent):
    """A guided session says a sentence; ``index`` counts them within the phase, from 0."""

    phase: str
    index: int
    text: str
    kind: ClassVar[str] = "sentence"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceEnd(SessionEvent):
    """The sentence was played; ``heard`` is what of it was."""

    phase: str
    index: int
    heard: str
    kind: ClassVar[str] = "sentence_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnKept(SessionEvent):
    """What a turn left behind: the person's words, and what of the reply the person heard."""

    said: str
    heard: str
    outcome: str
    counts: bool = True
    """Whether it is part of what the model is told of the conversation."""
    kind: ClassVar[str] = "turn"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut(SessionEvent):
    """Nobody answered; ``item`` is what was asked for."""

    phase: str
    item: str
    kind: ClassVar[str] = "timed_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(SessionEvent):
    """The session rests until it is resumed; ``reason`` is ``asked`` or ``parked``."""

    reason: str = "asked"
    kind: ClassVar[str] = "session_pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(SessionEvent):
    """The session goes on: after a pause, or in a new process."""

    kind: ClassVar[str] = "session_resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionError(SessionEvent):
    """Something failed; ``recoverable`` tells whether the session goes on."""

    code: str
    message: str
    recoverable: bool = True
    kind: ClassVar[str] = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(SessionEvent):
    """What the model makes of an ended session; the raw turns stay."""

    text: str
    kind: ClassVar[str] = "summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnd(SessionEvent):
    """The session is over; ``reason`` is ``complete``, ``stopped`` or ``replaced``."""

    reason: str
    forced: bool = False
    kind: ClassVar[str] = "session_end"


_ALL: tuple[type[SessionEvent], ...] = (
    SessionStart,
    PhaseStart,
    PhaseTransition,
    FieldSet,
    FieldConfirmed,
    FieldCleared,
    ItemSkipped,
    ArtifactAdded,
    QuestionAsked,
    AnswerGiven,
    Sentence,
    SentenceEnd,
    TurnKept,
    TimedOut,
    Paused,
    Resumed,
    SessionError,
    Summary,
    SessionEnd,
)
KINDS: dict[str, type[SessionEvent]] = {cls.kind: cls for cls in _ALL}

_OUTSIDE = ("session", "stamp")


def to_json(event: SessionEvent) -> dict[str, Any]:
    """Return the JSON object of an event, without its session; ``from_json`` is the inverse."""
    body = {event.renamed.get(f.name, f.name): getattr(event, f.name) for f in fields(event) if f.name not in _OUTSIDE}
    return {"event": event.kind, **body}


def from_json(session: str, body: dict[str, Any]) -> SessionEvent:
    """Return the event of a JSON object; keys that are not known (a later edition's) are passed over.

    Raises ``KeyError`` for an event that is not known.
    """
    cls = KINDS[body["event"]]
    back = {json: name for name, json in cls.renamed.items()}
    known = {f.name for f in fields(cls)}
    named = {back.get(key, key): value for key, value in body.items() if key != "event"}
    return cls(session=session, **{key: value for key, value in named.items() if key in known})
