"""The one clock: audio consumed, with the wall clock only to place an instant between two frames."""

from __future__ import annotations

import time

from pipit.audio.frames import RATE


class AudioClock:
    """Counts the samples that the ear has consumed.

    ``stamp`` serves latency figures and nothing else: audio time at the last frame plus the wall time since.
    Live the two run alike; in a replay that is faster than real time an engine's work still counts in full,
    and the waiting for audio counts as the audio that it was.
    """

    __slots__ = ("_ticked",)

    def __init__(self) -> None:
        # one tuple, replaced whole, so that a reader in another thread never sees half a tick
        self._ticked: tuple[int, float] = (0, time.perf_counter())

    def tick(self, samples: int) -> None:
        """Set the number of samples consumed so far."""
        self._ticked = (samples, time.perf_counter())

    @property
    def samples(self) -> int:
        """Samples consumed at 16 kHz."""
        return self._ticked[0]

    def stamp(self) -> float:
        """Return seconds since the microphone opened, for latency figures only."""
        samples, at = self._ticked
        return samples / RATE + (time.perf_counter() - at)
