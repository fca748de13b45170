"""Reads numbers in words; each function takes the words and a place, and gives the number and where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pipit.fsm.fields import counting

Found = tuple[Fraction, int] | None

ZEROS = frozenset({"zero", "oh", "o", "nought", "naught"})
ONES = {word: n for n, word in enumerate(counting.ONES) if n}
TEENS = {word: n for n, word in enumerate(counting.TEENS, 10)}
TENS = {word: 10 * n for n, word in enumerate(counting.TENS) if word} | {"fourty": 40}
SIZES = {"hundred": 100, **counting.SCALES}
_PARTS = {
    ("three", "quarters"): Fraction(3, 4),
    ("a", "half"): Fraction(1, 2),
    ("one", "half"): Fraction(1, 2),
    ("a", "quarter"): Fraction(1, 4),
    ("one", "quarter"): Fraction(1, 4),
    ("half",): Fraction(1, 2),
    ("quarter",): Fraction(1, 4),
}
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_ORDINALS = {counting.ordinal(n): n for n in (*range(1, 21), *range(30, 100, 10))}
_MOST_DIGITS = 40

NUMBER_WORDS = frozenset({*ZEROS, *ONES, *TEENS, *TENS, *SIZES})


def word(words: Sequence[str], at: int) -> str:
    """Return the word at a place, empty past the end."""
    return words[at] if 0 <= at < len(words) else ""


def number(words: Sequence[str], at: int) -> Found:
    """Read a number: ``twelve hundred``, ``one two zero zero``, ``three point five``, ``minus two and a half``."""
    if word(words, at) in ("minus", "negative"):
        found = number(words, at + 1) if word(words, at + 1) not in ("minus", "negative") else None
        return found and (-abs(found[0]), found[1])
    found = _dozens(words, at) or part(words, at) or _decimal(words, at) or _longest(words, at)
    return found and _below_zero(words, *_scaled(words, *_with_part(words, *found)))


def _below_zero(words: Sequence[str], value: Fraction, end: int) -> tuple[Fraction, int]:
    return (-abs(value), end + 2) if tuple(words[end : end + 2]) == ("below", "zero") else (value, end)


def cardinal(words: Sequence[str], at: int) -> Found:
    """Read a whole number that is not read out in digits: ``two thousand and five``, ``a hundred``."""
    if word(words, at) in ZEROS:
        return Fraction(0), at + 1
    total, limit, end = 0, 10**18, at
    while True:
        # "and" and "a" only lead on to something smaller: "a thousand and a hundred"
        start = end + 1 if end > at and word(words, end) == "and" else end
        group = _hundreds(words, start)
        if group is None or group[0] >= limit:
            break
        scale = counting.SCALES.get(word(words, group[1]), 1)
        if scale >= limit:
            break
        total, limit, end = total + group[0] * scale, scale, group[1] + (scale > 1)
        if scale == 1:
            break
    return (Fraction(total), end) if end > at else None


def read_out(words: Sequence[str], at: int) -> Found:
    """Read digits or pairs said one after the other: ``one two zero zero``, ``one oh five``, ``twelve fifty``."""
    digits, end, groups = "", at, 0
    while group := _group(words, end):
        digits, end, groups = digits + group[0], group[1], groups + 1
    if groups < 2 or word(words, end) in SIZES:
        return None
    # of a number that is too long for anyone the first digits are enough to refuse it
    return Fraction(int(digits.lstrip("0")[:_MOST_DIGITS] or "0")), end


def part(words: Sequence[str], at: int) -> Found:
    """Read ``half``, ``a quarter``, ``three quarters``."""
    for said, value in _PARTS.items():
        if tuple(words[at : at + len(said)]) == said:
            return value, at + len(said)
    return None


def below_hundred(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """Read 1 to 99."""
    first = word(words, at)
    if first in TENS:
        ones = ONES.get(word(words, at + 1), 0)
        return TENS[first] + ones, at + 1 + bool(ones)
    value = ONES.get(first) or TEENS.get(first)
    return (value, at + 1) if value else None


def ordinal(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """Read a place in a row: ``third``, ``twenty first``."""
    first, second = word(words, at), word(words, at + 1)
    if first in TENS and _ORDINALS.get(second, 10) < 10:
        return TENS[first] + _ORDINALS[second], at + 2
    return (_ORDINALS[first], at + 1) if first in _ORDINALS else None


def _hundreds(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """Read 1 to 9999: ``twelve``, ``a hundred``, ``twelve hundred and fifty``; ``a`` and nothing need a size."""
    head = below_hundred(words, at)
    if head is None:
        start = at + (word(words, at) == "a")
        if word(words, start) in counting.SCALES:
            return 1, start
        head = (1, start) if word(words, start) == "hundred" else None
    if head is None or word(words, head[1]) != "hundred":
        return head
    end = head[1] + 1
    tail = below_hundred(words, end + (word(words, end) == "and"))
    # in "two hundred twelve hundred" the last is not a part of the first
    if tail is None or word(words, tail[1]) == "hundred":
        return head[0] * 100, end
    return head[0] * 100 + tail[0], tail[1]


def _group(words: Sequence[str], at: int) -> tuple[str, int] | None:
    """Read the next digits of a number that is read out."""
    first = word(words, at)
    if first in _TIMES:
        digit = _group(words, at + 1)
        return (digit[0] * _TIMES[first], digit[1]) if digit and len(digit[0]) == 1 else None
    if first in ZEROS:
        return "0", at + 1
    value = below_hundred(words, at)
    return value and (str(value[0]), value[1])


def _longest(words: Sequence[str], at: int) -> Found:
    found = [each for each in (cardinal(words, at), read_out(words, at)) if each]
    return max(found, key=lambda each: each[1], default=None)


def _decimal(words: Sequence[str], at: int) -> Found:
    """Read ``three point one four``, ``point five``, ``three point twenty five``."""
    whole = _longest(words, at)
    point = whole[1] if whole else at
    if word(words, point) != "point":
        return None
    digits, end = "", point + 1
    while group := _group(words, end):
        digits, end = digits + group[0], group[1]
    if not digits or len(digits) > _MOST_DIGITS:
        return None
    return (whole[0] if whole else 0) + Fraction(int(digits), 10 ** len(digits)), end


def _dozens(words: Sequence[str], at: int) -> Found:
    if tuple(words[at : at + 3]) == ("half", "a", "dozen"):
        return Fraction(6), at + 3
    count = (1, at + 1) if word(words, at) == "a" else below_hundred(words, at)
    if count and word(words, count[1]) == "dozen":
        return Fraction(12 * count[0]), count[1] + 1
    return (Fraction(12), at + 1) if word(words, at) == "dozen" else None


def _with_part(words: Sequence[str], value: Fraction, end: int) -> tuple[Fraction, int]:
    """Add ``and a half``."""
    more = part(words, end + 1) if word(words, end) == "and" and value.denominator == 1 else None
    return (value + more[0], more[1]) if more else (value, end)


def _scaled(words: Sequence[str], value: Fraction, end: int) -> tuple[Fraction, int]:
    """Multiply by what follows: ``two and a half thousand``, ``half a million``."""
    if value.denominator == 1:
        return value, end
    at = end + (word(words, end) == "a")
    size = SIZES.get(word(words, at))
    return (value * size, at + 1) if size else (value, end)


def exact(value: Fraction) -> int | float | None:
    """Return a number as it is kept, whole where it is whole; None where no decimal number is just that."""
    if value.denominator == 1:
        return value.numerator
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return value.numerator / value.denominator if rest == 1 else None
