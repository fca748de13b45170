"""Bends synthetic speech towards how people sound: their average spectrum of each phone between its neighbours.

A synthesiser's "nine" is always the same and never quite a person's. Here each part of each phone is filtered so
that its smooth spectrum moves from where this synthesiser has it to where people have it (`gaussians.py`), and on
by a random step of the size by which people differ: each speaker a little everywhere, for each phone, and each time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from corpus import Utterance
from features import HOP, WINDOW
from gaussians import CEPSTRA, PARTS, People
from phones import PHONES, SILENCE

_BANDS, _LOW, _HIGH, _LIFTER = 25, 130.0, 6800.0, 22.0  # pocketsphinx's features
_RATE, _FFT = 16000, 512
_SMOOTH = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9
_HABIT, _MOMENT = 0.4, 0.4  # of people's deviation: a speaker's way with a phone; each time it is said
_MOST = 3.5  # of a change, natural logarithm of power

Labels = list[tuple[str, float]]


def _mel(hertz: np.ndarray) -> np.ndarray:
    return 2595.0 * np.log10(1.0 + hertz / 700.0)


def _mel_bank() -> np.ndarray:
    edges = np.linspace(_mel(np.array(_LOW)), _mel(np.array(_HIGH)), _BANDS + 2)
    bins = _mel(np.arange(_FFT // 2 + 1) * _RATE / _FFT)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(0.0, np.minimum(rising, falling))


def _cosines() -> np.ndarray:
    """Return (CEPSTRA, _BANDS): log-mel to cepstra, their lifter included."""
    index, band = np.arange(CEPSTRA)[:, None], np.arange(_BANDS)[None]
    cosine = np.sqrt(2.0 / _BANDS) * np.cos(np.pi / _BANDS * (band + 0.5) * index)
    cosine[0] = np.sqrt(1.0 / _BANDS)
    return cosine * (1.0 + 0.5 * _LIFTER * np.sin(np.pi * index / _LIFTER))


def _band_shares() -> np.ndarray:
    """Return (_BANDS, bins): how to draw a line through values of the bands, level beyond the outermost."""
    centres = np.linspace(_mel(np.array(_LOW)), _mel(np.array(_HIGH)), _BANDS + 2)[1:-1]
    bins = _mel(np.arange(_FFT // 2 + 1) * _RATE / _FFT)
    return np.stack([np.interp(bins, centres, row) for row in np.eye(_BANDS)])


@dataclass(frozen=True)
class _Part:
    """A third of a phone: number of its label, phone, which third, frames (10 ms), people's state for it."""

    label: int
    phone: int
    part: int
    first: int
    end: int
    state: int


def _parts(labels: Labels, count: int, people: People) -> list[_Part]:
    """Return the parts of all that is not silence; those too short to have a frame are left out."""
    names = [SILENCE, *(phone for phone, _ in labels), SILENCE]
    found, begin = [], 0.0
    for number, (phone, end) in enumerate(labels):
        if phone != SILENCE:
            edges = np.linspace(begin, end, PARTS + 1) * _RATE / HOP - WINDOW / 2 / HOP
            frames = np.clip(np.round(edges), 0, count).astype(int)
            states = people.states(phone, names[number], names[number + 2])
            for part in range(PARTS):
                if frames[part + 1] > frames[part]:
                    place = PHONES.index(phone)
                    found.append(_Part(number, place, part, frames[part], frames[part + 1], states[part]))
        begin = end
    return found


