"""Finds when each phone of known words was spoken, as the net hears it: Viterbi over pronunciations."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dataset import STRIDE
from features import HOP
from phones import SILENCE, pdfs

_NEVER = -1e30
_STEP_SECONDS = STRIDE * HOP / 16000


@dataclass
class _Chain:
    """States of all ways to say a sentence: a phone each, and those that may come before (-1: the start)."""

    phones: list[str] = field(default_factory=list)
    before: list[list[int]] = field(default_factory=list)

    def add(self, phone: str, before: list[int]) -> int:
        self.phones.append(phone)
        self.before.append(before)
        return len(self.phones) - 1


def _sentence_chain(text: str, lexicon: dict[str, list[list[str]]]) -> tuple[_Chain, list[int]]:
    """Return the chain and the states that may end it; silence is optional around every word."""
    chain = _Chain()
    open_ends = [-1, chain.add(SILENCE, [-1])]
    for word in text.split():
        ends = []
        for pronunciation in lexicon[word]:
            before = open_ends
            for phone in pronunciation:
                before = [chain.add(phone, before)]
            ends += before
        open_ends = [*ends, chain.add(SILENCE, ends)]
    return chain, open_ends


def align(
    log_probabilities: np.ndarray, text: str, lexicon: dict[str, list[list[str]]]
) -> tuple[list[tuple[str, float]], float] | None:
    """Return phones with their ends in seconds and the average log-probability a step; None if nothing fits.

    `log_probabilities` is (steps of 30 ms, PDF_COUNT). A state has two halves: its first step and the rest.
    """
    chain, ends = _sentence_chain(text, lexicon)
    path, score = _best_path(log_probabilities, chain, ends)
    if path is None:
        return None
    labels: list[tuple[str, float]] = []
    count = len(chain.phones)
    for step, half in enumerate(path):
        end = (step + 1) * _STEP_SECONDS
        if half < count:
            labels.append((chain.phones[half], end))
        else:
            labels[-1] = (labels[-1][0], end)
    return labels, score / len(path)


def _predecessors(chain: _Chain) -> np.ndarray:
    """Return (states, most) halves from which a state may be entered, filled up with the last column."""
    count = len(chain.phones)
    most = max(len(before) for before in chain.before)
    table = np.full((count, 2 * most), 2 * count)
    for state, before in enumerate(chain.before):
        halves = [half for previous in before if previous >= 0 for half in (previous, count + previous)]
        table[state, : len(halves)] = halves
    return table


def _best_path(log_probabilities: np.ndarray, chain: _Chain, ends: list[int]) -> tuple[list[int] | None, float]:
    """Return the best sequence of halves (state, or count + state once it lasts) and its score."""
    count = len(chain.phones)
    first, rest = (np.array(column) for column in zip(*(pdfs(phone) for phone in chain.phones), strict=True))
    table, states = _predecessors(chain), np.arange(count)
    score = np.full(2 * count + 1, _NEVER)
    starts = np.array([-1 in before for before in chain.before])
    score[:count][starts] = log_probabilities[0][first[starts]]
    origin = np.zeros((len(log_probabilities), 2 * count), np.int64)
    for step in range(1, len(log_probabilities)):
        heard = log_probabilities[step]
        best = score[table].argmax(axis=1)
        entered = table[states, best]
        lasting = np.where(score[:count] >= score[count : 2 * count], states, count + states)
        origin[step] = np.concatenate([entered, lasting])
        score[: 2 * count] = np.concatenate([score[entered] + heard[first], score[lasting] + heard[rest]])
    finals = [half for end in ends if end >= 0 for half in (end, count + end)]
    last = max(finals, key=lambda half: score[half])
    if score[last] < _NEVER / 2:
        return None, _NEVER
    path = [last]
    for step in range(len(log_probabilities) - 1, 0, -1):
        path.append(int(origin[step][path[-1]]))
    return path[::-1], float(score[last])
