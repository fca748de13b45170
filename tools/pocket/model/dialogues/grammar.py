"""Little grammars of what a person may say, drawn from by chance.

`(a|b)` is either, `[a|b]` one of them or nothing, `<rule>` a rule that many share. Placeholders such as `{time}` are
left for the caller.
"""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass
from functools import cached_property

from .texts import RULES

MARKS = re.compile(r"([\[\]()|]|<[a-z]+>)")


@dataclass(frozen=True)
class Either:
    """One of several sequences, or nothing half of the time if it may be left out."""

    options: tuple[tuple[str | Either, ...], ...]
    may_be_absent: bool = False

    @cached_property
    def size(self) -> int:
        """How many ways there are through it."""
        return self.may_be_absent + sum(map(_size, self.options))

    @cached_property
    def shares(self) -> list[float]:
        """How often each option is to be drawn: one that says more is, though not by as much as it has ways."""
        return [1 + 0.25 * math.log2(_size(option)) for option in self.options]

    def parts(self, chance: random.Random) -> list[str]:
        """The texts of one way through it."""
        if self.may_be_absent and chance.random() < 0.5:
            return []
        drawn: list[str] = []
        for part in chance.choices(self.options, self.shares)[0]:
            drawn += [part] if isinstance(part, str) else part.parts(chance)
        return drawn

    def draw(self, chance: random.Random) -> str:
        """One sentence."""
        return " ".join("".join(self.parts(chance)).split()).replace(" '", "'")


def _size(option: tuple[str | Either, ...]) -> int:
    return math.prod(1 if isinstance(part, str) else part.size for part in option)


def _read(tokens: list[str], closing: str) -> Either:
    """The alternatives up to a closing mark, which is taken too."""
    options: list[tuple[str | Either, ...]] = []
    current: list[str | Either] = []
    while tokens:
        token = tokens.pop(0)
        if token == closing:
            break
        if token == "|":
            options.append(tuple(current))
            current = []
        elif token in "([":
            current.append(_read(tokens, ")" if token == "(" else "]"))
        elif token.startswith("<"):
            current.append(parse(RULES[token[1:-1]]))
        else:
            current.append(token)
    return Either((*options, tuple(current)), may_be_absent=closing == "]")


def parse(text: str) -> Either:
    """Read a grammar."""
    return _read([token for token in MARKS.split(text) if token], "")
