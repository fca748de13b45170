"""Everything that may be said for a whole number between two bounds, as small shared phrases."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pipit.fsm.fields.counting import ONES, SCALES, TEENS, TENS
from pipit.models.phrases import Alt, Opt, Phrase, Seq, Words

LARGEST = 10**9 - 1
_AND = Opt(Words("and"))
ZERO = Alt((Words("zero"), Words("oh")))


def either(options: list[Phrase]) -> Phrase:
    """Return a choice, without the brackets where there is only one."""
    return options[0] if len(options) == 1 else Alt(tuple(options))


@cache
def whole_numbers(low: int, high: int) -> Phrase:
    """Return what may be said for ``low`` to ``high``: counted, in hundreds, in pairs, digit by digit."""
    options = [cardinals(low, high)]
    for heads, tails in _split(max(low, 1100), min(high, 9999), 100):
        head = _heads_of_hundreds(*heads)
        options += [Seq((head, Words("hundred"), _tail(*tails)))] if head else []
    for heads, tails in _split(max(low, 101), min(high, 9999), 100):
        tail = _pair_tail(*tails)
        options += [Seq((cardinals(*heads), tail))] if tail else []
    options += [each for size in range(3, len(str(high)) + 1) if (each := _of_length(low, high, size))]
    return either(options)


@cache
def cardinals(low: int, high: int) -> Phrase:
    """Return the counted numbers from ``low`` to ``high``, at most ``LARGEST``: ``two thousand and five``."""
    options: list[Phrase] = [ZERO] if low == 0 else []
    if low <= min(high, 99) and high > 0:
        options.append(below_hundred(max(low, 1), min(high, 99)))
    sizes = [(100, "hundred", 999), *((size, name, size * 1000 - 1) for name, size in SCALES.items())]
    for size, name, top in sizes[:3]:
        for heads, tails in _split(max(low, size), min(high, top), size):
            one: list[Phrase] = [Words("a")] if heads[0] == 1 else []
            options.append(Seq((either([*one, cardinals(*heads)]), Words(name), _tail(*tails))))
    return either(options)


@cache
def below_hundred(low: int, high: int) -> Phrase:
    """Return the numbers from ``low`` to ``high``, within 1 to 99; full tens share their ones."""
    small = [*ONES, *TEENS]
    options: list[Phrase] = [Words(word) for word in small[max(low, 1) : min(high, 19) + 1]]
    for heads, (first, last) in _split(max(low, 20), high, 10):
        tens = either([Words(TENS[tens]) for tens in range(heads[0], heads[1] + 1)])
        ones = below_hundred(max(first, 1), last) if last else Words("")
        options.append(Seq((tens, ones if first else Opt(ones))) if last else tens)
    return either(options)


@cache
def digits(count: int) -> Phrase:
    """Return digits read out one by one."""
    digit = Alt((ZERO, below_hundred(1, 9)))
    return digit if count == 1 else Seq((digit,) * count)


def _split(low: int, high: int, size: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Cut a range into runs of heads that share the same tails."""
    if low > high:
        return
    (first, start), (last, end) = divmod(low, size), divmod(high, size)
    if first == last:
        yield (first, last), (start, end)
        return
    if start:
        yield (first, first), (start, size - 1)
        first += 1
    whole = last if end == size - 1 else last - 1
    if first <= whole:
        yield (first, whole), (0, size - 1)
    if whole < last:
        yield (last, last), (0, end)


@cache
def _tail(low: int, high: int) -> Phrase:
    if not high:
        return Words("")
    said = Seq((_AND, cardinals(max(low, 1), high)))
    return said if low else Opt(said)


@cache
def _heads_of_hundreds(low: int, high: int) -> Phrase | None:
    """Return ``eleven`` to ``ninety nine`` without the tens, which are thousands."""
    options: list[Phrase] = []
    for heads, (first, last) in _split(low, high, 10):
        if last and heads[0] == 1:
            options.append(below_hundred(max(11, 10 + first), 10 + last))
            heads = (2, heads[1])
        if last and heads[0] <= heads[1]:
            tens = either([Words(TENS[ten]) for ten in range(heads[0], heads[1] + 1)])
            options.append(Seq((tens, below_hundred(max(first, 1), last))))
    return either(options) if options else None


@cache
def _pair_tail(low: int, high: int) -> Phrase | None:
    """Return the second half of a pair: ``oh five``, ``fifty``."""
    options: list[Phrase] = [below_hundred(max(low, 10), high)] if high >= 10 else []
    if low < 10 and high:
        options.append(Seq((ZERO, below_hundred(max(low, 1), min(high, 9)))))
    return either(options) if options else None


def _of_length(low: int, high: int, size: int) -> Phrase | None:
    low, high = max(low, 10 ** (size - 1)), min(high, 10**size - 1)
    return _between(str(low), str(high)) if low <= high else None


@cache
def _between(low: str, high: str) -> Phrase:
    """Return the strings of digits from one to another of the same length."""
    if len(low) == 1:
        return either([ZERO if d == 0 else Words(ONES[d]) for d in range(int(low), int(high) + 1)])
    rest = len(low) - 1
    options: list[Phrase] = []
    for heads, (first, last) in _split(int(low), int(high), 10**rest):
        tail = _between(f"{first:0{rest}}", f"{last:0{rest}}") if (first, last) != (0, 10**rest - 1) else digits(rest)
        options.append(Seq((_between(str(heads[0]), str(heads[1])), tail)))
    return either(options)
