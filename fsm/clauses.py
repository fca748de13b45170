"""Cuts a stream of text into clauses, so that the voice can start before the model has finished."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# each match is sure as soon as the character after it is known, whatever follows later
_SENTENCE_END = re.compile(r"[.!?…]+[\"')\]”\u2019]*(?=\s)|\n\s*(?=\S)")
_BREATH = re.compile(r"[,;:][\"')\]”\u2019]*(?=\s)|\s[–—-](?=\s)")
_LETTER = re.compile(r"[^\W_]")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr st vs e.g i.e a.m p.m prof jr sr etc approx jan feb apr aug sept oct nov dec".split()
)


@dataclass(frozen=True, slots=True)
class ClauseSettings:
    """Lengths in characters."""

    first_min: int = 12
    """The first clause may be cut at a comma from this length on: it decides when sound begins."""
    later_min: int = 48
    """Later ones are cut at a comma only when long: whole sentences sound better."""
    longest: int = 220
    """Cut at a space where the model forgets to punctuate."""


class ClauseCutter:
    """Feed it pieces; it yields consecutive slices of the text, white space included, each with a letter or digit.

    The clauses are the same however the text was cut into pieces. Only the last may be empty of letters.
    """

    def __init__(self, settings: ClauseSettings | None = None) -> None:
        self._settings = settings or ClauseSettings()
        self._text = ""
        self._cut_any = False

    def feed(self, piece: str) -> Iterator[str]:
        """Take the next piece and yield the clauses that are complete."""
        self._text += piece
        while (end := self._end()) is not None:
            yield self._take(end)

    def finish(self) -> Iterator[str]:
        """Yield what is left."""
        if self._text.strip():
            yield self._take(len(self._text))

    def _take(self, end: int) -> str:
        head, self._text = self._text[:end], self._text[end:]
        self._cut_any = True
        return head

    def _end(self) -> int | None:
        """Where the first clause of the text ends, as soon as that is sure."""
        letter = _LETTER.search(self._text)
        if letter is None:
            return None
        first, last = letter.end(), letter.start() + self._settings.longest
        ends = [m.end() for m in _SENTENCE_END.finditer(self._text, first) if self._ends_sentence(m)]
        ends += [m.end() for m in _BREATH.finditer(self._text, first) if self._is_long_enough(m.end())]
        end = min(ends, default=len(self._text))
        if ends and end <= last:
            return end
        if len(self._text) <= last:
            return None
        space = self._text.rfind(" ", first, last)
        return space if space > 0 else last

    def _is_long_enough(self, end: int) -> bool:
        least = self._settings.later_min if self._cut_any else self._settings.first_min
        return len(self._text[:end].strip()) >= least

    def _ends_sentence(self, match: re.Match[str]) -> bool:
        before = self._text[: match.start()].split()
        if match.group() != ".":
            return True
        is_number_of_item = len(before) == 1 and before[0].isdigit()
        return not is_number_of_item and before[-1].lstrip("(['\"“\u2018").lower() not in _ABBREVIATIONS


def speakable(clause: str) -> str:
    """Return what the voice should read: without the marks that models write for screens."""
    words = " ".join(re.sub(r"[*_#`~|<>\[\]{}]+", " ", clause).split())
    return re.sub(r" ([,.;:!?…]+)(?= |$)", r"\1", words)
