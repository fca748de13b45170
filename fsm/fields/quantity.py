"""Reads amounts: a number with its units, as in ``two hours and thirty minutes`` or ``half a litre``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pipit.fsm.fields import numerals
from pipit.fsm.fields.numerals import word
from pipit.fsm.fields.units import Unit, minor, unit_at


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in its smallest unit's kind: ``value`` counts ``unit``; without a unit it is a bare number."""

    value: Fraction
    unit: Unit | None
    end: int

    def counted_in(self, unit: Unit) -> Fraction | None:
        """Return the amount in another unit; None where the two have nothing to do with each other."""
        if self.unit is None or self.unit.kind != unit.kind:
            return None
        return self.value * self.unit.factor / unit.factor


def amount(words: Sequence[str], typed: Sequence[bool], at: int, home: Unit | None) -> Amount | None:
    """Read an amount; ``home`` is the unit that is hoped for."""
    found = _single(words, typed, at, home)
    if found is None:
        return None
    if found.unit is not None:
        found = _and_a_half(words, found)
        while more := _more(words, typed, found, home):
            found = more
    if found.unit and tuple(words[found.end : found.end + 2]) == ("below", "zero"):
        return replace(found, value=-abs(found.value), end=found.end + 2)
    return found


def _single(words: Sequence[str], typed: Sequence[bool], at: int, home: Unit | None) -> Amount | None:
    """Read ``ten minutes``, ``an hour``, ``half an hour``, ``three quarters of an hour``, ``ten``."""
    found = numerals.number(words, at)
    if found is None:
        unit = unit_at(words, at + 1, home) if word(words, at) in ("a", "an") else None
        return Amount(Fraction(1), *unit) if unit else None
    value, end = found
    unit = unit_at(words, end, home, typed[end - 1])
    if unit is None and 0 < value < 1:
        article = end + (word(words, end) == "of")
        unit = unit_at(words, article + 1, home) if word(words, article) in ("a", "an") else None
    return Amount(value, *unit) if unit else Amount(value, None, end)


def _and_a_half(words: Sequence[str], amount: Amount) -> Amount:
    """Add the part of ``an hour and a half``."""
    more = numerals.part(words, amount.end + 1) if word(words, amount.end) == "and" else None
    if more is None or unit_at(words, more[1], None) or word(words, more[1]) in ("a", "an", "of", "past"):
        return amount
    return replace(amount, value=amount.value + more[0], end=more[1])


def _more(words: Sequence[str], typed: Sequence[bool], so_far: Amount, home: Unit | None) -> Amount | None:
    """Add what counts in a smaller unit: ``and thirty minutes``, or the bare ``thirty`` after hours."""
    assert so_far.unit is not None  # noqa: S101
    at = so_far.end + (word(words, so_far.end) == "and")
    smaller = _single(words, typed, at, home)
    if smaller is None or smaller.value < 0:
        return None
    unit = smaller.unit or minor(so_far.unit)
    if unit is None or unit.kind != so_far.unit.kind or unit.factor >= so_far.unit.factor:
        return None
    whole, part = so_far.value * so_far.unit.factor, smaller.value * unit.factor
    is_bare_part = at == so_far.end and smaller.value.denominator == 1 and part < so_far.unit.factor
    if smaller.unit is None and not is_bare_part:
        return None
    return Amount((whole + part) / unit.factor, unit, smaller.end)
