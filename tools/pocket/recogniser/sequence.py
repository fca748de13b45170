"""Teaching the net whole phone sequences: lattice-free maximum mutual information, as in Povey et al., "Purely
sequence-trained neural networks for ASR based on lattice-free MMI", Interspeech 2016.

What was said shall be likelier than everything that can be said. What was said is its phones in their order, each
within a few frames of where it was heard; everything is any phones, as one follows another in the speech learnt from.
A frame here is 30 ms; scores are what the decoder sees: the net's log posterior less the log prior, scaled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from phones import PDF_COUNT, SILENCE_PDF, UNKNOWN_PDF

IGNORED = -100
_TOLERANCE = 2  # frames that a phone may begin sooner or end later than it was heard
_NEVER = -1e4
_RARE = -30.0
_SMOOTHING = 5.0  # counts added, shared out by how frequent each phone is


def is_first(pdf: np.ndarray) -> np.ndarray:
    """Tell which pdfs are a phone's first frame; silence and the unknown word have one pdf only."""
    return (pdf % 2 == 1) & (pdf < UNKNOWN_PDF)


def phone_runs(labels: np.ndarray) -> list[tuple[int, int, int]]:
    """Return each phone of a row of labels: the pdf it begins with, its first frame and the frame after its last."""
    begins = np.ones(len(labels), bool)
    same = labels[1:] == labels[:-1]
    goes_on = ~is_first(labels[1:]) & (same | (is_first(labels[:-1]) & (labels[1:] == labels[:-1] + 1)))
    begins[1:] = ~goes_on
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(labels))
    return [(int(labels[start]), int(start), int(end)) for start, end in zip(starts, ends, strict=True)]


def _rest(first: np.ndarray) -> np.ndarray:
    """Return the pdf of a phone's further frames."""
    return np.where(is_first(first), first + 1, first)


def _unit(pdf: np.ndarray) -> np.ndarray:
    """Return a phone's number: silence 0, phones from 1, the unknown word last."""
    return (pdf + 1) // 2


@dataclass(frozen=True)
class PhoneModel:
    """Which phone follows which, and how long each lasts: chances of one frame's pdf after another's, and to begin."""

    step: Tensor  # (PDF_COUNT, PDF_COUNT)
    begin: Tensor  # (PDF_COUNT,)

    @staticmethod
    def counted(rows: list[np.ndarray]) -> PhoneModel:
        """Count pairs of phones and lengths in rows of labels."""
        units = int(_unit(np.array(UNKNOWN_PDF))) + 1
        pairs, lasting = np.zeros((units, units)), np.ones((units, 2))
        for row in rows:
            runs = phone_runs(row)
            numbers = [int(_unit(np.array(pdf))) for pdf, _, _ in runs]
            for number, (_, start, end) in zip(numbers, runs, strict=True):
                lasting[number] += (end - start - 1, 1)
            np.add.at(pairs, (numbers[:-1], numbers[1:]), 1)
        frequent = (pairs.sum(axis=0) + 1) / (pairs.sum() + units)
        pairs += _SMOOTHING * frequent
        follows = pairs / pairs.sum(axis=1, keepdims=True)
        return PhoneModel._of(follows, lasting[:, 0] / lasting.sum(axis=1), frequent)

    @staticmethod
    def _of(follows: np.ndarray, stays: np.ndarray, frequent: np.ndarray) -> PhoneModel:
        pdfs = np.arange(PDF_COUNT)
        enters = is_first(pdfs) | (pdfs == SILENCE_PDF) | (pdfs == UNKNOWN_PDF)
        units = _unit(pdfs)
        step = (1 - stays[units])[:, None] * follows[units][:, units] * enters[None, :]
        np.add.at(step, (pdfs, _rest(pdfs)), stays[units])
        begin = frequent[units] * enters
        begin[SILENCE_PDF] = begin.sum()  # half of all recordings begin with silence
        begin /= begin.sum()
        return PhoneModel(*(torch.from_numpy(table.astype(np.float32)) for table in (step, begin)))


