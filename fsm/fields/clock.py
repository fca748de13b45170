"""Times of day, read and spoken.

A time without morning or evening is taken for the day's: ``half past three`` is 15:30, ``half past seven`` 07:30,
unless the field's bounds leave only the other one. What is read back always says which. ``fourteen thirty`` and
``oh eight hundred`` are as they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipit.fsm.fields import counting
from pipit.fsm.fields.numerals import ONES, ZEROS, below_hundred, word

HALF_DAY = 720
_NAMED = {"noon": 720, "midday": 720, "midnight": 0}
_PERIODS: dict[tuple[str, ...], str] = {
    ("am",): "morning",
    ("a", "m"): "morning",
    ("pm",): "afternoon",
    ("p", "m"): "afternoon",
    ("in", "the", "morning"): "morning",
    ("this", "morning"): "morning",
    ("in", "the", "afternoon"): "afternoon",
    ("this", "afternoon"): "afternoon",
    ("in", "the", "evening"): "evening",
    ("this", "evening"): "evening",
    ("at", "night"): "night",
    ("tonight",): "night",
}
_AFTER, _BEFORE = frozenset({"past", "after"}), frozenset({"to", "before", "till", "of"})
_NIGHT_ENDS = 360


@dataclass(frozen=True, slots=True)
class Clock:
    """A time as it was said, in minutes: of the day when ``whole``, of a half of it otherwise."""

    minutes: int
    end: int
    whole: bool = False
    period: str = ""
    sure: bool = True
    """Whether it can be nothing but a time; a bare ``nine`` can."""

    def options(self) -> tuple[int, ...]:
        """Return the minutes of the day that it may be, the likeliest first; none where it contradicts itself."""
        if self.whole:
            fits = not self.period or self.minutes in with_period(self.minutes % HALF_DAY, self.period)
            return (self.minutes,) if fits else ()
        if self.period:
            return with_period(self.minutes, self.period)
        morning, evening = self.minutes, self.minutes + HALF_DAY
        return (evening, morning) if self.minutes < 420 else (morning, evening)


def time_at(words: Sequence[str], at: int) -> Clock | None:
    """Read a time of day: ``half past three``, ``nine in the evening``, ``tonight at nine``."""
    before = period_at(words, at)
    start = before[1] + (word(words, before[1]) == "at") if before else at
    found = _named(words, start) or _relative(words, start) or _military(words, start) or _plain(words, start)
    if found is None:
        return None
    if before:
        return replace(found, period=before[0], sure=True)
    after = period_at(words, found.end)
    return replace(found, period=after[0], end=after[1], sure=True) if after else found


def spoken_time(value: str) -> str:
    """Return ``15:30`` as ``half past three in the afternoon``."""
    hour, minute = map(int, value.split(":"))
    if not minute and hour % 12 == 0:
        return "noon" if hour else "midnight"
    return f"{_spoken_half(hour % 12, minute)} {_spoken_period(hour)}"


def period_at(words: Sequence[str], at: int) -> tuple[str, int] | None:
    """Read a part of the day on its own: ``in the evening``."""
    for said, period in _PERIODS.items():
        if tuple(words[at : at + len(said)]) == said:
            return period, at + len(said)
    return None


def written(minutes: int) -> str:
    """Return minutes of the day as ``14:30``."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def with_period(minutes: int, period: str) -> tuple[int]:
    """Return the minutes of the day that minutes of a half day are in the morning, the evening or at night."""
    if period == "morning" or (period == "night" and minutes < _NIGHT_ENDS):
        return (minutes,)
    return (minutes + HALF_DAY,)


def _named(words: Sequence[str], at: int) -> Clock | None:
    minutes = _NAMED.get(word(words, at))
    return None if minutes is None else Clock(minutes, at + 1, whole=True)


