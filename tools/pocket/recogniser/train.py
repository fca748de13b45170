"""Teaching the net which pdf each 30 ms belongs to: cross-entropy, frame by frame."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from dataset import STRIDE, Examples
from features import BANDS, log_mel
from net import CONTEXT, AcousticNet, padded
from phones import PDF_COUNT, SILENCE_PDF, UNKNOWN_PDF

_IGNORED = -100
BATCH_FRAMES = 4000
_WARM_UP = 80
_UNKNOWN_SHARE = 0.07
_TELEPHONE_SHARE = 0.25
_TELEPHONE_BANDS = (28, 34)  # the first band with nothing in it: from 3.4 to 4.8 kHz on
_ROUNDING = np.median(log_mel(np.random.default_rng(0).uniform(-0.5, 0.5, 16000)), axis=0)


def batches(sets: list[tuple[Examples, int]], rng: np.random.Generator) -> Iterator[list[tuple[Examples, int]]]:
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


def collate(group: list[tuple[Examples, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Put a batch's utterances into one block: features (batch, time, BANDS), labels (batch, steps)."""
    steps = max((s.frames(i) + STRIDE - 1) // STRIDE for s, i in group)
    features = np.zeros((len(group), STRIDE * steps - 2 + 2 * CONTEXT, BANDS), np.float32)
    labels = np.full((len(group), steps), _IGNORED, np.int64)
    for row, (examples, index) in enumerate(group):
        own, own_labels = examples.one(index)
        whole = padded(own)
        features[row, : len(whole)] = whole
        features[row, len(whole) :] = whole[-1]
        labels[row, : len(own_labels)] = own_labels
    return features, labels


def disguise(features: np.ndarray, mean: np.ndarray, rng: np.random.Generator) -> None:
    """Change a batch in place: tilt and level, a shifted frequency axis, hidden bands and moments, telephones."""
    length = features.shape[1]
    for sound in features:
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


def _telephone(sound: np.ndarray, rng: np.random.Generator) -> None:
    """Leave nothing but the rounding of samples above what a telephone lets through; often little below as well."""
    highest = int(rng.integers(*_TELEPHONE_BANDS))
    nothing = _ROUNDING[highest:] + 0.3 * rng.standard_normal(sound[:, highest:].shape)
    sound[:, highest:] = np.minimum(sound[:, highest:], nothing)
    if rng.random() < 0.5:
        lowest = int(rng.integers(1, 6))
        sound[:, :lowest] -= rng.uniform(1, 5)


def _shift_bands(sound: np.ndarray, rng: np.random.Generator) -> None:
    position = np.arange(BANDS) * (1 + rng.uniform(-0.06, 0.06)) + rng.uniform(-0.8, 0.8)
    position = np.clip(position, 0, BANDS - 1)
    lower = np.minimum(position.astype(int), BANDS - 2)
    share = (position - lower).astype(np.float32)
    sound[:] = sound[:, lower] * (1 - share) + sound[:, lower + 1] * share


def call_some_unknown(labels: np.ndarray, rng: np.random.Generator) -> None:
    """Relabel stretches of speech as an unknown word, in place: the net learns what any speech is like."""
    for row in labels:
        position = 0
        while position < len(row):
            width = rng.integers(10, 30)
            if rng.random() < _UNKNOWN_SHARE:
                stretch = row[position : position + width]
                stretch[stretch > SILENCE_PDF] = UNKNOWN_PDF
            position += width


def _loss(net: AcousticNet, features: np.ndarray, labels: np.ndarray) -> tuple[Tensor, float]:
    """Return the loss and the share of frames named right."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = net(torch.from_numpy(features))
    logits = logits.float().reshape(-1, PDF_COUNT)
    wanted = torch.from_numpy(labels).reshape(-1)
    loss = functional.cross_entropy(logits, wanted, ignore_index=_IGNORED, label_smoothing=0.03)
    heard = wanted != _IGNORED
    right = (logits.argmax(dim=-1) == wanted)[heard].float().mean().item()
    return loss, right


def train(
    net: AcousticNet, sets: list[tuple[Examples, int]], *, minutes: float, rate: float, seed: int, name: str
) -> None:
    """Train for so many minutes of the CPU, the learning rate falling to nothing at the end."""
    rng = np.random.default_rng(seed)
    mean = net.mean.numpy()
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.02)
    began, step, frames, passes = time.process_time(), 0, 0, 0
    recent: list[tuple[float, float]] = []
    net.train()
    while True:
        for group in batches(sets, rng):
            spent = (time.process_time() - began) / 60 / minutes
            if spent >= 1:
                return
            for parameters in optimiser.param_groups:
                parameters["lr"] = rate * min(1.0, (step + 1) / _WARM_UP) * (1 - spent) + 1e-5
            features, labels = collate(group)
            disguise(features, mean, rng)
            call_some_unknown(labels, rng)
            loss, right = _loss(net, features, labels)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            optimiser.step()
            step += 1
            frames += int((labels != _IGNORED).sum()) * STRIDE
            recent = [*recent[-99:], (loss.item(), right)]
            if step % 100 == 0:
                average = np.mean(recent, axis=0)
                print(
                    f"  {name}: step {step}, pass {passes}, {frames / 360000:.1f} h heard, "
                    f"{spent * minutes:.1f} min, loss {average[0]:.3f}, right {average[1]:.3f}",
                    flush=True,
                )
        passes += 1


def priors(sets: list[tuple[Examples, int]], unknown_scale: float) -> np.ndarray:
    """Return how frequent each pdf is, (PDF_COUNT,) summing to about 1.

    A smaller prior of the unknown word makes it win more often against words.
    """
    counts = np.full(PDF_COUNT, 20.0)
    for examples, repeats in sets:
        counts += repeats * np.bincount(examples.labels, minlength=PDF_COUNT)
    counts[UNKNOWN_PDF] = _UNKNOWN_SHARE * counts[1:].sum() * unknown_scale
    share: np.ndarray = counts / counts.sum()
    return share
