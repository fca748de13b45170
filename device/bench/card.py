"""A sound card of the bench: takes sound at the pace of a clock, and notes when it was handed something audible."""

from __future__ import annotations

import threading
import time
from math import ceil
from typing import Any

import numpy as np

from pipit.audio import Samples

_DEPTH_S = 0.05
LOUD = 1
"""From this level on, of 32768, a sample is a sound."""


class Card:
    """PortAudio as the speaker sees it, with one card that plays at any rate."""

    stale = False

    def __init__(self) -> None:
        self._heard = threading.Condition()
        self._writes: list[tuple[float, int]] = []
        self.keeps = False
        self.kept: list[Samples] = []
        """All that was written while ``keeps`` is set."""

    # ---- the sound system ----------------------------------------------------------------------------

    def acquire(self) -> Card:
        """Be the manager, too."""
        return self

    def release(self, manager: Any) -> None:
        """There is nothing to give back."""

    def ask_anew(self) -> None:
        """There is no other card."""

    def get_device_count(self) -> int:
        """One."""
        return 1

    def get_device_info_by_index(self, index: int) -> dict[str, Any]:
        """Describe it as PyAudio does."""
        return {"name": "bench", "defaultSampleRate": 48_000.0, "maxInputChannels": 0, "maxOutputChannels": 1}

    def get_default_output_device_info(self) -> dict[str, Any]:
        """The only one."""
        return {"index": 0}

    get_default_input_device_info = get_default_output_device_info

    def open(self, *, rate: int, **options: Any) -> Stream:
        """Open at any rate."""
        return Stream(self, rate)

    # ---- what it noted -------------------------------------------------------------------------------

    def note(self, pcm: bytes) -> None:
        """Keep when something was handed over, and how many of its samples can be heard."""
        if not self.keeps and pcm == bytes(len(pcm)):
            return  # the bench's own work counts as the assistant's
        samples = np.frombuffer(pcm, np.int16)
        loud = int(np.count_nonzero(np.abs(samples) >= LOUD))
        if self.keeps:
            self.kept.append(samples)
        if loud:
            with self._heard:
                self._writes.append((time.perf_counter(), loud))
                self._heard.notify_all()

    def first_after(self, instant: float, seconds: float) -> float | None:
        """Wait for the first audible samples handed over after ``instant``."""

        def found() -> float | None:
            if not self._writes or self._writes[-1][0] < instant:
                return None
            return next(at for at, _ in self._writes if at >= instant)

        with self._heard:
            self._heard.wait_for(lambda: found() is not None, seconds)
            return found()

    def after(self, instant: float, until: float) -> tuple[float, int]:
        """Return when the last audible samples were handed over between both, and how many in all."""
        with self._heard:
            within = [(at, loud) for at, loud in self._writes if instant <= at < until]
        return (within[-1][0] if within else instant, sum(loud for _, loud in within))


class Stream:
    """Holds up to ``_DEPTH_S`` seconds, and plays them whether or not anybody looks."""

    def __init__(self, card: Card, rate: int) -> None:
        self._card, self._rate = card, rate
        self._held, self._at = 0.0, time.perf_counter()

    def get_write_available(self) -> int:
        """Return for how many samples there is room."""
        now = time.perf_counter()
        self._held = max(0.0, self._held - (now - self._at) * self._rate)
        self._at = now
        return round(self._rate * _DEPTH_S) - ceil(self._held)

    def write(self, pcm: bytes, count: int) -> None:
        """Take samples."""
        self._card.note(pcm)
        self._held += count

    def start_stream(self) -> None:
        """Begin anew."""
        self._at = time.perf_counter()

    def abort_stream(self) -> None:
        """Drop what it holds."""
        self._held = 0.0

    def stop_stream(self) -> None:
        """Play what it holds."""

    def close(self) -> None:
        """There is nothing to close."""
