"""Noise mixed into speech while the net learns, in the mel domain: never twice the same.

Energies add up; what the waves' phases do to the sum of two is drawn by chance.
"""

from __future__ import annotations

import numpy as np

from augment import clicks, coloured_noise, kitchen, machine_hum
from corpus import SAMPLE_RATE
from dataset import STRIDE, Examples
from features import BANDS, DIGITAL_SILENCE, log_mel, mel_bank
from phones import SILENCE_PDF, UNKNOWN_PDF
from sequence import is_first

_SHARE = 0.5
_SNRS = (2.0, 30.0)  # dB, loudest stretch of speech against loudest of noise
_STRETCH = 13  # frames: 2,048 samples, by which published noise is measured
_CLIPPED, _DEEPEST = 0.22, 3  # at either end; up to so many labels less one of speech are gone
_PAUSES = (0.25, 0.4)  # how often before, how often after
_DIGITAL = 0.2  # of utterances lie between samples that are all zero, as behind a noise gate or padded by a program
_SILENT = np.full(40, SILENCE_PDF, np.int16)
_TALKERS = (1, 6)
_SPREAD = np.sqrt(0.5 / np.maximum(1.0, mel_bank().sum(axis=0))).astype(np.float32)  # of the cosine, over a band's bins


def _loudest(power: np.ndarray) -> float:
    frames = power.sum(axis=1)
    window = min(_STRETCH, len(frames))
    return float(np.convolve(frames, np.full(window, 1 / window), "valid").max())


class Noises:
    """Noises as mel energies: kitchens, machines, hiss, knocks, people talking behind, and recordings."""

    def __init__(self, rng: np.random.Generator, talk: Examples, recorded: list[np.ndarray]) -> None:
        count = 20 * SAMPLE_RATE
        sounds = [kitchen(rng, count) for _ in range(24)] + [machine_hum(rng, count) for _ in range(12)]
        sounds += [coloured_noise(rng, count, rng.uniform(0, 2)) for _ in range(8)]
        sounds += [clicks(rng, SAMPLE_RATE * 5) for _ in range(12)]
        self._power = [np.exp(log_mel(1000 * sound)) for sound in sounds]
        self._recorded = [np.exp(log_mel(sound)) for sound in recorded]
        self._talk = talk

    def _cut(self, power: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
        if len(power) < count:
            power = np.tile(power, (count // len(power) + 1, 1))
        start = rng.integers(0, len(power) - count + 1)
        return power[start : start + count]

    def _talking(self, count: int, rng: np.random.Generator) -> np.ndarray:
        total = np.zeros((count, BANDS), np.float32)
        for _ in range(rng.integers(*_TALKERS)):
            voice = np.exp(self._talk.one(int(rng.integers(len(self._talk))))[0].astype(np.float32))
            total += self._cut(voice, count, rng) / _loudest(voice)
        return total

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Return the energies (count, BANDS) of some noise."""
        kind = rng.random()
        if kind < 0.1:
            return self._talking(count, rng)
        bank = self._recorded if self._recorded and kind < 0.5 else self._power
        noise = self._cut(bank[rng.integers(len(bank))], count, rng)
        if rng.random() < 0.5:
            noise = noise * np.exp(_slope(rng))
        if rng.random() < 0.15:
            noise = noise + self._talking(count, rng) * _loudest(noise) * rng.uniform(0.05, 1)
        return noise

    def mix_in(self, sound: np.ndarray, rng: np.random.Generator) -> None:
        """Mix noise into log-mel frames in place, most times."""
        if rng.random() >= _SHARE:
            return
        speech, noise = np.exp(sound), self.draw(len(sound), rng)
        noise = noise * (_loudest(speech) / (_loudest(noise) + 1e-9) * 10 ** (-rng.uniform(*_SNRS) / 10))
        crossing = 2 * np.sqrt(speech * noise) * (_SPREAD * rng.standard_normal(sound.shape, np.float32))
        sound[:] = np.log(np.maximum(speech + noise + crossing, 0.1 * (speech + noise)))


def clipped(sound: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Cut some utterances off where speech begins or ends, or just within, as a button pressed late does."""
    heard = np.flatnonzero(labels != SILENCE_PDF)
    if not len(heard):
        return sound, labels
    start, end = 0, len(labels)
    if rng.random() < _CLIPPED:
        start = min(int(heard[0]) + int(rng.integers(0, _DEEPEST)), int(heard[-1]))
    if rng.random() < _CLIPPED:
        end = max(int(heard[-1]) + 1 - int(rng.integers(0, _DEEPEST)), start + 1)
    labels = labels[start:end].copy()
    if start and labels[0] != SILENCE_PDF and labels[0] < UNKNOWN_PDF and not is_first(labels[0]):
        labels[0] -= 1  # what is left of a phone begins with its first frame all the same
    return sound[STRIDE * start : STRIDE * end], labels


def with_pauses(sound: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Put what an utterance's pauses sound like before and after it, or nothing at all, up to a second."""
    digital = rng.random() < _DIGITAL
    before, after = (int(rng.integers(3, 35)) if digital or rng.random() < share else 0 for share in _PAUSES)
    floor = np.percentile(sound, 4, axis=0).astype(np.float32)
    quiet = floor + np.float32(0.4) * rng.standard_normal((STRIDE * (before + after), BANDS), np.float32)
    if digital:
        quiet[:] = DIGITAL_SILENCE
    cut = STRIDE * before
    whole = np.concatenate([quiet[:cut], sound[: STRIDE * len(labels)], quiet[cut:]])
    return whole, np.concatenate([_SILENT[:before], labels, _SILENT[:after]])


def _slope(rng: np.random.Generator) -> np.ndarray:
    """Return a smooth curve over the bands, nats."""
    return np.interp(np.arange(BANDS), np.linspace(0, BANDS - 1, 6), np.cumsum(rng.standard_normal(6)) * 0.5)
