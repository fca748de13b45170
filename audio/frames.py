"""A frame: 20 ms of mono signed 16-bit PCM at 16 kHz, and the constants that follow from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Samples per second of everything that is heard."""
FRAME_MS = 20
FRAME_SAMPLES = RATE * FRAME_MS // 1000
FRAME_BYTES = FRAME_SAMPLES * 2
SILENCE = bytes(FRAME_BYTES)

Samples = NDArray[np.int16]
"""Mono signed 16-bit PCM, shape (n,)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """``pcm`` holds 320 little-endian int16 samples; ``index`` counts frames since the microphone opened."""

    index: int
    pcm: bytes

    @property
    def start(self) -> int:
        """First sample, counted since the microphone opened."""
        return self.index * FRAME_SAMPLES

    @property
    def end(self) -> int:
        """One past the last sample."""
        return self.start + FRAME_SAMPLES


def frames_for(milliseconds: int) -> int:
    """Return how many whole frames cover so many milliseconds (at least one)."""
    return max(1, -(-milliseconds // FRAME_MS))
