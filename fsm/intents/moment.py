"""A moment in words: small models copy words well and read digits badly, and voices too."""

from __future__ import annotations

from datetime import date, datetime

from pipit.fsm.fields import counting
from pipit.fsm.fields.days import WEEKDAYS
from pipit.fsm.fields.hearing import MONTHS


def time_of(moment: datetime) -> str:
    """Return such as ``three forty two in the afternoon``."""
    hour = counting.below_hundred(moment.hour % 12 or 12)
    minute = "o'clock" if not moment.minute else counting.below_hundred(moment.minute)
    if 0 < moment.minute < 10:
        minute = f"oh {minute}"
    return f"{hour} {minute} {part_of_day(moment.hour)}"


def date_of(day: date) -> str:
    """Return such as ``Monday the third of May``."""
    return f"{weekday_of(day)} the {day_of_month(day)}"


def day_of_month(day: date) -> str:
    """Return such as ``third of May``."""
    return f"{counting.ordinal(day.day)} of {month_of(day)}"


def weekday_of(day: date) -> str:
    """Return such as ``Monday``."""
    return WEEKDAYS[day.weekday()].capitalize()


def month_of(day: date) -> str:
    """Return such as ``May``."""
    return MONTHS[day.month - 1].capitalize()


def year_of(day: date) -> str:
    """Return such as ``twenty twenty six``, also the wrong ones of a board whose clock was never set."""
    return counting.year(day.year)


def part_of_day(hour: int) -> str:
    """Return such as ``in the morning``."""
    if hour >= 22 or hour < 5:
        return "at night"
    return "in the morning" if hour < 12 else "in the afternoon" if hour < 18 else "in the evening"
