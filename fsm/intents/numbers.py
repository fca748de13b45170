"""Results as they are said: exact where that is short, else rounded to what an ear can keep."""

from __future__ import annotations

from fractions import Fraction

from pipit.fsm.fields import counting

_EXACT_PLACES = 4
_NO_PLACES_FROM = 10**9
"""From here on nobody wants to hear decimal places."""


def in_words(value: Fraction, places: int = 2) -> str:
    """Return ``three point five``, or ``about three point three three`` where it has to be rounded."""
    if abs(value) >= 10**counting.LONGEST:
        digits = counting.in_words(len(str(abs(int(value)))))
        return f"a {'negative ' if value < 0 else ''}number of {digits} digits"
    if (value * 10**_EXACT_PLACES).denominator == 1 and abs(value) < _NO_PLACES_FROM:
        return _decimal(value, _EXACT_PLACES)
    wanted = _places(abs(value), places)
    rounded = round(value, wanted)
    if not rounded:
        return "almost zero"
    return f"{'' if rounded == value else 'about '}{_decimal(rounded, wanted)}"


def rough(value: Fraction) -> str:
    """Return a measure in three digits or so: ``about nine hundred and seven``; short decimals stay exact."""
    if (value * 100).denominator == 1 and abs(value) < 1000:
        return in_words(value)
    places = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    rounded = round(value, _places(abs(value), places))
    return in_words(rounded) if rounded == value or not rounded else f"about {in_words(rounded)}"


def _decimal(value: Fraction, places: int) -> str:
    """Return a number that has no more decimal places than that."""
    whole, rest = divmod(round(abs(value) * 10**places), 10**places)
    digits = str(rest).zfill(places).rstrip("0") if rest else ""
    said = f"{'minus ' if value < 0 else ''}{counting.cardinal(whole)}"
    return f"{said} point {counting.digit_by_digit(digits)}" if digits else said


def _places(size: Fraction, places: int) -> int:
    """Return how many decimal places tell at least two digits of a number, the wanted ones or more."""
    if size >= _NO_PLACES_FROM:
        return 0
    while places < 10 and size * 10**places < 10:
        places += 1
    return places


def capitalised(text: str) -> str:
    """Return a text as a sentence begins."""
    return text[:1].upper() + text[1:]
