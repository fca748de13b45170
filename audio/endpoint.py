"""Where an utterance starts and ends: a pure machine fed with one speech/no-speech answer a frame.

It holds no audio, no clock and no device; all its times are samples counted from what it was fed.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

from pipit.audio.frames import FRAME_SAMPLES, frames_for
from pipit.errors import BadConfig


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """All times in milliseconds of audio."""

    preroll_ms: int = 300
    """Audio kept from before the start, so that no first word is clipped."""
    start_ms: int = 80
    """Speech needed within ``start_window_ms`` to start an utterance."""
    start_window_ms: int = 160
    silence_ms: int = 500
    """Hangover: the utterance ends when this window holds at most ``end_speech_ms`` of speech."""
    end_speech_ms: int = 20
    hold_off_ms: int = 300
    """Silence after the end in which going on joins the words instead of starting a new turn."""
    longest_ms: int = 30_000
    """An utterance that is longer is ended, and no other starts before there was silence."""

    def __post_init__(self) -> None:
        if not 0 < self.start_ms <= self.start_window_ms:
            raise BadConfig("endpoint-start", "start_ms must lie between 1 and start_window_ms")
        if not 0 <= self.end_speech_ms < self.silence_ms:
            raise BadConfig("endpoint-end", "end_speech_ms must be less than silence_ms")
        if self.longest_ms <= self.start_window_ms + self.silence_ms:
            raise BadConfig("endpoint-longest", "longest_ms must exceed start_window_ms + silence_ms")
        if min(self.preroll_ms, self.hold_off_ms) < 0:
            raise BadConfig("endpoint-negative", "preroll_ms and hold_off_ms must not be negative")


class MarkKind(Enum):
    """What happened at a frame."""

    STARTED = "started"
    ENDED = "ended"
    SETTLED = "settled"
    """The hold-off after an end has passed in silence."""
    TOO_LONG = "too-long"


@dataclass(frozen=True, slots=True)
class Mark:
    """``start`` and ``end`` are the bounds of the speech in samples (pre-roll and hangover not included)."""

    kind: MarkKind
    start: int
    end: int


class _Phase(Enum):
    QUIET = 0
    SPEECH = 1
    HELD = 2
    LATCHED = 3


class Endpointer:
    """Feed it one answer a frame; it returns a mark when something happened."""

    def __init__(self, settings: EndpointSettings) -> None:
        self._settings = settings
        self._start_needed = frames_for(settings.start_ms)
        self._end_allowed = settings.end_speech_ms // (FRAME_SAMPLES // 16)
        self._hold_off = settings.hold_off_ms // (FRAME_SAMPLES // 16)
        self._window = frames_for(settings.start_window_ms)
        self._onset: deque[bool] = deque(maxlen=self._window)
        self._position = 0
        self.tune()

    def tune(self, silence_ms: int | None = None, longest_ms: int | None = None) -> None:
        """End the utterances from here on after another silence, or at another length; None: as the settings say."""
        self._tail: deque[bool] = deque(maxlen=frames_for(silence_ms or self._settings.silence_ms))
        self._longest = frames_for(longest_ms or self._settings.longest_ms) * FRAME_SAMPLES
        self.reset()

    def reset(self, position: int | None = None, *, wait_for_silence: bool = False) -> None:
        """Forget what was heard; the count of samples goes on, or from ``position``.

        With ``wait_for_silence`` speech that is under way starts nothing: it belongs to what was forgotten.
        """
        if position is not None:
            self._position = position
        self._phase = _Phase.LATCHED if wait_for_silence else _Phase.QUIET
        self._onset.clear()
        self._tail.clear()
        self._start = self._end = self._position
        self._held = self._skipped = 0

    def skip_to(self, position: int) -> None:
        """Go on at ``position`` after samples that nobody heard: what is open stays open, silence counts anew."""
        gap = max(position - self._position, 0)
        self._position += gap
        self._skipped += gap
        self._onset.clear()
        self._tail.clear()
        self._held = 0

    @property
    def idle(self) -> bool:
        """Whether no utterance is open or held."""
        return self._phase is _Phase.QUIET

    def feed(self, speech: bool) -> Mark | None:
        """Take the answer for the next frame."""
        self._position += FRAME_SAMPLES
        match self._phase:
            case _Phase.QUIET:
                return self._wait_for_onset(speech)
            case _Phase.SPEECH:
                return self._wait_for_end(speech)
            case _Phase.HELD:
                return self._hold(speech)
            case _Phase.LATCHED:
                self._wait_for_silence(speech)
                return None

    def _wait_for_onset(self, speech: bool) -> Mark | None:
        self._onset.append(speech)
        if not speech or sum(self._onset) < self._start_needed:
            return None
        first = len(self._onset) - list(self._onset).index(True)
        self._phase = _Phase.SPEECH
        self._start = self._position - first * FRAME_SAMPLES
        self._end = self._position
        self._skipped = 0
        self._onset.clear()
        self._tail.clear()
        return Mark(MarkKind.STARTED, self._start, self._end)

    def _wait_for_end(self, speech: bool) -> Mark | None:
        self._tail.append(speech)
        full = len(self._tail) == self._tail.maxlen
        if full and sum(self._tail) <= self._end_allowed:
            self._phase, self._held = _Phase.HELD, 0
            return Mark(MarkKind.ENDED, self._start, self._end)
        if speech:
            self._end = self._position
        if self._position - self._start - self._skipped < self._longest:
            return None
        self._phase = _Phase.LATCHED
        return Mark(MarkKind.TOO_LONG, self._start, self._end)

    def _hold(self, speech: bool) -> Mark | None:
        resumed = self._wait_for_onset(speech)
        if resumed is not None:
            return resumed
        self._held += 1
        # an onset under way is let finish: it either resumes within its window or was a click
        under_way = sum(self._onset) * 2 > self._start_needed and self._held < self._hold_off + self._window
        if self._held < self._hold_off or under_way:
            return None
        start, end, onset = self._start, self._end, self._onset.copy()
        self.reset()
        self._onset = onset  # the first frames of a word that begins just now count for the next utterance
        return Mark(MarkKind.SETTLED, start, end)

    def _wait_for_silence(self, speech: bool) -> None:
        self._tail.append(speech)
        if len(self._tail) == self._tail.maxlen and sum(self._tail) <= self._end_allowed:
            self.reset()
