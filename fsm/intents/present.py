"""The present: time, day, date, month and year."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from pipit.fsm.fields import counting
from pipit.fsm.intents import moment
from pipit.fsm.intents.asked import Asked
from pipit.fsm.intents.sayings import laid_out

NO_TIME = "I don't know what time it is."
NO_DAY = "I don't know what day it is."
_FIRST_YEAR = 2024
"""A clock that shows an earlier year was never set."""

_SAYINGS = {
    "time": "what time (is it|it is) [now|right now|at the moment|here|exactly]"
    " | [what is|give me] the [current|exact] time [now] | what time do we have"
    " | (do you have|have you got) the time | how late (is it|it is) [now] | [current] time"
    " | what does the clock say | what is the time of day | the time of day",
    "date": "(what|which) date (is it|it is|is today|do we have) [today|now]"
    " | [what is|give me] (the|today's) [current] date [today] | what is the date (today|now|of today)"
    " | the date of today | today's date | what day of the month (is it|it is|is today) [today]",
    "day": "(what|which) [week] day (is it|it is|is today|do we have|are we on) [today|now] | what is today"
    " | what today is | (what|which) weekday (is it|it is|is today|do we have) [today]"
    " | (what|which) day of the week (is it|it is|is today|do we have) [today]",
    "month": "(what|which) month (is it|it is|is this|are we in|we are in|do we have) [now|at the moment]"
    " | [what is] the [current] month | what is this month",
    "year": "(what|which) year (is it|it is|is this|are we in|we are in|do we have) [now|at the moment]"
    " | [what is] the [current] year | what is this year",
    "week": "(what|which) week (is it|it is|is this|are we in|of the year is it) | what week number is (it|this)"
    " | what is the week number | what is the number of (the|this) week",
    "leap": "is (this|it) [year] a leap year | is the current year a leap year",
}


@cache
def _sayings() -> dict[str, str]:
    return laid_out(_SAYINGS)


def present(asked: Asked) -> str | None:
    """Answer what is asked of the present; honestly, where there is no clock."""
    wanted = _sayings().get(asked.text)
    if wanted is None:
        return None
    now = known(asked.situation.now)
    if now is None:
        return NO_TIME if wanted == "time" else NO_DAY
    return f"It's {_time(now)}." if wanted == "time" else _of_the_day(wanted, now)


def known(now: datetime | None) -> datetime | None:
    """Return the time, unless it is that of a clock that was never set."""
    return now if now is not None and now.year >= _FIRST_YEAR else None


def is_leap(year: int) -> bool:
    """Tell whether a year has a day more."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _time(now: datetime) -> str:
    if now.minute == 0 and now.hour % 12 == 0:
        return "noon" if now.hour else "midnight"
    return moment.time_of(now)


def _of_the_day(wanted: str, now: datetime) -> str:
    match wanted:
        case "date":
            return f"It's {moment.date_of(now)}."
        case "day":
            return f"It's {moment.weekday_of(now)}."
        case "month":
            return f"It's {moment.month_of(now)}."
        case "year":
            return f"It's {counting.year(now.year)}."
        case "week":
            return f"It's week {counting.below_hundred(now.isocalendar().week)} of the year."
        case _:
            said = "is a leap year" if is_leap(now.year) else "is not a leap year"
            return f"{counting.year(now.year).capitalize()} {said}."
