"""A turn: one exchange, created fresh, ended once, never reused."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pipit.audio.frames import RATE
from pipit.fsm.transcript import join
from pipit.models.cancel import CancelToken

if TYPE_CHECKING:
    from pipit.fsm.bet import Bet

MILESTONES = ("endpoint", "stt_final", "llm_first_token", "first_clause", "tts_first_audio", "first_audio")
"""Instants of a turn, each later reported in milliseconds after the last sample of speech."""


class Outcome(StrEnum):
    """How a turn ended."""

    DONE = "done"
    INTERRUPTED = "interrupted"
    EMPTY = "empty"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """What is kept of a turn; ``speech`` in samples since the microphone opened, None when it was typed."""

    turn_id: str
    outcome: Outcome
    transcript: str
    reply: str
    heard: str
    speech: tuple[int, int] | None
    error: str
    latency_ms: dict[str, float]
    barge_in_ms: float | None

    def repeatable(self) -> dict[str, Any]:
        """Return the part that is the same in every replay."""
        speech = None if self.speech is None else [round(s / RATE, 3) for s in self.speech]
        kept = {name: getattr(self, name) for name in ("turn_id", "outcome", "transcript", "reply", "heard", "error")}
        return {**kept, "outcome": str(self.outcome), "speech": speech}


@dataclass(slots=True)
class Utterance:
    """One stretch of speech of a turn; ``text`` is None until the recogniser has finished."""

    start: int
    end: int
    text: str | None = None
    pcm: bytes = field(default=b"", repr=False)


@dataclass(slots=True)
class Turn:
    """Owned by the dialogue; others know it by its id and its token."""

    id: str
    token: CancelToken = field(default_factory=CancelToken)
    bet: Bet | None = None
    """Work done ahead in the hope that the person has finished."""
    bets: int = 0
    words_read: int = 0
    """How many words of the person the model has read ahead."""
    utterances: dict[int, Utterance] = field(default_factory=dict)
    awaited: int = 0
    """Utterances that a button asked for and that the ear has not opened yet."""
    held: bool = False
    """Whether a button was held for it: then its release says when it is over."""
    waited: bool = False
    """Whether it was given more time, as its words wanted more."""
    typed: str = ""
    clauses: list[str] = field(default_factory=list)
    judging: bool = False
    """Whether the model writes something that is not spoken."""
    complete: bool = False
    """Whether the reply has no further clause."""
    error: str = ""
    began: float = 0.0
    """Stamp of the last sample of speech, or of the typed text."""
    stamps: dict[str, float] = field(default_factory=dict)
    barge_in_ms: float | None = None

    @property
    def reply(self) -> str:
        """The reply so far; clauses are consecutive slices of what the model wrote."""
        return "".join(self.clauses)

    @property
    def said(self) -> str:
        """The words of the person so far."""
        return self.typed or join(u.text or "" for u in self.utterances.values())

    def said_with(self, utterance: int, text: str) -> str:
        """Return the words so far if those of one utterance are ``text``."""
        return join([*(u.text or "" for number, u in self.utterances.items() if number != utterance), text])

    @property
    def transcribed(self) -> bool:
        """Whether every utterance has its words, and none is still to come."""
        return not self.awaited and all(u.text is not None for u in self.utterances.values())

    @property
    def seconds(self) -> float:
        """How much speech it holds, pre-roll included."""
        return sum(len(u.pcm) for u in self.utterances.values()) / (2 * RATE)

    def mark(self, milestone: str, stamp: float) -> None:
        """Keep the first stamp of a milestone; for what precedes the reply, the last."""
        if milestone in ("endpoint", "stt_final") or milestone not in self.stamps:
            self.stamps[milestone] = stamp

    def heard_speech(self, utterance: int, start: int, end: int) -> None:
        """Set the bounds of an utterance's speech."""
        entry = self.utterances[utterance]
        entry.start, entry.end = start, end
        self.began = end / RATE

    def record(self, outcome: Outcome, transcript: str, heard: str) -> TurnRecord:
        """Return what is kept."""
        spans = [(u.start, u.end) for u in self.utterances.values()]
        speech = (min(s for s, _ in spans), max(e for _, e in spans)) if spans else None
        latency, floor = {}, 0.0
        for name in MILESTONES:
            if name in self.stamps:
                # in a replay the device pulls at the next frame, so an instant may seem to precede its cause
                floor = max(floor, (self.stamps[name] - self.began) * 1000)
                latency[name] = round(floor, 1)
        reply = self.reply.strip()
        return TurnRecord(self.id, outcome, transcript, reply, heard, speech, self.error, latency, self.barge_in_ms)
