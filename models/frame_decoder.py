"""From the frames of a sentence to its sound, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LEAD = 3.3
"""How many times faster than speech a decoder must be at least to speak without a gap."""
LONGEST = 160
"""Frames of the longest piece, about 2 s: longer ones would need more memory and save nothing."""
_OVERLAPS = (12, 16, 24)
_EXACT = 1e-5
_PROOF_FRAMES = 120


class Network(Protocol):
    """What runs: onnxruntime's session or one like it."""

    def run(self, outputs: list[str] | None, inputs: dict[str, Any]) -> Any:
        """Return the outputs."""
        ...


@dataclass(frozen=True, slots=True)
class Grain:
    """How a decoder can be cut into pieces."""

    overlap: int
    """Frames on each side of a piece that change its sound."""
    hop: int
    """Samples a frame."""


class FrameDecoder:
    """Decodes pieces with so much overlap that they join without a seam: the sound is that of the whole."""

    def __init__(self, network: Network, frames: str, grain: Grain) -> None:
        """``frames`` is the name of the input."""
        self._network, self._frames = network, frames
        self.grain = grain

    def sound(self, frames: Floats, more: Mapping[str, Any]) -> Iterator[Floats]:
        """Yield the sound of (1, channels, n) ``frames``, (samples,) each; ``more`` are further inputs."""
        overlap, hop = self.grain.overlap, self.grain.hop
        for start, end in pieces(frames.shape[2], overlap):
            first = max(0, start - overlap)
            sound = _decode(self._network, {self._frames: frames[:, :, first : end + overlap], **more})
            yield sound[(start - first) * hop : (end - first) * hop]


def pieces(frames: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of each piece: a short first one, about 0.15 s, then longer ones, and no crumb at the end.

    Each is as long as can be made, overlaps included, while the one before it is played.
    """
    ends, size = [0], float(overlap)
    while frames - ends[-1] > size + overlap:
        ends.append(ends[-1] + int(size))
        size = min(LEAD * size - 2 * overlap, LONGEST)
    return pairwise([*ends, frames] if frames else ends)


def find_grain(network: Network, frames: str, channels: int, more: Mapping[str, Any]) -> Grain | None:
    """Return the least overlap with which pieces of drawn frames are exact to the whole; None when none is."""
    drawn = np.random.default_rng(1).standard_normal((1, channels, _PROOF_FRAMES), np.float32)
    whole = _decode(network, {frames: drawn, **more})
    hop, rest = divmod(len(whole), _PROOF_FRAMES)
    if rest or not hop:
        return None
    for overlap in _OVERLAPS:
        grain = Grain(overlap, hop)
        joined = np.concatenate(list(FrameDecoder(network, frames, grain).sound(drawn, more)))
        if len(joined) == len(whole) and np.abs(joined - whole).max() <= _EXACT:
            return grain
    return None


def _decode(network: Network, inputs: dict[str, Any]) -> Floats:
    sound: Floats = np.asarray(network.run(None, inputs)[0], np.float32).reshape(-1)
    return sound
