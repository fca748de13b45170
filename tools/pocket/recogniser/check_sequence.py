"""Check `sequence.py` against sums over every single way in which few frames can be parted among phones.

    python tools/pocket/recogniser/check_sequence.py

Needs torch alone, as training does; exits with 1 where a sum differs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np
import torch
from torch import Tensor

from phones import PDF_COUNT
from sequence import _TOLERANCE, IGNORED, PhoneModel, Said, _rest, everything, phone_runs, said

_ROWS = np.array([[0, 1, 2, 2, 5, 0, 0, IGNORED], [0, 3, 4, 7, 8, 8, 0, 0]])
_LENGTHS = (7, 8)
_CLOSE = 1e-3  # nats


def _partings(runs: list[tuple[int, int, int]], frames: int) -> Iterator[tuple[int, ...]]:
    """Yield where each phone may begin, and the end."""
    for cuts in combinations(range(1, frames), len(runs) - 1):
        bounds = (0, *cuts, frames)
        spans = zip(bounds[:-1], bounds[1:], runs, strict=True)
        if all(begin >= start - _TOLERANCE and end <= stop + _TOLERANCE for begin, end, (_, start, stop) in spans):
            yield bounds


def _one_by_one(scores: Tensor, runs: list[tuple[int, int, int]], frames: int, model: PhoneModel) -> float:
    """Return the log of all ways to say the phones, each counted by itself."""
    step, begin = np.log(model.step.numpy() + 1e-30), np.log(model.begin.numpy() + 1e-30)
    ways = []
    for bounds in _partings(runs, frames):
        pdfs: list[int] = []
        for (first, _, _), length in zip(runs, np.diff(bounds), strict=True):
            pdfs += [first] + [int(_rest(np.array(first)))] * int(length - 1)
        steps = sum(step[one, other] for one, other in pairwise(pdfs))
        ways.append(begin[pdfs[0]] + steps + sum(float(scores[time, pdf]) for time, pdf in enumerate(pdfs)))
    return float(np.logaddexp.reduce(ways))


def _agree(name: str, one: float, other: float) -> bool:
    print(f"{name}: {one:.4f}, one by one {other:.4f}")
    return abs(one - other) < _CLOSE


def main() -> None:
    """Compare what was said, and everything in three frames."""
    torch.manual_seed(0)
    model = PhoneModel.counted([row[row != IGNORED] for row in _ROWS] * 50)
    scores = 3 * torch.randn(len(_ROWS), _ROWS.shape[1], PDF_COUNT)
    told = said(scores, torch.tensor(_LENGTHS), Said.of(_ROWS, model))
    good = [
        _agree(f"row {row}", float(told[row]), _one_by_one(scores[row], phone_runs(_ROWS[row][:frames]), frames, model))
        for row, frames in enumerate(_LENGTHS)
    ]
    step, likely = model.step.numpy(), np.exp(scores[0, :3].numpy())
    paths = np.einsum("a,ab,bc->abc", model.begin.numpy() * likely[0], step * likely[1], step * likely[2])
    total = float(everything(scores[:1, :3], torch.tensor([3]), model))
    good.append(_agree("everything", total, float(np.log(paths.sum(dtype=np.float64)))))
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