def everything(scores: Tensor, lengths: Tensor, model: PhoneModel) -> Tensor:
    """Return the log of all that could have been said: scores (batch, time, PDF_COUNT) to (batch,)."""
    highest = scores.max(dim=-1, keepdim=True).values.detach()
    likely = (scores - highest).exp()
    total = torch.zeros(len(scores))
    alpha = model.begin
    for time in range(scores.shape[1]):
        alpha_next = (model.begin if time == 0 else alpha @ model.step) * likely[:, time]
        norm = alpha_next.sum(dim=-1, keepdim=True)
        alive = (time < lengths)[:, None]
        alpha = torch.where(alive, alpha_next / norm, alpha) if time else alpha_next / norm
        total = total + torch.where(alive[:, 0], norm[:, 0].log() + highest[:, time, 0], torch.zeros(()))
    return total


@dataclass(frozen=True)
class Said:
    """What was said in a batch, as a row of states for each utterance, two a phone: its first frame and the others."""

    pdfs: Tensor  # (batch, states)
    enter: Tensor  # (batch, states) log chance to come in from the phone before
    stay: Tensor  # (batch, states) log chance to come from the same phone
    allowed: Tensor  # (batch, time, states) 0 or _NEVER
    last: Tensor  # (batch, states) 0 for the last phone's states, else _NEVER

    @staticmethod
    def of(labels: np.ndarray, model: PhoneModel) -> Said:
        """Lay out rows of labels; what is ignored must be at the end."""
        rows = [phone_runs(row[row != IGNORED]) for row in labels]
        count, time = 2 * max(len(runs) for runs in rows), labels.shape[1]
        pdfs = np.zeros((len(rows), count), np.int64)
        allowed = np.full((len(rows), time, count), _NEVER, np.float32)
        enter, stay, last = (np.full((len(rows), count), _NEVER, np.float32) for _ in range(3))
        step = np.log(model.step.numpy() + 1e-30)
        begin = np.log(model.begin.numpy() + 1e-30)
        for row, runs in enumerate(rows):
            firsts = np.array([pdf for pdf, _, _ in runs])
            rests = _rest(firsts)
            n = len(runs)
            pdfs[row, 0 : 2 * n : 2], pdfs[row, 1 : 2 * n : 2] = firsts, rests
            enter[row, 0] = max(begin[firsts[0]], _RARE)
            enter[row, 2 : 2 * n : 2] = np.maximum(step[firsts[:-1], firsts[1:]], _RARE)
            stay[row, 1 : 2 * n : 2] = np.log(model.step.numpy()[firsts, rests])
            last[row, 2 * n - 2 : 2 * n] = 0.0
            for number, (_, start, end) in enumerate(runs):
                allowed[row, max(0, start - _TOLERANCE) : end + _TOLERANCE, 2 * number : 2 * number + 2] = 0.0
        return Said(*(torch.from_numpy(part) for part in (pdfs, enter, stay, allowed, last)))


def said(scores: Tensor, lengths: Tensor, what: Said) -> Tensor:
    """Return the log of all ways in which it could have been said: (batch,)."""
    batch, time, _ = scores.shape
    own = torch.gather(scores, 2, what.pdfs[:, None, :].expand(batch, time, -1)) + what.allowed
    never = torch.full((batch, 2), _NEVER)
    alpha = torch.full_like(what.enter, _NEVER)
    alpha[:, 0] = what.enter[:, 0]
    alpha = alpha + own[:, 0]
    for t in range(1, time):
        before = torch.cat([never, alpha], dim=1)
        either = torch.logaddexp(before[:, :-2], before[:, 1:-1])  # the two states before one
        entering = torch.where(torch.arange(alpha.shape[1]) % 2 == 0, either, torch.full((), _NEVER)) + what.enter
        staying = torch.logaddexp(before[:, 1:-1], alpha) + what.stay
        alpha = torch.where((t < lengths)[:, None], torch.logaddexp(entering, staying) + own[:, t], alpha)
    return torch.logsumexp(alpha + what.last, dim=1)


def sequence_loss(scores: Tensor, labels: np.ndarray, model: PhoneModel) -> Tensor:
    """Return, a frame, by how much everything is likelier than what was said (nats); 0 is perfect."""
    lengths = torch.from_numpy((labels != IGNORED).sum(axis=1))
    told = said(scores, lengths, Said.of(labels, model))
    return (everything(scores, lengths, model) - told).sum() / lengths.sum()
