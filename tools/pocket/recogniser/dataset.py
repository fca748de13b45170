"""From corpora to what the net learns from: features every 10 ms, a label every 30 ms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from augment import Augmenter, clicks, coloured_noise, kitchen, machine_hum
from corpus import SAMPLE_RATE, Corpus
from features import HOP, WINDOW, log_mel
from humanise import Humaniser
from phones import SILENCE, pdfs

STRIDE = 3  # feature frames a label
_MIDDLE = WINDOW / 2 / SAMPLE_RATE  # of a frame, after its start, in seconds
_STEP = STRIDE * HOP / SAMPLE_RATE
_STUDIED = 3000  # utterances, to know a corpus's voices


@dataclass
class Examples:
    """Utterances in a row: features (frames, BANDS) float16, labels int16, and where each begins."""

    features: np.ndarray
    labels: np.ndarray
    feature_starts: np.ndarray
    label_starts: np.ndarray

    def __len__(self) -> int:
        return len(self.feature_starts) - 1

    def frames(self, index: int) -> int:
        """Return how many feature frames an utterance has."""
        return int(self.feature_starts[index + 1] - self.feature_starts[index])

    def one(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return an utterance's features and labels."""
        features = self.features[self.feature_starts[index] : self.feature_starts[index + 1]]
        return features, self.labels[self.label_starts[index] : self.label_starts[index + 1]]

    def save(self, path: Path) -> None:
        """Write everything, uncompressed."""
        np.savez(path, f=self.features, l=self.labels, fs=self.feature_starts, ls=self.label_starts)

    @staticmethod
    def load(path: Path) -> Examples:
        """Read what `save` wrote."""
        stored = np.load(path)
        return Examples(stored["f"], stored["l"], stored["fs"], stored["ls"])


class ExamplesBuilder:
    """Collects examples one by one."""

    def __init__(self) -> None:
        self._features: list[np.ndarray] = []
        self._labels: list[np.ndarray] = []

    def add(self, features: np.ndarray, labels: list[tuple[str, float]]) -> None:
        """Add one utterance; label ends in seconds of the sound that the features were made of."""
        self._features.append(features.astype(np.float16))
        self._labels.append(frame_labels(labels, (len(features) + STRIDE - 1) // STRIDE))

    def build(self) -> Examples:
        """Put all together."""
        starts = [np.cumsum([0] + [len(part) for part in parts]) for parts in (self._features, self._labels)]
        return Examples(np.concatenate(self._features), np.concatenate(self._labels), starts[0], starts[1])


def frame_labels(labels: list[tuple[str, float]], count: int) -> np.ndarray:
    """Turn phones and their ends (seconds) into a pdf for each 30 ms; every phone gets at least one."""
    frames = np.zeros(count, np.int16)
    begin = 0
    for phone, end in labels:
        stop = round((end - _MIDDLE) / _STEP + 0.5)
        if phone == SILENCE:
            begin = max(begin, stop)
            continue
        stop = max(stop, begin + 1)
        first, rest = pdfs(phone)
        frames[begin:stop] = rest
        frames[begin : begin + 1] = first
        begin = stop
    return frames


def _changed_speed(samples: np.ndarray, speed: float) -> np.ndarray:
    positions = np.arange(0, len(samples) - 1, speed)
    return np.interp(positions, np.arange(len(samples)), samples).astype(np.float32)


def surrounded_copy(
    samples: np.ndarray, labels: list[tuple[str, float]], augmenter: Augmenter, builder: ExamplesBuilder
) -> None:
    """Add an utterance with another speed, silence around it, another vocal tract and surroundings."""
    rng = augmenter.rng
    speed = rng.uniform(0.87, 1.15)
    before, after = (int(rng.uniform(0, 8000)) if rng.random() < 0.5 else 0 for _ in range(2))
    sound = np.pad(_changed_speed(samples, speed), (before, after))
    shift = before / SAMPLE_RATE
    moved = [(phone, end / speed + shift) for phone, end in labels]
    if before:
        moved.insert(0, (SILENCE, shift))
    builder.add(log_mel(augmenter.surround(sound), rng.uniform(0.86, 1.16)), moved)


def add_noises(builder: ExamplesBuilder, augmenter: Augmenter, count: int) -> None:
    """Add sounds that say nothing: hum, hiss, machines, knocks, digital silence."""
    rng = augmenter.rng
    for _ in range(count):
        length = int(rng.uniform(1, 5) * SAMPLE_RATE)
        kind = rng.random()
        if kind < 0.4:
            sound = machine_hum(rng, length)
        elif kind < 0.65:
            sound = coloured_noise(rng, length, rng.uniform(0, 2))
        elif kind < 0.8:
            sound = clicks(rng, length)
        elif kind < 0.95:
            sound = kitchen(rng, length)
        else:
            sound = np.zeros(length, np.float32)
        loud = np.round(sound * 10 ** rng.uniform(0.3, 3.8))
        features = log_mel(np.clip(loud, -32768, 32767), rng.uniform(0.9, 1.1))
        builder.add(features, [(SILENCE, length / SAMPLE_RATE)])


@dataclass(frozen=True)
class Mix:
    """What is made of a corpus: copies of each utterance in other surroundings, and besides those some more.

    `clean_share` of the utterances are also taken as they are; `bent_share` of the copies are bent towards how
    people sound; `noises` are sounds that say nothing.
    """

    copies: int
    clean_share: float
    bent_share: float
    noises: int


def make_examples(folder: Path, mix: Mix, seed: int) -> Examples:
    """Make examples of a corpus."""
    augmenter, builder = Augmenter(seed), ExamplesBuilder()
    corpus = Corpus(folder)
    humaniser = _humaniser(corpus, seed) if mix.bent_share else None
    for number, (utterance, samples) in enumerate(corpus):
        augmenter.hear_chatter(samples)
        labels = [(phone, end) for phone, end in utterance.labels]
        if augmenter.rng.random() < mix.clean_share:
            builder.add(log_mel(samples), labels)
        for _ in range(mix.copies):
            bent = humaniser is not None and augmenter.rng.random() < mix.bent_share
            sound = humaniser.bend(samples, labels, utterance.voice) if humaniser and bent else samples
            surrounded_copy(sound, labels, augmenter, builder)
        if number % 4000 == 3999:
            print(f"  features: {number + 1} of {len(corpus.utterances)} utterances", flush=True)
    add_noises(builder, augmenter, mix.noises)
    return builder.build()


def _humaniser(corpus: Corpus, seed: int) -> Humaniser:
    humaniser = Humaniser(np.random.default_rng(seed))
    humaniser.study((u, corpus.samples(u)) for u in corpus.utterances[:_STUDIED])
    return humaniser


def feature_statistics(examples: Examples) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and deviation of each band, (BANDS,) float32, over some of the frames."""
    some = examples.features[::17].astype(np.float32)
    return some.mean(axis=0), some.std(axis=0)
