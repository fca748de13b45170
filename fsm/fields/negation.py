"""What a person takes back while speaking: ``not nine, seven``, ``nine, no, seven``, ``seven rather than nine``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipit.fsm.fields.numerals import word

_DENYING = frozenset({"not", "isn't", "wasn't", "aren't", "never", "without", "don't", "didn't", "won't"})
_PAIRS = frozenset({("rather", "than"), ("instead", "of")})
_BETWEEN = frozenset(
    "the a an it it's is be number any say said mean meant want have take of that one need like".split()
)
_MOST_BETWEEN = 3
_MENDING = frozenset({"no", "nope", "sorry", "actually", "wait", "rather", "correction", "scratch", "pardon", "oops"})
_MENDING_PAIRS = frozenset({("i", "mean"), ("i", "meant"), ("make", "that"), ("make", "it"), ("or", "rather")})
UNKNOWING = frozenset(
    {
        ("don't", "know"),
        ("do", "not", "know"),
        ("dunno",),
        ("no", "idea"),
        ("no", "clue"),
        ("not", "sure"),
        ("can't", "say"),
        ("cannot", "say"),
        ("can't", "tell"),
        ("can't", "remember"),
        ("don't", "remember"),
    }
)


def is_denied(words: Sequence[str], start: int, end: int | None = None) -> bool:
    """Tell whether what begins at ``start`` (and ends before ``end``) is said not to be."""
    after = tuple(words[end : end + 2]) if end is not None else ()
    if after[:1] in (("isn't",), ("wasn't",)) or after in (("is", "not"), ("is", "wrong"), ("was", "wrong")):
        return True
    at = start
    while at > 0 and start - at < _MOST_BETWEEN and words[at - 1] in _BETWEEN:
        at -= 1
    before = range(at, start + 1)
    return any(word(words, i - 1) in _DENYING or tuple(words[max(i - 2, 0) : i]) in _PAIRS for i in before)


def is_refused(words: Sequence[str], start: int) -> bool:
    """Tell whether a plain ``no`` stands before: ``no sugar``, ``no more milk``."""
    return word(words, start - 1) == "no"


def mends(words: Sequence[str], start: int, end: int) -> bool:
    """Tell whether words between two values take the first back."""
    between = words[start:end]
    pairs = pairwise(between)
    return any(each in _MENDING for each in between) or any(pair in _MENDING_PAIRS for pair in pairs)


def unknowing(words: Sequence[str]) -> bool:
    """Tell whether a person says that they do not know."""
    return any(tuple(words[i : i + n]) in UNKNOWING for i in range(len(words)) for n in (1, 2, 3))
