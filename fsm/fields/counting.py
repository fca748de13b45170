"""Numbers as they are said."""

from __future__ import annotations

from decimal import Decimal

ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
LONGEST = 15
"""Digits; a longer number is read out digit by digit."""


def in_words(number: int | float) -> str:
    """Return a number as it is said: ``twelve hundred``, ``two thousand and five``, ``minus three point five``."""
    text = format(Decimal(repr(number)), "f")
    sign, text = ("minus ", text[1:]) if text.startswith("-") else ("", text)
    whole, _, fraction = text.partition(".")
    said = sign + _whole(whole)
    return f"{said} point {digit_by_digit(fraction)}" if fraction.strip("0") else said


def digit_by_digit(digits: str) -> str:
    """Return digits read out one by one."""
    return " ".join(ONES[int(digit)] for digit in digits)


def cardinal(number: int) -> str:
    """Return a whole number below 10**15, thousands first: ``one thousand two hundred``."""
    if number < 1000:
        return _below_thousand(number)
    scale, name = next((size, name) for name, size in reversed(SCALES.items()) if number >= size)
    head, tail = divmod(number, scale)
    if not tail:
        return f"{cardinal(head)} {name}"
    return f"{cardinal(head)} {name} {'and ' if tail < 100 else ''}{cardinal(tail)}"


def below_hundred(number: int) -> str:
    """Return 0 to 99."""
    if number < 20:
        return ONES[number] if number < 10 else TEENS[number - 10]
    tens, ones = divmod(number, 10)
    return f"{TENS[tens]} {ONES[ones]}" if ones else TENS[tens]


def ordinal(number: int) -> str:
    """Return 1 to 99 as a place in a row: ``twenty first``."""
    *head, last = below_hundred(number).split()
    place = _ORDINALS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return " ".join([*head, place])


def year(number: int) -> str:
    """Return a year: ``twenty twenty six``, ``two thousand and five``, ``nineteen oh five``."""
    head, tail = divmod(number, 100)
    if not 10 <= head <= 99 or (head % 10 == 0 and tail < 10):
        return cardinal(number)
    if not tail:
        return f"{below_hundred(head)} hundred"
    return f"{below_hundred(head)} {'oh ' if tail < 10 else ''}{below_hundred(tail)}"


def _whole(digits: str) -> str:
    if len(digits) > LONGEST:
        return digit_by_digit(digits)
    hundreds, tail = divmod(int(digits), 100)
    if not tail and 10 < hundreds < 100 and hundreds % 10:
        return f"{below_hundred(hundreds)} hundred"
    return cardinal(int(digits))


def _below_thousand(number: int) -> str:
    hundreds, tail = divmod(number, 100)
    if not hundreds:
        return below_hundred(tail)
    return f"{ONES[hundreds]} hundred" + (f" and {below_hundred(tail)}" if tail else "")
