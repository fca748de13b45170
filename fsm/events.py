"""Everything that can happen: one closed union of frozen dataclasses.

The same events travel to the dialogue, the journal, the logs, the lights and the console. ``at`` is audio
time in samples at 16 kHz; ``stamp`` places the event for latency figures and is no part of its identity, so
two replays of one recording give equal events.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from pipit.fsm.turn import TurnRecord
from pipit.models.ports import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all of them carry; the dialogue fills in session, turn and time before anybody else sees them."""

    session: str = ""
    turn: str = ""
    at: int = 0
    stamp: float = field(default=0.0, compare=False, repr=False)

    internal: ClassVar[bool] = False
    """True for what only the dialogue needs, because its order beside other threads' events is chance."""
    renamed: ClassVar[dict[str, str]] = {}
    """Attributes that JSON calls otherwise."""

    @property
    def name(self) -> str:
        """The name in logs and files, such as ``SpeechStarted``."""
        return type(self).__name__


# ---- from outside: button, console, clock, device ----------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonDown(Event):
    """Hold to talk; while it thinks or speaks, fall silent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonUp(Event):
    """The utterance ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTyped(Event):
    """A turn without sound."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Event):
    """Speak a text as it stands, without the model."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Event):
    """Answer now, without waiting for the hold-off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(Event):
    """Drop the turn, whatever it does, and be silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MicLost(Event):
    """The microphone went away."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MicBack(Event):
    """The microphone is there again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOrder(Event):
    """Button or console steer the session, such as ``pause``; ``argument`` is what the verb takes."""

    verb: str
    argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeUp(Event):
    """The sample that the dialogue waited for has come, and nobody speaks."""

    internal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerLost(Event):
    """The speaker went away: what is to be said waits for it."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerBack(Event):
    """The speaker is there again, and says what was not heard yet."""


# ---- from the ear ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class EarEvent(Event):
    """``utterance`` numbers the stretches of speech that the ear cut out."""

    utterance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted(EarEvent):
    """``start`` is the first sample; ``turn`` is set when a button asked for it."""

    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialTranscript(EarEvent):
    """The words so far."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(EarEvent):
    """The utterance is over; ``start`` and ``end`` bound its speech in samples."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalTranscript(EarEvent):
    """What was said, as the recogniser gave it, and the sound of it (16 kHz int16, pre-roll included)."""

    text: str
    pcm: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(EarEvent):
    """The hold-off is over and nobody went on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLong(EarEvent):
    """The utterance passed its bound and was dropped."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechPaused(EarEvent):
    """A short silence, not yet an end; ``text`` are the words so far."""

    text: str
    internal: ClassVar[bool] = True


# ---- from the brain and the mouth --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerEvent(Event):
    """``bet`` is the number of the bet that it is part of, 0 for none."""

    bet: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompted(WorkerEvent):
    """What the model is asked: just what it will remember of the conversation."""

    messages: tuple[Message, ...]
    dropped: int = 0
    """Oldest exchanges left out because the context is full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstToken(WorkerEvent):
    """The model began its reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause(WorkerEvent):
    """The next piece of the reply that can be spoken by itself."""

    index: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDone(WorkerEvent):
    """The reply has no further clause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(WorkerEvent):
    """What the model wrote for the session's own use; None when it failed."""

    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseVoiced(WorkerEvent):
    """A clause's sound begins to exist."""

    index: int
    internal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackStarted(Event):
    """The first sample of the reply went to the device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseSpoken(Event):
    """A clause was played to its end."""

    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackDone(Event):
    """The whole reply was played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(WorkerEvent):
    """An engine failed while it worked for a turn."""

    part: str
    code: str
    message: str


# ---- from the dialogue -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged(Event):
    """The turn machine moved."""

    source: str
    dest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Free(Event):
    """Nobody speaks and nothing is under way: see what comes next."""

    internal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Unasked(Event):
    """The assistant speaks of its own accord."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingToSay(Event):
    """The turn ends without a reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStarted(Event):
    """A turn exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnded(Event):
    """A turn is over, for good."""

    record: TurnRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored(Event):
    """An event that is not valid in this state changed nothing."""

    of: str
    state: str


def as_dict(event: Event) -> dict[str, Any]:
    """Return a JSON object of the event, the same for every replay: no wall-clock figure, no sound."""
    body = {event.renamed.get(f.name, f.name): getattr(event, f.name) for f in fields(event) if f.compare}
    body["at"] = round(event.at / 16_000, 3)
    if isinstance(event, TurnEnded):
        body["record"] = event.record.repeatable()
    if isinstance(event, Prompted):
        body["messages"] = [{"role": m.role, "text": m.text} for m in event.messages]
    return {"event": event.name, **body}
