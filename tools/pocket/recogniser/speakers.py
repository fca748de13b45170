"""Parts recordings of people in two halves that share no speaker, as far as voice and microphone tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from features import log_mel

_LOUD = 40  # per cent of the frames are taken for pauses
_GROUPS = 12  # at least as many as there are speakers: one may have several, but no group several speakers
_LEAST = 0.4  # of all recordings in one half
_ALIKE = 4.0  # distance over which likeness falls to a third


def fingerprint(samples: np.ndarray) -> np.ndarray:
    """Return what a voice and its microphone are like on average: mean and deviation of each band, level removed."""
    bands = log_mel(samples)
    level = bands.mean(axis=1)
    loud = bands[level > np.percentile(level, _LOUD)]
    mean = loud.mean(axis=0)
    quiet = np.percentile(bands, 5, axis=0) - mean.mean()
    return np.concatenate([mean - mean.mean(), loud.std(axis=0), 0.5 * quiet])


def halves(fingerprints: Sequence[np.ndarray]) -> tuple[list[int], list[int]]:
    """Return the numbers in each half: whole groups, shared out so that the halves are least alike."""
    points = np.stack(list(fingerprints))
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    found = _groups(apart)
    alike = np.array([[np.exp(-apart[np.ix_(a, b)] / _ALIKE).sum() for b in found] for a in found])
    sizes = np.array([len(group) for group in found])
    best, chosen = np.inf, np.zeros(len(found), bool)
    for rest in product((False, True), repeat=len(found) - 1):
        side = np.array([True, *rest])
        share = sizes[side].sum() / sizes.sum()
        if _LEAST <= share <= 1 - _LEAST and alike[side][:, ~side].sum() < best:
            best, chosen = alike[side][:, ~side].sum(), side
    one = sorted(i for group, mine in zip(found, chosen, strict=True) if mine for i in group)
    return one, sorted(set(range(len(points))) - set(one))


def _groups(apart: np.ndarray) -> list[list[int]]:
    """Join the nearest recordings, on average, until few groups are left."""
    found = [[number] for number in range(len(apart))]
    while len(found) > _GROUPS:
        pairs = ((apart[np.ix_(found[j], found[i])].mean(), j, i) for i in range(len(found)) for j in range(i))
        _, first, second = min(pairs)
        found[first] += found.pop(second)
    return found
