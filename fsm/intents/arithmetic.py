"""Sums in words. Times and divided by come before plus and minus, as in mathematics; ``then`` and ``all`` take
together what was said before them: ``two plus three, all times four`` is twenty.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from fractions import Fraction

from pipit.fsm.fields import numerals
from pipit.fsm.fields.numerals import word

LARGEST = Fraction(10**60)
_ROOT_DIGITS = 30
_MOST_DEPTH = 30


class NoSum(Exception):
    """These words are no sum."""


class Impossible(Exception):
    """A sum that has no result; the text says why, as a sentence."""


def root(value: Fraction) -> Fraction:
    """Return the square root, exact where there is one, else near enough for any ear."""
    if value < 0:
        raise Impossible("A negative number has no real square root.")
    top, bottom = math.isqrt(value.numerator), math.isqrt(value.denominator)
    if top * top == value.numerator and bottom * bottom == value.denominator:
        return Fraction(top, bottom)
    scale = 10**_ROOT_DIGITS
    return Fraction(math.isqrt(value.numerator * scale * scale // value.denominator), scale)


def power(value: Fraction, exponent: Fraction) -> Fraction:
    """Return a power with a whole exponent; raises ``NoSum`` for others."""
    if exponent.denominator != 1:
        raise NoSum
    digits = math.log10(max(value.numerator, -value.numerator, value.denominator, 2)) * abs(float(exponent))
    if digits > 60:
        raise Impossible("That number is too large for me.")
    if not value and exponent < 0:
        raise Impossible("Nothing can be divided by zero.")
    return Fraction(value ** int(exponent))


def quotient(value: Fraction, by: Fraction) -> Fraction:
    """Divide; raises ``Impossible`` by zero."""
    if not by:
        raise Impossible("Nothing can be divided by zero.")
    return value / by


def fraction(words: Sequence[str], at: int) -> tuple[Fraction, int] | None:
    """Read ``a third``, ``two fifths``, ``three quarters``."""
    found = numerals.part(words, at)
    if found:
        return found
    count = (1, at + 1) if word(words, at) in ("a", "one") else numerals.below_hundred(words, at)
    if count is None:
        return None
    name = word(words, count[1])
    part = numerals.ordinal([name.removesuffix("s")], 0) if name not in ("first", "second", "seconds") else None
    return (Fraction(count[0], part[0]), count[1] + 1) if part and part[0] > 2 else None


_ADD: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "plus": operator.add,
    "and add": operator.add,
    "added to": operator.add,
    "minus": operator.sub,
    "take away": operator.sub,
    "less": operator.sub,
    "and subtract": operator.sub,
}
_MULTIPLY: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "times": operator.mul,
    "multiplied by": operator.mul,
    "multiplied with": operator.mul,
    "x": operator.mul,
    "divided by": quotient,
    "over": quotient,
}
_APPLY: dict[str, Callable[[Fraction], Fraction]] = {
    "the square root of": root,
    "square root of": root,
    "root of": root,
    "the root of": root,
    "the square of": lambda a: a * a,
    "square of": lambda a: a * a,
    "the cube of": lambda a: a**3,
    "half of": lambda a: a / 2,
    "twice": lambda a: 2 * a,
    "double of": lambda a: 2 * a,
    "the double of": lambda a: 2 * a,
    "double": lambda a: 2 * a,
    "triple": lambda a: 3 * a,
    "minus": lambda a: -a,
    "negative": lambda a: -a,
}
_OF: dict[str, tuple[str, Callable[[Fraction, Fraction], Fraction]]] = {
    "the sum of": ("and", operator.add),
    "the product of": ("and", operator.mul),
    "the difference between": ("and", lambda a, b: abs(a - b)),
    "the difference of": ("and", lambda a, b: abs(a - b)),
}


class Sum:
    """Reads a sum by recursive descent; raises ``NoSum`` for words that are none, ``Impossible`` without a result."""

    def __init__(self, words: Sequence[str], with_and: bool = False) -> None:
        self._words = words
        self._at = 0
        self._depth = 0
        self._with_and = with_and
        self._steps = 0
        self._impossible: Impossible | None = None

    def whole(self) -> Fraction:
        """Return the result of all the words; at least one step of calculating must be among them."""
        value = self.end(self.total())
        if not self._steps:
            raise NoSum
        return value

    def total(self) -> Fraction:
        """Read terms."""
        value = self._product(self._factor())
        while True:
            if (add := self._any(_ADD)) is not None or (add := self._and()) is not None:
                value = self._done(add, value, self._product(self._factor()))
            elif self._skip("and then") or self._skip("then") or self._skip("all"):
                value = self._all(value)
            else:
                return value

    def skip(self, words: str) -> None:
        """Go past words; raises ``NoSum`` where they are not next."""
        if not self._skip(words):
            raise NoSum

    def end(self, value: Fraction) -> Fraction:
        """Return a value, provided that nothing follows; only of a whole sum it is told that it has no result."""
        if self._at < len(self._words):
            raise NoSum
        if self._impossible is not None and self._steps:
            raise self._impossible
        return value

    def _all(self, value: Fraction) -> Fraction:
        multiply = self._any(_MULTIPLY)
        if multiply is not None:
            return self._product(self._done(multiply, value, self._factor()))
        add = self._any(_ADD)
        if add is None:
            raise NoSum
        return self._done(add, value, self._product(self._factor()))

    def _product(self, value: Fraction) -> Fraction:
        while (multiply := self._any(_MULTIPLY)) is not None:
            value = self._done(multiply, value, self._factor())
        return value

    def _factor(self) -> Fraction:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise NoSum
        value = self._powered(self._prefixed())
        self._depth -= 1
        return value

    def _prefixed(self) -> Fraction:
        sign = word(self._words, self._at) in ("minus", "negative")
        apply = self._any(_APPLY)
        if apply is not None:
            self._steps -= sign  # a sign alone is no sum
            return self._done(apply, self._factor())
        for start, (link, join) in _OF.items():
            if self._skip(start):
                first = self._factor()
                self.skip(link)
                return self._done(join, first, self._factor())
        return self._number()

    def _number(self) -> Fraction:
        readings = (fraction(self._words, self._at), numerals.number(self._words, self._at))
        found = [each for each in readings if each is not None]
        if not found:
            raise NoSum
        value, self._at = max(found, key=lambda each: each[1])
        if self._skip("percent of") or self._skip("per cent of"):
            return self._done(lambda a, b: a / 100 * b, value, self._factor())
        return self._done(operator.mul, value, self._factor()) if 0 < value < 1 and self._skip("of") else value

    def _powered(self, value: Fraction) -> Fraction:
        while True:
            if self._skip("squared"):
                value = self._done(power, value, Fraction(2))
            elif self._skip("cubed"):
                value = self._done(power, value, Fraction(3))
            elif self._skip("to the power of"):
                value = self._done(power, value, self._factor())
            else:
                return value

    def _and(self) -> Callable[[Fraction, Fraction], Fraction] | None:
        return _ADD["plus"] if self._with_and and self._skip("and") else None

    def _any(self, table: dict[str, Callable[..., Fraction]]) -> Callable[..., Fraction] | None:
        return next((table[words] for words in table if self._skip(words)), None)

    def _skip(self, words: str) -> bool:
        said = words.split()
        found = list(self._words[self._at : self._at + len(said)]) == said
        self._at += len(said) * found
        return found

    def _done(self, step: Callable[..., Fraction], *values: Fraction) -> Fraction:
        """Take a step; where there is no result go on reading with some number."""
        self._steps += 1
        try:
            value = step(*values)
            if abs(value) > LARGEST or value.denominator > LARGEST**3:
                raise Impossible("That number is too large for me.")
        except Impossible as impossible:
            self._impossible = self._impossible or impossible
            return Fraction(1)
        return value
