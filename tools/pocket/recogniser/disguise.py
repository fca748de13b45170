"""What differs from room to room, from microphone to microphone and from mouth to mouth, done to log-mel frames."""

from __future__ import annotations

import numpy as np

from features import BANDS, DIGITAL_SILENCE, log_mel

_TELEPHONE_SHARE = 0.45
_TELEPHONE_BANDS = (27, 34)  # the first band with nothing in it: from 3.2 to 4.8 kHz on
_QUIET_SHARE = 0.25
_ROUNDING = np.median(log_mel(np.random.default_rng(0).uniform(-0.5, 0.5, 16000)), axis=0)


def disguise(features: np.ndarray, mean: np.ndarray, rng: np.random.Generator) -> None:
    """Change a batch in place: tilt and level, a shifted frequency axis, hidden bands and moments, telephones."""
    length = features.shape[1]
    for sound in features:
        zeros = sound.max(axis=1) <= DIGITAL_SILENCE
        if rng.random() < 0.7:
            tilt = np.interp(np.arange(BANDS), np.linspace(0, BANDS - 1, 7), np.cumsum(rng.standard_normal(7)) * 0.35)
            sound += (tilt - tilt.mean() + 0.7 * rng.standard_normal()).astype(np.float32)
        if rng.random() < 0.5:
            _shift_bands(sound, rng)
        if rng.random() < 0.6:
            width = rng.integers(1, 8)
            start = rng.integers(0, BANDS - width)
            sound[:, start : start + width] = mean[start : start + width]
        if rng.random() < 0.3:
            width = rng.integers(3, 15)
            start = rng.integers(0, max(1, length - width))
            sound[start : start + width] = mean
        if rng.random() < _TELEPHONE_SHARE:
            _telephone(sound, rng)
        if rng.random() < _QUIET_SHARE:
            _quieten(sound, rng)
        sound[zeros] = DIGITAL_SILENCE  # whatever the room, nothing stays nothing


def _telephone(sound: np.ndarray, rng: np.random.Generator) -> None:
    """Leave nothing but the rounding of samples above what a telephone lets through; often little below as well."""
    highest = int(rng.integers(*_TELEPHONE_BANDS))
    nothing = _ROUNDING[highest:] + 0.3 * rng.standard_normal(sound[:, highest:].shape)
    sound[:, highest:] = np.minimum(sound[:, highest:], nothing)
    if rng.random() < 0.5:
        lowest = int(rng.integers(1, 6))
        sound[:, :lowest] -= rng.uniform(1, 5)


def _quieten(sound: np.ndarray, rng: np.random.Generator) -> None:
    """Let somebody speak softly or far away, down to where the rounding of samples is heard."""
    sound[:] = np.logaddexp(sound - rng.uniform(0, 5.5), _ROUNDING)


def _shift_bands(sound: np.ndarray, rng: np.random.Generator) -> None:
    position = np.arange(BANDS) * (1 + rng.uniform(-0.06, 0.06)) + rng.uniform(-0.8, 0.8)
    position = np.clip(position, 0, BANDS - 1)
    lower = np.minimum(position.astype(int), BANDS - 2)
    share = (position - lower).astype(np.float32)
    sound[:] = sound[:, lower] * (1 - share) + sound[:, lower + 1] * share