def _relative(words: Sequence[str], at: int) -> Clock | None:
    """Read ``half past three``, ``a quarter to nine``, ``ten minutes past four``, ``half three``."""
    shift = _minutes(words, at)
    if shift is None:
        return None
    link, end = word(words, shift[1]), shift[1] + 1
    if link not in _AFTER | _BEFORE:
        hour = _hour(words, shift[1]) if word(words, at) == "half" else None
        return Clock((hour[0] % 12) * 60 + 30, hour[1]) if hour and hour[0] <= 12 else None
    named = _named(words, end)
    hour = (named.minutes // 60, named.end) if named else _hour(words, end)
    if hour is None or (hour[0] > 12 and link == "of"):
        return None
    minutes = hour[0] * 60 + (shift[0] if link in _AFTER else -shift[0])
    whole = named is not None or hour[0] > 12
    end = hour[1] + (not named and word(words, hour[1]) == "o'clock")
    return Clock(minutes % (2 * HALF_DAY if whole else HALF_DAY), end, whole)


def _minutes(words: Sequence[str], at: int) -> tuple[int, int] | None:
    start = at + (word(words, at) == "a")
    if word(words, start) in ("half", "quarter"):
        return (30 if word(words, start) == "half" else 15), start + 1
    count = below_hundred(words, at)
    if count is None or count[0] > 59:
        return None
    return count[0], count[1] + (word(words, count[1]) in ("minute", "minutes"))


def _military(words: Sequence[str], at: int) -> Clock | None:
    """Read ``oh eight hundred``, ``fourteen hundred hours``, ``oh eight thirty``, ``zero fifteen``."""
    leading = word(words, at) in ZEROS
    start = at + leading
    digit = word(words, start)
    if leading and (digit in ONES or digit in ZEROS):
        hour: tuple[int, int] | None = ONES.get(digit, 0), start + 1
    else:
        hour = (0, start) if leading else _hour(words, start)
    if hour is None:
        return None
    if word(words, hour[1]) == "hundred":
        end = hour[1] + 1 + (word(words, hour[1] + 1) == "hours")
        return Clock(hour[0] * 60, end, whole=True, sure=leading or end > hour[1] + 1)
    minute = _two_digits(words, hour[1]) if leading else None
    return Clock(hour[0] * 60 + minute[0], minute[1], whole=True, sure=False) if minute else None


def _plain(words: Sequence[str], at: int) -> Clock | None:
    """Read ``three o'clock``, ``three thirty``, ``fourteen oh five``, and a bare ``three``."""
    hour = _hour(words, at)
    if hour is None:
        return None
    whole = hour[0] > 12
    minutes = hour[0] * 60 if whole else hour[0] % 12 * 60
    for said in (("o'clock",), ("o", "clock"), ("oh", "clock")):
        if tuple(words[hour[1] : hour[1] + len(said)]) == said:
            return Clock(minutes, hour[1] + len(said), whole)
    minute = _two_digits(words, hour[1])
    if minute:
        return Clock(minutes + minute[0], minute[1], whole, sure=False)
    return Clock(minutes, hour[1], whole, sure=False)


def _hour(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """Read 1 to 23; ``twenty thirty`` is an hour and its minutes."""
    hour = below_hundred(words, at)
    return hour if hour and hour[0] <= 23 else None


def _two_digits(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """Read minutes: ``oh five``, ``thirty``, ``twelve``; never a bare ``five``."""
    if word(words, at) in ZEROS:
        digit = word(words, at + 1)
        return (ONES.get(digit, 0), at + 2) if digit in ONES or digit in ZEROS else None
    value = below_hundred(words, at)
    return value if value and 10 <= value[0] <= 59 and word(words, at) not in ONES else None


def _spoken_half(hour: int, minute: int) -> str:
    name, following = counting.below_hundred(hour or 12), counting.below_hundred(hour + 1)
    if minute in (0, 15, 30):
        return f"{name} o'clock" if not minute else f"{'quarter' if minute == 15 else 'half'} past {name}"
    if minute == 45:
        return f"quarter to {following}"
    return f"{name} {'oh ' if minute < 10 else ''}{counting.below_hundred(minute)}"


def _spoken_period(hour: int) -> str:
    if hour < 1 or hour >= 22:
        return "at night"
    return f"in the {'morning' if hour < 12 else 'afternoon' if hour < 18 else 'evening'}"
