"""The utterance that is being taken in, frame by frame."""

from __future__ import annotations

from pipit.audio.frames import FRAME_SAMPLES, Frame, frames_for


class Take:
    """The utterance that is being taken in; ``opened`` is the sample at which it was opened."""

    __slots__ = (
        "_feed_frames",
        "_run",
        "_waiting",
        "opened",
        "partial",
        "pcm",
        "silent",
        "skipped",
        "spoken",
        "turn",
        "utterance",
    )

    def __init__(self, utterance: int, turn: str, opened: int, feed_ms: int) -> None:
        self.utterance, self.turn, self.opened = utterance, turn, opened
        self.partial = ""
        self.pcm = bytearray()
        self.skipped = 0
        """Samples within it that nobody heard."""
        self.spoken: tuple[int, int] | None = None
        self.silent = 0
        """Frames without speech since the last one that had some."""
        self._run = 0
        self._waiting: list[bytes] = []
        self._feed_frames = frames_for(feed_ms)

    def add(self, frame: Frame) -> bytes | None:
        """Keep a frame; returns a chunk for the recogniser once there is enough."""
        self.pcm += frame.pcm
        self._waiting.append(frame.pcm)
        if len(self._waiting) < self._feed_frames:
            return None
        return self.rest()

    def rest(self) -> bytes:
        """Return what the recogniser has not seen yet."""
        chunk = b"".join(self._waiting)
        self._waiting.clear()
        return chunk

    def skip(self, samples: int) -> None:
        """Go on after samples that nobody heard."""
        self.skipped += samples
        self._run = 0

    def note(self, frame: Frame, speech: bool) -> None:
        """Widen the bounds of the speech; a click of fewer than ``_ONSET`` frames is none."""
        self._run = self._run + 1 if speech else 0
        self.silent = 0 if speech else self.silent + 1
        if self._run >= _ONSET:
            start = frame.end - self._run * FRAME_SAMPLES
            self.spoken = (self.spoken[0] if self.spoken else start, frame.end)


_ONSET = 4
"""Frames of speech in a row that make a bound."""
