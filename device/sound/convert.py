"""From a device's rate and channels to ours, and back, a block at a time and without waiting for more.

A streaming soxr hands out its sound in lumps of 35 to 42 ms (measured at 16, 22.05, 44.1 and 48 kHz), which would
come on top of every answer. A windowed sinc in phases, some 32 taps long, is late by a millisecond and does for
speech: what it folds back lies 80 dB below.
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd

import numpy as np
from numpy.typing import NDArray

from pipit.audio import Samples

Signal = NDArray[np.float32]

_CROSSINGS = 24
_BETA = 9.0
_PASS = 0.92
"""Of the lower half rate: what lies above is filtered away."""


class Resampler:
    """Turns blocks at one rate into blocks at another; every block gives what can be given at once.

    ``rate_in`` and ``rate_out`` are in samples per second. It is late by ``delay`` samples of its input.
    """

    def __init__(self, rate_in: int, rate_out: int) -> None:
        common = gcd(rate_in, rate_out)
        self._up, self._down = rate_out // common, rate_in // common
        self._table = _phases(self._up, self._down)
        self._taps = self._table.shape[1]
        self.delay = self._taps // 2
        self.reset()

    def reset(self) -> None:
        """Forget what is under way."""
        # the first output falls upon the first input: half the filter still sees silence
        self._held: Signal = np.zeros(self._taps - self.delay - 1, np.float32)
        self._position = 0

    def feed(self, block: Signal) -> Signal:
        """Take a block of any length; return what is ready."""
        if self._up == self._down:
            return block
        held = np.concatenate([self._held, block])
        room = len(held) - self._taps
        count = max(0, ((room + 1) * self._up - self._position + self._down - 1) // self._down)
        at = self._position + np.arange(count) * self._down
        starts, phases = at // self._up, at % self._up
        ready: Signal = np.zeros(0, np.float32)
        if count:
            windows = np.lib.stride_tricks.sliding_window_view(held, self._taps)[starts]
            ready = np.einsum("ij,ij->i", windows, self._table[phases])
        self._position += count * self._down
        used = min(self._position // self._up, len(held))
        self._position -= used * self._up
        self._held = held[used:]
        return ready


@lru_cache(maxsize=8)
def _phases(up: int, down: int) -> Signal:
    """Return one filter for each place that an output may have between two inputs."""
    cutoff = min(1.0, up / down) * _PASS
    half = int(np.ceil(_CROSSINGS / min(1.0, up / down)))
    offsets = np.arange(-half + 1, half + 1)[None, :] - np.arange(up)[:, None] / up
    window = np.i0(_BETA * np.sqrt(np.clip(1 - (offsets / half) ** 2, 0, None)))
    taps = np.sinc(offsets * cutoff) * window
    return np.asarray(taps / taps.sum(axis=1, keepdims=True), np.float32)


def to_mono(pcm: bytes, channels: int) -> Signal:
    """Return the mean of interleaved int16 channels as float32, in the range of int16."""
    signal = np.frombuffer(pcm, "<i2").astype(np.float32)
    return signal if channels == 1 else signal.reshape(-1, channels).mean(axis=1)


def to_int16(signal: Signal) -> Samples:
    """Round and clip."""
    return np.asarray(np.clip(np.rint(signal), -32768, 32767), np.int16)


def to_device(signal: Signal, channels: int) -> bytes:
    """Return interleaved int16, the same in every channel."""
    return np.repeat(to_int16(signal), channels).astype("<i2", copy=False).tobytes()
