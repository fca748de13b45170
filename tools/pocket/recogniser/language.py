"""The language model: a back-off trigram of template sentences and general pairs, over general word frequencies."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from fst import EPSILON, Fst

BEGIN, END = "<s>", "</s>"
_ORDER = 3
_DISCOUNT = 0.6
_GENERAL_SHARE = 0.15  # of single words
_GENERAL_PAIRS = 0.3  # of the words in sentences, counted on top of them
_GENERAL_END = 0.12
_FEWEST = (1, 1, 2)  # rarer pairs and triples of words are left to the back-off
_GAIN = 2.0  # natural logarithm, over all sentences
_LEAST = 1e-4
_RAREST = 0.5  # times that a general pair is counted

History = tuple[str, ...]
Pair = tuple[str, str, float]
Counts = dict[str, float]


class BackoffModel:
    """Interpolated absolute discounting, stored as explicit probabilities and back-off weights a history."""

    def __init__(
        self, words: list[str], frequency: dict[str, float], sentences: Iterable[str], general: Iterable[Pair]
    ) -> None:
        """`frequency` holds general natural log-probabilities; sentences with other words are left out."""
        counts = _count(sentences, set(words))
        _add_general(counts, general)
        for order in range(1, _ORDER):
            _prune(counts[order], _FEWEST[order])
        self.probability: list[dict[History, dict[str, float]]] = [{(): _unigram(words, frequency, counts[0][()])}]
        self.backoff: list[dict[History, float]] = [{}]
        for order in range(1, _ORDER):
            self.probability.append({})
            self.backoff.append({})
            for history, followers in counts[order].items():
                self._add(order, history, followers)

    def of(self, history: History, word: str) -> float:
        """Return the probability of a word after a history of at most two words."""
        for order in range(min(len(history), _ORDER - 1), 0, -1):
            recent = history[-order:]
            known = self.probability[order].get(recent)
            if known is not None:
                return known[word] if word in known else self.backoff[order][recent] * self.of(recent[1:], word)
        return self.probability[0][()][word]

    def _add(self, order: int, history: History, followers: Counts) -> None:
        total = sum(followers.values())
        passed_on = _DISCOUNT * len(followers) / total
        lower = {word: self.of(history[1:], word) for word in followers}
        own = {w: max(n - _DISCOUNT, 0.0) / total + passed_on * lower[w] for w, n in followers.items()}
        own = {word: chance for word, chance in own.items() if _tells(followers[word], chance, lower[word])}
        if not own:
            return
        left = max(1.0 - sum(own.values()), _LEAST)
        self.probability[order][history] = own
        self.backoff[order][history] = left / max(1.0 - sum(lower[word] for word in own), _LEAST)


def _tells(count: float, chance: float, without: float) -> bool:
    """Tell whether a word after a history is worth its place, given what would be said of it with less history."""
    return count * abs(math.log(chance / without)) >= _GAIN


def _count(sentences: Iterable[str], listed: set[str]) -> list[dict[History, Counts]]:
    """Count words after histories of 0, 1 and 2 words."""
    counts: list[dict[History, Counts]] = [defaultdict(lambda: defaultdict(float)) for _ in range(_ORDER)]
    for sentence in sentences:
        words = sentence.split()
        if not listed.issuperset(words):
            continue
        chain = [BEGIN, *words, END]
        for position in range(1, len(chain)):
            for order in range(min(position, _ORDER - 1) + 1):
                counts[order][tuple(chain[position - order : position])][chain[position]] += 1
    return counts


def _add_general(counts: list[dict[History, Counts]], general: Iterable[Pair]) -> None:
    """Count general pairs as if so much of general English stood among the sentences."""
    total = _GENERAL_PAIRS * sum(counts[0][()].values())
    for before, word, chance in general:
        if total * chance >= _RAREST:
            counts[1][(before,)][word] += total * chance


def _prune(counts: dict[History, Counts], fewest: int) -> None:
    for history in list(counts):
        frequent = {word: count for word, count in counts[history].items() if count >= fewest}
        if frequent:
            counts[history] = frequent
        else:
            del counts[history]


def _unigram(words: list[str], frequency: dict[str, float], counted: Counts) -> dict[str, float]:
    total = sum(counted.values())
    general = {word: math.exp(frequency[word]) for word in words}
    scale = _GENERAL_SHARE / sum(general.values())
    mixed = {w: (1 - _GENERAL_SHARE) * counted[w] / total + scale * general[w] for w in words}
    mixed[END] = (1 - _GENERAL_SHARE) * counted[END] / total + _GENERAL_SHARE * _GENERAL_END
    whole = sum(mixed.values())
    return {word: value / whole for word, value in mixed.items()}


def to_fst(model: BackoffModel, word_ids: dict[str, int], unknown: str, unknown_cost: float) -> Fst:
    """Turn the model into an acceptor of word numbers; `unknown` may stand anywhere at a cost."""
    grammar = Fst()
    states: dict[History, int] = {}

    def state(history: History) -> int:
        kept = history[-(_ORDER - 1) :]
        while kept and kept not in model.probability[len(kept)]:
            kept = kept[1:]
        if kept not in states:
            states[kept] = grammar.state()
        return states[kept]

    state((BEGIN,))  # the start is state 0
    for followers_of in model.probability:
        for history, followers in followers_of.items():
            source = state(history)
            for word, probability in followers.items():
                cost = -math.log(probability)
                if word == END:
                    grammar.final[source] = cost
                else:
                    grammar.arc(source, state((*history, word)), word_ids[word], word_ids[word], cost)
            if history:
                give_up = -math.log(model.backoff[len(history)][history])
                grammar.arc(source, state(history[1:]), EPSILON, EPSILON, give_up)
    lowest = state(())
    grammar.arc(lowest, lowest, word_ids[unknown], word_ids[unknown], unknown_cost)
    return grammar
