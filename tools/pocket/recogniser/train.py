"""Teaching the net: first which pdf each 30 ms belongs to, by cross-entropy, then whole sequences of phones as well."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from dataset import STRIDE, Examples
from disguise import disguise
from features import BANDS
from net import CONTEXT, AcousticNet, padded
from noisy import Noises, clipped, with_pauses
from phones import PDF_COUNT, SILENCE_PDF, UNKNOWN_PDF
from sequence import IGNORED, PhoneModel, is_first, sequence_loss

BATCH_FRAMES = 4000
_WARM_UP = 80
_UNKNOWN_SHARE = 0.07
_SCALE = 0.7  # how much the sounds count against which phone follows which
_FRAMES_SHARE = 0.2  # of the loss by frames beside the one by sequences, so that neither forgets the other
_COUNTED = 4000  # utterances of a set in which phones are counted

Sets = list[tuple[Examples, int]]


def batches(sets: Sets, rng: np.random.Generator) -> Iterator[list[tuple[Examples, int]]]:
    """Yield one pass of batches of similar length; each set of examples is taken `repeats` times."""
    items = [(s, i) for s, repeats in sets for _ in range(repeats) for i in range(len(s))]
    noisy_lengths = np.array([s.frames(i) for s, i in items]) + rng.uniform(0, 20, len(items))
    groups: list[list[tuple[Examples, int]]] = [[]]
    for position in np.argsort(noisy_lengths):
        item = items[position]
        longest = item[0].frames(item[1])
        if groups[-1] and (len(groups[-1]) + 1) * longest > BATCH_FRAMES:
            groups.append([])
        groups[-1].append(item)
    for index in rng.permutation(len(groups)):
        yield groups[index]


def collate(group: list[tuple[Examples, int]], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Put a batch's utterances into one block: features (batch, time, BANDS), labels (batch, steps)."""
    utterances = [with_pauses(*clipped(*examples.one(index), rng), rng) for examples, index in group]
    steps = max((len(sound) + STRIDE - 1) // STRIDE for sound, _ in utterances)
    features = np.zeros((len(group), STRIDE * steps - 2 + 2 * CONTEXT, BANDS), np.float32)
    labels = np.full((len(group), steps), IGNORED, np.int64)
    for row, (own, own_labels) in enumerate(utterances):
        whole = padded(own)
        features[row, : len(whole)] = whole
        features[row, len(whole) :] = whole[-1]
        labels[row, : len(own_labels)] = own_labels
    return features, labels


def call_some_unknown(labels: Iterable[np.ndarray], rng: np.random.Generator) -> None:
    """Relabel stretches of speech as an unknown word, in place: the net learns what any speech is like."""
    for row in labels:
        position = 0
        while position < len(row):
            width = rng.integers(10, 30)
            if rng.random() < _UNKNOWN_SHARE:
                width += _until_next_phone(row[position + width :])
                stretch = row[position : position + width]
                stretch[stretch > SILENCE_PDF] = UNKNOWN_PDF
            position += width


def _until_next_phone(row: np.ndarray) -> int:
    """Return how many frames a phone goes on that began before: no half phones are left over."""
    begins = np.flatnonzero(is_first(row) | (row <= SILENCE_PDF))
    return int(begins[0]) if len(begins) else len(row)


@dataclass(frozen=True)
class Lesson:
    """How to teach: for so many minutes of the CPU, at a learning rate that falls to nothing, among noises.

    Without `phones` frames are to be named right, with them whole sequences, as the decoder will weigh them.
    """

    name: str
    minutes: float
    rate: float
    seed: int
    noises: Noises
    phones: PhoneModel | None = None
    log_priors: Tensor | None = None

    @staticmethod
    def of_sequences(
        sets: Sets, name: str, minutes: float, rate: float, seed: int, noises: Noises, unknown_scale: float
    ) -> Lesson:
        """Learn from the labels of some of the examples which phones follow each other."""
        rows = [
            examples.one(index)[1].astype(np.int64)
            for examples, _ in sets
            for index in range(0, len(examples), max(1, len(examples) // _COUNTED))
        ]
        call_some_unknown(rows, np.random.default_rng(seed))
        log_priors = torch.from_numpy(np.log(priors(sets, unknown_scale)).astype(np.float32))
        return Lesson(name, minutes, rate, seed, noises, PhoneModel.counted(rows), log_priors)


def _loss(net: AcousticNet, features: np.ndarray, labels: np.ndarray, lesson: Lesson) -> tuple[Tensor, float]:
    """Return the loss and the share of frames named right."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = net(torch.from_numpy(features)).float()
    flat, wanted = logits.reshape(-1, PDF_COUNT), torch.from_numpy(labels).reshape(-1)
    loss = functional.cross_entropy(flat, wanted, ignore_index=IGNORED, label_smoothing=0.03)
    right = (flat.argmax(dim=-1) == wanted)[wanted != IGNORED].float().mean().item()
    if lesson.phones is None or lesson.log_priors is None:
        return loss, right
    scores = _SCALE * (functional.log_softmax(logits, dim=-1) - lesson.log_priors)
    return sequence_loss(scores, labels, lesson.phones) + _FRAMES_SHARE * loss, right


def train(net: AcousticNet, sets: Sets, lesson: Lesson) -> None:
    """Teach a lesson: batch by batch, pass by pass, until its time is up."""
    rng = np.random.default_rng(lesson.seed)
    optimiser = torch.optim.AdamW(net.parameters(), lr=lesson.rate, weight_decay=0.02)
    progress = _Progress(lesson)
    net.train()
    while True:
        for group in batches(sets, rng):
            spent = progress.spent()
            if spent >= 1:
                return
            for parameters in optimiser.param_groups:
                parameters["lr"] = lesson.rate * min(1.0, (progress.step + 1) / _WARM_UP) * (1 - spent) + 1e-5
            features, labels = collate(group, rng)
            for sound in features:
                lesson.noises.mix_in(sound, rng)
            disguise(features, net.mean.numpy(), rng)
            call_some_unknown(labels, rng)
            loss, right = _loss(net, features, labels, lesson)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            optimiser.step()
            progress.tell(int((labels != IGNORED).sum()), loss.item(), right)


class _Progress:
    """Counts and, every hundred steps, tells."""

    def __init__(self, lesson: Lesson) -> None:
        self._lesson, self._began = lesson, time.process_time()
        self.step = self._frames = 0
        self._recent: deque[tuple[float, float]] = deque(maxlen=100)

    def spent(self) -> float:
        """Return the share of the time that is over."""
        return (time.process_time() - self._began) / 60 / self._lesson.minutes

    def tell(self, labels: int, loss: float, right: float) -> None:
        """Take note of a step."""
        self.step += 1
        self._frames += labels * STRIDE
        self._recent.append((loss, right))
        if self.step % 100 == 0:
            average = np.mean(self._recent, axis=0)
            minutes = self.spent() * self._lesson.minutes
            print(
                f"  {self._lesson.name}: step {self.step}, {self._frames / 360000:.1f} h heard, "
                f"{minutes:.1f} min, loss {average[0]:.3f}, right {average[1]:.3f}",
                flush=True,
            )


def priors(sets: Sets, unknown_scale: float) -> np.ndarray:
    """Return how frequent each pdf is, (PDF_COUNT,) summing to about 1.

    A smaller prior of the unknown word makes it win more often against words.
    """
    counts = np.full(PDF_COUNT, 20.0)
    for examples, repeats in sets:
        counts += repeats * np.bincount(examples.labels, minlength=PDF_COUNT)
    counts[UNKNOWN_PDF] = _UNKNOWN_SHARE * counts[1:].sum() * unknown_scale
    share: np.ndarray = counts / counts.sum()
    return share
