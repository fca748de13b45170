"""The system prompt: who the assistant is and, if wanted, what time it is, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pipit.device.settings import Reply

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth"}
_ORDINALS |= {"eight": "eighth", "nine": "ninth", "twelve": "twelfth", "twenty": "twentieth", "thirty": "thirtieth"}


def system_prompt(reply: Reply, now: Callable[[], datetime] | None) -> Callable[[], str]:
    """Return a function that gives the prompt of this moment; without ``now`` it knows no clock."""
    if now is None or not reply.clock:
        return lambda: reply.system
    return lambda: f"{reply.system}\n{clock_line(now())}"


def clock_line(moment: datetime) -> str:
    """Return date and time in words: small models copy words well and read digits badly."""
    day = f"{moment:%A} the {ordinal(moment.day)} of {moment:%B} {year(moment.year)}"
    hour = number(moment.hour % 12 or 12)
    minute = "o'clock" if not moment.minute else number(moment.minute)
    if 0 < moment.minute < 10:
        minute = f"oh {minute}"
    return f"Now: {day}, {hour} {minute} {part_of_day(moment.hour)}."


def part_of_day(hour: int) -> str:
    """Return such as ``in the morning``."""
    if hour >= 22 or hour < 5:
        return "at night"
    return "in the morning" if hour < 12 else "in the afternoon" if hour < 18 else "in the evening"


def number(n: int) -> str:
    """Return 0 to 99 in words."""
    if n < 20:
        return _ONES[n]
    return _TENS[n // 10] + (f" {_ONES[n % 10]}" if n % 10 else "")


def year(n: int) -> str:
    """Return a year of four digits in words, also the wrong ones of a board whose clock was never set."""
    century, rest = divmod(n, 100)
    if not rest:
        return f"{number(century // 10)} thousand" if not century % 10 else f"{number(century)} hundred"
    return f"{number(century)} {'oh ' if rest < 10 else ''}{number(rest)}"


def ordinal(n: int) -> str:
    """Return 1st to 31st in words."""
    head, _, last = number(n).rpartition(" ")
    return f"{head} {_ORDINALS.get(last, last + 'th')}".strip()
