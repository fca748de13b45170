"""Sentences in the manner of a home assistant: patterns with marks that are filled at random.

`patterns.txt` holds a pattern a line, `slots.txt` what a `{mark}` may become; numbers and times come from
`spelling.py`. Everything is written as it is spoken: no digits, no abbreviations.
"""

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

from spelling import clock, number, ordinal, span

HERE = Path(__file__).parent
MARK = re.compile(r"\{(\w+)\}")


def _large(rng: Random) -> int:
    return rng.choice((rng.randint(100, 999), rng.randint(1000, 999_999), rng.randint(1900, 1999)))


COUNTED: dict[str, Callable[[Random], str]] = {
    "clock": clock,
    "span": span,
    "small": lambda rng: number(rng.randint(0, 20)),
    "number": lambda rng: number(rng.randint(0, 100)),
    "large": lambda rng: number(_large(rng)),
    "year": lambda rng: f"{number(rng.randint(17, 20))} {number(rng.randint(10, 99))}",
    "date": lambda rng: ordinal(rng.randint(1, 31)),
}


def read_slots(path: Path) -> dict[str, list[str]]:
    """The alternatives of every mark; a line that starts with blanks continues the one before."""
    text = re.sub(r"^#.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE).replace("\n ", " ")
    named = (line.split(":", 1) for line in text.splitlines() if line.strip())
    return {name: [" ".join(part.split()) for part in parts.split(",")] for name, parts in named}


class Templates:
    """Draws assistant sentences; the same generator state gives the same sentences."""

    def __init__(self, rng: Random, patterns: list[str], slots: dict[str, list[str]]) -> None:
        self._rng, self._patterns, self._slots = rng, patterns, slots

    def sentence(self) -> str:
        """One sentence, starting with a capital."""
        text = self._filled(self._rng.choice(self._patterns))
        text = re.sub(r"\b([Aa]) (?=[aeio])", r"\1n ", text)
        text = re.sub(r"\b([Aa])n (?=[^aeiouAEIOU\s])", r"\1 ", text)
        return text[0].upper() + text[1:]

    def _filled(self, pattern: str) -> str:
        return MARK.sub(lambda mark: self._chosen(mark[1]), pattern)

    def _chosen(self, name: str) -> str:
        if name in COUNTED:
            return COUNTED[name](self._rng)
        return self._filled(self._rng.choice(self._slots[name]))
