"""Dates, read and spoken.

A day without a year, or a weekday, is the coming one: ``the third of May`` said in November is next year's.
``next Friday`` is the one of the week after this, weeks beginning on Monday.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipit.fsm.fields import counting, numerals
from pipit.fsm.fields.hearing import MONTHS
from pipit.fsm.fields.numerals import below_hundred, ordinal, word

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
RELATIVE = {
    ("today",): 0,
    ("tonight",): 0,
    ("tomorrow",): 1,
    ("yesterday",): -1,
    ("the", "day", "after", "tomorrow"): 2,
    ("day", "after", "tomorrow"): 2,
    ("the", "day", "before", "yesterday"): -2,
    ("day", "before", "yesterday"): -2,
}
_SPANS = {"day": "day", "week": "week", "fortnight": "fortnight", "month": "month", "year": "year"}
_SPANS |= {f"{name}s": span for name, span in _SPANS.items()}
_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_YEARS = range(1900, 2200)
"""What may be a year without being called one."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date as it was said; ``value`` is None where the calendar has no such day."""

    value: date | None
    end: int
    sure: bool = True
    """Whether it can be nothing but a date; a bare ``the third`` can."""


def day_at(words: Sequence[str], at: int, today: date) -> Day | None:
    """Read a date."""
    try:
        return (
            _relative(words, at, today)
            or _counted(words, at, today)
            or _weekday(words, at, today)
            or _of_month(words, at, today)
            or _bare(words, at, today)
        )
    except (OverflowError, ValueError):  # beyond the calendar's years
        return None


def spoken_day(value: str) -> str:
    """Return ``2026-05-03`` as ``the third of May twenty twenty six``."""
    day = date.fromisoformat(value)
    year = counting.year(day.year)
    month = MONTHS[day.month - 1].capitalize()
    return f"the {counting.ordinal(day.day)} of {month} {'' if day.year in _YEARS else 'in the year '}{year}"


def months_on(day: date, months: int) -> date:
    """Return the same day some months later, or the month's last."""
    total = day.year * 12 + day.month - 1 + months
    return next(found for last in range(day.day, 0, -1) if (found := _date(total // 12, total % 12 + 1, last)))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _relative(words: Sequence[str], at: int, today: date) -> Day | None:
    for said, days in RELATIVE.items():
        if tuple(words[at : at + len(said)]) == said:
            return Day(today + timedelta(days), at + len(said))
    return None


def _counted(words: Sequence[str], at: int, today: date) -> Day | None:
    """Read ``in two weeks``, ``three days ago``, ``a week from tomorrow``."""
    ahead = word(words, at) == "in"
    count = _count(words, at + ahead)
    span = _SPANS.get(word(words, count[1])) if count else None
    if count is None or span is None:
        return None
    end, link = count[1] + 1, word(words, count[1] + 1)
    if ahead:
        return Day(_shifted(today, count[0], span), end + (link == "time"))
    if link == "ago":
        return Day(_shifted(today, -count[0], span), end + 1)
    if link not in ("from", "after", "before"):
        return None
    if word(words, end + 1) == "now":
        return Day(_shifted(today, count[0], span), end + 2)
    base = _relative(words, end + 1, today) or _weekday(words, end + 1, today)
    if base is None or base.value is None:
        return None
    return Day(_shifted(base.value, -count[0] if link == "before" else count[0], span), base.end)


def _count(words: Sequence[str], at: int) -> tuple[int, int] | None:
    return (1, at + 1) if word(words, at) == "a" else below_hundred(words, at)


def _shifted(day: date, count: int, span: str) -> date:
    if span in _DAYS:
        return day + timedelta(count * _DAYS[span])
    return months_on(day, count * (12 if span == "year" else 1))


def _weekday(words: Sequence[str], at: int, today: date) -> Day | None:
    """Read ``Friday``, ``next Friday``, ``last Friday``; with a date after it, that date."""
    which = word(words, at) if word(words, at) in ("next", "this", "last") else ""
    start = at + bool(which)
    if word(words, start) not in WEEKDAYS:
        return None
    weekday = WEEKDAYS.index(word(words, start))
    dated = _of_month(words, start + 1, today) or _bare(words, start + 1, today, article=True)
    if dated and not which:
        fits = dated.value is not None and dated.value.weekday() == weekday
        return dated if fits else Day(None, dated.end)
    monday = today - timedelta(today.weekday())
    if which == "next":
        return Day(monday + timedelta(7 + weekday), start + 1)
    if which == "last":
        return Day(today - timedelta((today.weekday() - weekday - 1) % 7 + 1), start + 1)
    return Day(today + timedelta((weekday - today.weekday() - 1) % 7 + 1), start + 1)


def _of_month(words: Sequence[str], at: int, today: date) -> Day | None:
    """Read ``the third of May``, ``May the third``, ``May third twenty twenty six``, ``3 May``."""
    start = at + (word(words, at) == "the")
    if word(words, start) in MONTHS:
        month, number = word(words, start), _day_number(words, start + 1 + (word(words, start + 1) == "the"))
        end = number[1] if number else at
    else:
        number = _day_number(words, start)
        place = number[1] + (word(words, number[1]) == "of") if number else at
        month, end = word(words, place), place + 1
    if number is None or month not in MONTHS:
        return _of_this_month(words, at, today)
    year = _year(words, end)
    if year:
        return Day(_date(year[0], MONTHS.index(month) + 1, number[0]), year[1])
    return Day(_coming(today, MONTHS.index(month) + 1, number[0]), end)


def _coming(today: date, month: int, day: int) -> date | None:
    years = (_date(year, month, day) for year in range(today.year, today.year + 9))
    return next((found for found in years if found and found >= today), None)


def _day_number(words: Sequence[str], at: int) -> tuple[int, int] | None:
    return ordinal(words, at) or below_hundred(words, at)


def _year(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """Read a year; one that is far from ours must be called a year."""
    start = at + (word(words, at) == "in")
    named = tuple(words[start : start + 2]) == ("the", "year")
    start += 2 * named
    found = [each for each in (numerals.cardinal(words, start), numerals.read_out(words, start)) if each]
    for value, end in sorted(found, key=lambda each: -each[1]):
        if value in _YEARS or (named and 1 <= value <= 9999):
            return int(value), end
    return None


def _of_this_month(words: Sequence[str], at: int, today: date) -> Day | None:
    """Read ``the third of next month``."""
    start = at + (word(words, at) == "the")
    number = ordinal(words, start)
    which = " ".join(words[number[1] : number[1] + 3]) if number else ""
    shift = {"of this month": 0, "of next month": 1, "of last month": -1}.get(which)
    if number is None or shift is None:
        return None
    month = months_on(today.replace(day=1), shift)
    return Day(_date(month.year, month.month, number[0]), number[1] + 3)


def _bare(words: Sequence[str], at: int, today: date, article: bool = False) -> Day | None:
    """Read ``the third``: the coming one."""
    start = at + (word(words, at) == "the")
    number = ordinal(words, start) if start > at or not article else None
    if number is None or number[0] > 31 or word(words, at - 1) in ("a", "an"):
        return None
    first = today.replace(day=1)
    months = (months_on(first, shift) for shift in range(4))
    days = (_date(month.year, month.month, number[0]) for month in months)
    return Day(next(day for day in days if day and day >= today), number[1], sure=False)
