"""From a phrase to the automaton that accepts just its sentences: what comes next is never a choice.

A recogniser needs it without epsilons and deterministic. A phrase has no loops, so there always is such an
automaton, but it may be far larger than the phrase ("any of these in any order"); its size is bounded here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipit.errors import EngineError
from pipit.models.phrases import Alt, Phrase, Seq, Slot, Words, without

MOST_ARCS = 50_000
"""Enough for every number of six digits or a thousand names; 0.8 MB as a file."""

States = frozenset[int]


@dataclass(frozen=True, slots=True)
class Automaton:
    """States are counted from 0, the start. An arc is a word and the state it leads to."""

    arcs: tuple[Mapping[str, int], ...]
    """For each state what may come next."""
    ends: frozenset[int]
    """Where a sentence may end."""

    @property
    def size(self) -> int:
        """The number of arcs."""
        return sum(map(len, self.arcs))

    def accepts(self, sentence: str) -> bool:
        """Whether the words of ``sentence`` are one of its sentences."""
        state: int | None = 0
        for word in sentence.split():
            state = None if state is None else self.arcs[state].get(word)
        return state in self.ends


def automaton(phrase: Phrase, most_arcs: int = MOST_ARCS) -> Automaton:
    """Return the smallest automaton of ``phrase``; raises ``EngineError`` (``phrase-too-large``).

    Without a way to say the phrase it has no arcs and no end.
    """
    possible = without(phrase, ())  # what leads nowhere would stay in
    if possible is None:
        return Automaton(({},), frozenset())
    return _merged(_determined(_Sketch(possible, most_arcs), most_arcs))


class _Sketch:
    """The phrase as it stands, with steps that need no word: one state after each word and where ways meet."""

    def __init__(self, phrase: Phrase, most_arcs: int) -> None:
        self._most = most_arcs
        self.words: list[list[tuple[str, int]]] = [[]]
        self.skips: list[list[int]] = [[]]
        self.end = self._add(phrase, 0)

    def _add(self, phrase: Phrase, start: int) -> int:
        """Draw ``phrase`` from ``start``; return where it ends."""
        if isinstance(phrase, Words):
            return self._row(phrase.text.split(), start)
        if isinstance(phrase, Seq):
            for part in phrase.parts:
                start = self._add(part, start)
            return start
        if isinstance(phrase, Slot):
            return self._add(phrase.part, start)
        options = phrase.options if isinstance(phrase, Alt) else (phrase.part, Words(""))
        return self._meet([self._add(option, start) for option in options])

    def _row(self, words: list[str], start: int) -> int:
        for word in words:
            end = self._state()
            self.words[start].append((word, end))
            start = end
        return start

    def _meet(self, ends: list[int]) -> int:
        meeting = self._state()
        for end in ends:
            self.skips[end].append(meeting)
        return meeting

    def _state(self) -> int:
        if len(self.words) > self._most:
            raise _too_large(self._most)
        self.words.append([])
        self.skips.append([])
        return len(self.words) - 1

    def reach(self, states: States) -> States:
        """Return ``states`` and all that follow them without a word."""
        found, left = set(states), list(states)
        while left:
            fresh = [state for state in self.skips[left.pop()] if state not in found]
            found.update(fresh)
            left.extend(fresh)
        return frozenset(found)


def _determined(sketch: _Sketch, most_arcs: int) -> Automaton:
    """Make one state of each set of states in which the same words may have led."""
    numbers = {sketch.reach(frozenset({0})): 0}
    arcs: list[dict[str, int]] = []
    size = 0
    waiting = list(numbers)
    for states in waiting:  # grows as it goes
        following: dict[str, set[int]] = {}
        for state in states:
            for word, end in sketch.words[state]:
                following.setdefault(word, set()).add(end)
        size += len(following)
        if size > most_arcs:
            raise _too_large(most_arcs)
        sets = {word: sketch.reach(frozenset(ends)) for word, ends in following.items()}
        for reached in sets.values():
            if numbers.setdefault(reached, len(waiting)) == len(waiting):
                waiting.append(reached)
        arcs.append({word: numbers[reached] for word, reached in sets.items()})
    return Automaton(tuple(arcs), frozenset(n for states, n in numbers.items() if sketch.end in states))


def _merged(whole: Automaton) -> Automaton:
    """Make one state of all from which the same may follow.

    There are no loops: once all that follows a state is merged, equal states have equal arcs.
    """
    same: dict[tuple[bool, frozenset[tuple[str, int]]], int] = {}
    merged: dict[int, int] = {}
    for state in _last_first(whole):
        arcs = frozenset((word, merged[end]) for word, end in whole.arcs[state].items())
        merged[state] = same.setdefault((state in whole.ends, arcs), len(same))
    # The start was numbered last; it is to be 0.
    last = len(same) - 1
    arcs_of = [{word: last - end for word, end in sorted(arcs)} for _, arcs in same]
    ends = frozenset(last - number for (final, _), number in same.items() if final)
    return Automaton(tuple(reversed(arcs_of)), ends)


def _last_first(whole: Automaton) -> list[int]:
    """Return the states so that each comes after all that follow it."""
    order: list[int] = []
    seen = {0}
    path = [(0, iter(whole.arcs[0].values()))]
    while path:
        state, ends = path[-1]
        fresh = next((end for end in ends if end not in seen), None)
        if fresh is None:
            order.append(state)
            path.pop()
        else:
            seen.add(fresh)
            path.append((fresh, iter(whole.arcs[fresh].values())))
    return order


def _too_large(most: int) -> EngineError:
    return EngineError(
        "phrase-too-large",
        f"what may be said needs a grammar of more than {most} arcs",
        "let fewer things be said in any order, or in fewer ways",
    )
