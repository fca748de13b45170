"""What was said, as words: lower case, without fillers, digits as they are spoken, each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipit.fsm.fields import counting
from pipit.fsm.transcript import FILLERS, clean

_PIECE = re.compile(
    r"""[0-9]{4}-[0-9][0-9]-[0-9][0-9](?![0-9])                # a date as computers write it
      | [0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}(?![0-9])         # as Germans do
      | [0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}               # day and month, or month and day
      | [0-9]{1,2}:[0-9][0-9](?![0-9])                    # a time
      | [0-9]+(?:st|nd|rd|th)\b
      | (?<!\S)[-\u2212](?=[0-9])                # a minus, not a hyphen
      | [0-9]+(?:[.,][0-9]+)*
      | [^\W\d_]+(?:['\u2019][^\W\d_]+)*
      | [°%€$£&]""",
    re.VERBOSE,
)
_DIGITS = frozenset("0123456789")
_SIGNS = {
    "-": "minus",
    "\u2212": "minus",
    "°": "degrees",
    "%": "percent",
    "€": "euros",
    "$": "dollars",
    "£": "pounds",
    "&": "and",
}
_MONTHS = "january february march april may june july august september october november december"
MONTHS = tuple(_MONTHS.split())


@dataclass(frozen=True, slots=True)
class Heard:
    """Words, and where in the text each begins and ends; several words may come from one piece (``25``)."""

    text: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    typed: tuple[bool, ...]
    """Whether the word comes from digits."""

    def said(self, start: int, end: int) -> str:
        """Return the person's own words from word ``start`` up to ``end``."""
        if start >= end:
            return ""
        return " ".join(self.text[self.spans[start][0] : self.spans[end - 1][1]].split())

    def cut(self, keep: Iterator[int] | range | list[int]) -> Heard:
        """Return only some of the words, by their index."""
        chosen = list(keep)
        return Heard(
            self.text,
            tuple(self.words[i] for i in chosen),
            tuple(self.spans[i] for i in chosen),
            tuple(self.typed[i] for i in chosen),
        )


def hear(text: str) -> Heard:
    """Take what was said apart; never raises."""
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    typed: list[bool] = []
    for piece, start, end in _pieces(text):
        spelled = spell(piece)
        for word in spelled:
            words.append(word)
            spans.append((start, end))
            typed.append(piece[0] in _DIGITS)
    kept = [i for i in range(len(words)) if not _is_silent(words, typed, i)]
    return Heard(text, tuple(words), tuple(spans), tuple(typed)).cut(kept)


def plain(text: str) -> str:
    """Return a text as it is matched: its words, joined by single spaces."""
    return " ".join(word for piece, _, _ in _pieces(text) for word in spell(piece))


def spell(piece: str) -> list[str]:
    """Return how one piece of writing is said: ``25``, ``14:30``, ``3rd``, ``%``, ``Don't``."""
    if piece[0] not in _DIGITS:
        return [_SIGNS.get(piece) or piece.lower().replace("\u2019", "'")]
    if ":" in piece:
        hour, minute = map(int, piece.split(":"))
        return _clock(hour, minute, piece.startswith("0")).split()
    if piece[-1].isalpha():
        digits = piece[:-2]
        return counting.ordinal(int(digits)).split() if len(digits) < 3 and int(digits) else [piece]
    if "-" in piece:
        return _day(piece.split("-"))
    if "/" in piece:
        return [piece]
    if piece.count(".") == 2 and piece[-5] == ".":
        return _day(piece.split(".")[::-1])
    return _number(piece).split()


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    for raw in re.finditer(r"\S+", text):
        if not clean(raw.group()):
            continue
        for piece in _PIECE.finditer(text, raw.start(), raw.end()):
            yield piece.group(), piece.start(), piece.end()


def _is_silent(words: list[str], typed: list[bool], at: int) -> bool:
    if words[at] == "well":  # "well, nine", but "all is well"
        return all(word in FILLERS for word in words[:at])
    # "mm" is a murmur, but millimetres after a number
    return words[at] in FILLERS and not (words[at] == "mm" and at > 0 and typed[at - 1])


def _clock(hour: int, minute: int, leading: bool) -> str:
    if hour > 23 or minute > 59:
        return f"{hour}:{minute:02}"
    head = f"oh {counting.ONES[hour]}" if leading and hour < 10 else counting.below_hundred(hour)
    if not minute:
        return f"{head} hundred" if leading or hour > 12 else f"{head} o'clock"
    return f"{head} {'oh ' if minute < 10 else ''}{counting.below_hundred(minute)}"


def _day(parts: list[str]) -> list[str]:
    year, month, day = map(int, parts)
    if not (1 <= month <= 12 and 1 <= day <= 99 and year >= 1000):
        return ["-".join(parts)]
    return f"the {counting.ordinal(day)} of {MONTHS[month - 1]} in the year {counting.cardinal(year)}".split()


def _number(piece: str) -> str:
    """Commas before groups of three digits mean nothing, any other comma is a decimal point: ``12,5`` is 12.5."""
    head, *groups = piece.partition(".")[0].split(",")
    fraction = piece.partition(".")[2]
    if groups and not all(len(group) == 3 for group in groups):
        *more, fraction = [*groups, fraction] if fraction else groups
        groups = more
    if (not fraction.isdigit() and "." in piece) or any(len(group) != 3 for group in groups):
        return piece
    whole = _digits(head + "".join(groups))
    return f"{whole} point {counting.digit_by_digit(fraction)}" if fraction else whole


def _digits(digits: str) -> str:
    if len(digits) > counting.LONGEST or (digits.startswith("0") and len(digits) > 1):
        return counting.digit_by_digit(digits)
    return counting.cardinal(int(digits))
