"""Cuts a stream of text into clauses, so that the voice can start before the model has finished."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SENTENCE_END = re.compile(r"[.!?…]+[\"')\]]*(?=\s)|\n+")
_BREATH = re.compile(r"[,;:][\"')\]]*(?=\s)|\s[–—-](?=\s)")
_ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "dr", "st", "vs", "e.g", "i.e", "no", "prof", "jr", "sr", "etc"})


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
    """Feed it pieces; it yields consecutive slices of the text, white space included, none empty of letters."""

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
        settings = self._settings
        least = settings.later_min if self._cut_any else settings.first_min
        ends = [m.end() for m in _SENTENCE_END.finditer(self._text) if self._ends_sentence(m)]
        ends += [m.end() for m in _BREATH.finditer(self._text) if len(self._text[: m.end()].strip()) >= least]
        if ends:
            return min(ends)
        if len(self._text) <= settings.longest:
            return None
        space = self._text.rfind(" ", 1, settings.longest)
        return space if space > 0 else settings.longest

    def _ends_sentence(self, match: re.Match[str]) -> bool:
        before = self._text[: match.start()].rsplit(maxsplit=1)
        if not any(c.isalnum() for c in self._text[: match.start()]):
            return False
        return match.group() != "." or not before or before[-1].lower() not in _ABBREVIATIONS


def speakable(clause: str) -> str:
    """Return what the voice should read: without the marks that models write for screens."""
    return " ".join(re.sub(r"[*_#`~|<>\[\]{}]+", " ", clause).split())