class Humaniser:
    """Knows people's averages and, once it has heard some of a corpus, those of its voices."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng, self._people = rng, People()
        self._bank, self._to_cepstra = _mel_bank(), _cosines()
        self._from_cepstra = np.linalg.pinv(self._to_cepstra).T
        self._spread = _band_shares()
        self._voices: dict[str, np.ndarray] = {}

    def study(self, spoken: Iterable[tuple[Utterance, np.ndarray]]) -> None:
        """Learn where each voice has each part of each phone."""
        sums: dict[str, np.ndarray] = defaultdict(lambda: np.zeros((len(PHONES) * PARTS, CEPSTRA + 1)))
        for utterance, samples in spoken:
            cepstra = self._cepstra(self._spectrum(samples))
            spans = _parts(utterance.labels, len(cepstra), self._people)
            if not spans:
                continue
            level = np.concatenate([cepstra[span.first : span.end] for span in spans]).mean(axis=0)
            table = sums[self._kind(utterance.voice)]
            for span in spans:
                row = table[span.phone * PARTS + span.part]
                row[:CEPSTRA] += (cepstra[span.first : span.end] - level).sum(axis=0)
                row[CEPSTRA] += span.end - span.first
        for voice, table in sums.items():
            self._voices[voice] = table[:, :CEPSTRA] / np.maximum(table[:, CEPSTRA:], 1.0)

    def bend(self, samples: np.ndarray, labels: Labels, voice: str) -> np.ndarray:
        """Return the samples (float32, 16-bit range), bent; the phones stay where they are."""
        spectrum = self._spectrum(samples)
        spans = _parts(labels, len(spectrum), self._people)
        if not spans or self._kind(voice) not in self._voices:
            return samples.astype(np.float32)
        change = self._change(labels, spans, self._voices[self._kind(voice)], len(spectrum))
        bands = np.clip(change @ self._from_cepstra, -_MOST, _MOST)
        return self._filtered(samples, spectrum, bands)

    @staticmethod
    def _kind(voice: str) -> str:
        return voice.split("+")[0]

    def _change(self, labels: Labels, spans: list[_Part], own: np.ndarray, count: int) -> np.ndarray:
        """Return by how much each frame's cepstra (count, CEPSTRA) shall change."""
        habits = self._rng.standard_normal((len(PHONES), CEPSTRA)) * _HABIT
        moments = self._rng.standard_normal((len(labels), CEPSTRA)) * _MOMENT
        amount = self._rng.uniform(0.5, 1.0)
        change, wanted = np.zeros((count, CEPSTRA)), np.zeros((len(spans), CEPSTRA))
        frames = np.array([span.end - span.first for span in spans])
        for row, span in enumerate(spans):
            step = (habits[span.phone] + moments[span.label]) * self._people.deviation[span.state]
            wanted[row] = amount * (self._people.mean[span.state] - own[span.phone * PARTS + span.part]) + step
        wanted -= (frames @ wanted) / frames.sum()
        for row, span in enumerate(spans):
            change[span.first : span.end] = wanted[row]
        return np.stack([np.convolve(column, _SMOOTH, "same") for column in change.T], axis=1)

    def _spectrum(self, samples: np.ndarray) -> np.ndarray:
        """Return the spectra (frames, bins) of windows of 32 ms every 10 ms."""
        sound = np.pad(np.asarray(samples, np.float32), (0, _FFT + HOP))
        frames = np.lib.stride_tricks.sliding_window_view(sound, _FFT)[::HOP]
        return np.fft.rfft(frames * np.hanning(_FFT + 1)[:-1].astype(np.float32))

    def _cepstra(self, spectrum: np.ndarray) -> np.ndarray:
        bins = np.arange(_FFT // 2 + 1)
        emphasis = 1 + 0.97**2 - 2 * 0.97 * np.cos(2 * np.pi * bins / _FFT)
        power = (np.abs(spectrum) ** 2 * emphasis) @ self._bank
        return np.log(power + 1.0) @ self._to_cepstra.T

    def _filtered(self, samples: np.ndarray, spectrum: np.ndarray, bands: np.ndarray) -> np.ndarray:
        """Change the spectra's bands and add the windows up again."""
        gains = np.exp(0.5 * (bands @ self._spread))
        frames = np.fft.irfft(spectrum * gains, _FFT)
        window = np.hanning(_FFT + 1)[:-1]
        whole, weight = (np.zeros(len(frames) * HOP + _FFT) for _ in range(2))
        for number, frame in enumerate(frames):
            start = number * HOP
            whole[start : start + _FFT] += frame
            weight[start : start + _FFT] += window
        return (whole / np.maximum(weight, 0.05))[: len(samples)].astype(np.float32)
