"""Whether a phrase produces some words, and which of them belong to which slot.

Every place of the phrase is tried at most once at every word, so no phrase and no text can make it slow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipit.models.phrases import Alt, Opt, Phrase, Seq, Slot, Words

ANYTHING = Words("*")
"""Stands for one word or more of any kind where a sentence is read; no recogniser ever sees it."""

Span = tuple[int, int]


def match(phrase: Phrase, words: str) -> dict[str, str] | None:
    """Return the words of each slot when the phrase produces exactly these words, else None.

    The first slot wins, and each takes as many words as leaves the rest to match; of two slots with the same
    name the first counts.
    """
    said = words.split()
    spans = Matcher(said).slots(phrase)
    return None if spans is None else {name: " ".join(said[start:end]) for name, (start, end) in spans.items()}


def words_of(phrase: Phrase) -> frozenset[str]:
    """Return every word of a phrase."""
    match phrase:
        case Words(text):
            return frozenset(text.split())
        case Seq(parts) | Alt(parts):
            return frozenset[str]().union(*map(words_of, parts))
        case Opt(part) | Slot(_, part):
            return words_of(part)


class Matcher:
    """Matches phrases against one row of words; sets of places are bits of an integer."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._ends: dict[tuple[int, int], int] = {}
        self._kept: list[Phrase] = []  # an object's id is its own only while it lives

    def slots(self, phrase: Phrase) -> dict[str, Span] | None:
        """Return where each slot of a phrase begins and ends; None when it is not the whole that was said."""
        whole = len(self._words)
        if not self.ends(phrase, 0) >> whole & 1:
            return None
        found: dict[str, Span] = {}
        for name, span in self._walk(phrase, 0, whole):
            found.setdefault(name, span)
        return found

    def longest(self, phrase: Phrase, at: int) -> int:
        """Return where the longest match from a place ends; the place itself when there is none."""
        return max(self.ends(phrase, at).bit_length() - 1, at)

    def ends(self, phrase: Phrase, at: int) -> int:
        """Return the set of places where a phrase that begins at ``at`` may end."""
        key = id(phrase), at
        if key not in self._ends:
            self._kept.append(phrase)
            self._ends[key] = self._reach(phrase, at)
        return self._ends[key]

    def _reach(self, phrase: Phrase, at: int) -> int:
        match phrase:
            case Words(text):
                return self._reach_words(phrase, text.split(), at)
            case Seq(parts):
                return self._reach_all(parts, 1 << at)
            case Alt(options):
                reached = 0
                for option in options:
                    reached |= self.ends(option, at)
                return reached
            case Opt(part):
                return 1 << at | self.ends(part, at)
            case Slot(_, part):
                return self.ends(part, at)

    def _reach_words(self, phrase: Words, said: list[str], at: int) -> int:
        if phrase is ANYTHING:
            return (1 << len(self._words) + 1) - (1 << at + 1)
        end = at + len(said)
        return 1 << end if list(self._words[at:end]) == said else 0

    def _reach_all(self, parts: Sequence[Phrase], places: int) -> int:
        for part in parts:
            reached = 0
            for at in _bits(places):
                reached |= self.ends(part, at)
            places = reached
        return places

    def _walk(self, phrase: Phrase, start: int, end: int) -> Iterator[tuple[str, Span]]:
        """Yield the slots of a phrase that is known to lead from ``start`` to ``end``."""
        match phrase:
            case Words():
                return
            case Slot(name, part):
                yield name, (start, end)
                yield from self._walk(part, start, end)
            case Seq(parts):
                yield from self._walk_all(parts, start, end)
            case Alt(options):
                yield from self._walk(next(o for o in options if self.ends(o, start) >> end & 1), start, end)
            case Opt(part):
                if end > start:
                    yield from self._walk(part, start, end)

    def _walk_all(self, parts: Sequence[Phrase], start: int, end: int) -> Iterator[tuple[str, Span]]:
        places = [1 << start]
        for part in parts:
            places.append(self._reach_all((part,), places[-1]))
        stops = self._stops(parts, places, end)
        for part, stop in zip(parts, stops, strict=True):
            reached = self.ends(part, start) & stop
            following = reached.bit_length() - 1
            yield from self._walk(part, start, following)
            start = following

    def _stops(self, parts: Sequence[Phrase], places: Sequence[int], end: int) -> list[int]:
        """Return for each part where it may end so that the others still lead to ``end``."""
        stops = [1 << end]
        for part, before in zip(reversed(parts[1:]), reversed(places[1:-1]), strict=True):
            stops.append(sum(1 << at for at in _bits(before) if self.ends(part, at) & stops[-1]))
        return stops[::-1]


def _bits(places: int) -> Iterator[int]:
    while places:
        lowest = places & -places
        yield lowest.bit_length() - 1
        places ^= lowest
