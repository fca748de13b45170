"""The present: time, day, date, month and year."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache

from pipit.fsm.fields import counting
from pipit.fsm.fields.days import WEEKDAYS
from pipit.fsm.intents import moment
from pipit.fsm.intents.asked import Asked
from pipit.fsm.intents.sayings import Sayings

NO_TIME = "I don't know what time it is."
NO_DAY = "I don't know what day it is."
_FIRST_YEAR = 2024
"""A clock that shows an earlier year was never set."""

_WHICH = "(what|which)"
_IS = "(is it|it is|is today|today is|do we have|we have|have we got|is now|do you have|have you got|would it be)"
_GIVE = (
    "[what is|what was|what would be|give [me|us]|read [me] [out]|say|i need|check|what about|how about"
    "|(can|could|may) i (have|get)]"
)
_SAYINGS = {
    "time": f"what (time|hour) {_IS} [now|right now|at the moment|here|exactly|today]"
    " | what time (are we at|do you make it|does (it|the clock|your clock|your watch) (say|show)|is on the clock)"
    f" | {_GIVE} the [current|exact|right|correct|local|present] (time|hour) [now|is]"
    " | what the [current|exact] time is | [do] (you have|have you got|you got|got) the time [on you|there|handy]"
    " | is it [getting] late [already] | how (late|early) (is it|it is|do we have) [now|already]"
    " | [current|local|exact] time | time (check|now)"
    " | what [does] the clock (say|says|show|shows) | what is the (time of day|clock) | the time of day"
    " | (check|look at|read) the clock | which hour (is it|it is) | it is what time [now] | what o'clock is it",
    "date": f"{_WHICH} date {_IS} [today|now] | {_WHICH} date are we [on|at] [today]"
    f" | {_GIVE} (the|today's|our) [current|exact|full] date [today|is|for today]"
    " | what is the date (today|now|of today) | what (the|today's) date is [today] | the date of today | today's date"
    f" | {_WHICH} day of the month {_IS} [today] | {_WHICH} (day and date|date and day) {_IS} [today]"
    " | what is the (day and [the] date|date and [the] day) [today] | [current|today's] date"
    " | what [does] the calendar (say|says) [today]",
    "day": f"{_WHICH} [week] (day|weekday|day of the week) {_IS} [today|now|again]"
    f" | {_WHICH} (day|weekday|day of the week) (are we|we are|do we write|have we) [on|in|at] [today|now]"
    " | what is today | what today is | (what|which) (day|weekday|day of the week) today is"
    " | today is (what|which) (day|weekday) | it is what day [today]"
    f" | {_GIVE} (the|today's) [current] (day|weekday|day of the week) [today|is]"
    " | what is (the day|the weekday|the day of the week) (today|now|of today)",
    "month": f"{_WHICH} month (is it|it is|is this|are we in|we are in|do we have|are we|have we got) [now|today]"
    " | [what is] the [current] month | [what is] current month | what is this month"
    " | what month of the year (is it|are we in|is this)",
    "year": f"{_WHICH} year (is it|it is|is this|are we in|we are in|do we have|are we|do we write|we have) [now|today]"
    " | [what is] the [current] year | [what is] current year | what is this year | what year are we living in",
    "week": "(what|which) week (is it|it is|is this|are we in|of the year is it) | what week number is (it|this)"
    " | what is the week number | what is the number of (the|this) week",
    "leap": "is (this|it) [year] a leap year | is the current year a leap year",
}
_GUESSED = re.compile(
    rf"^(?:(?:is|is not|isn't) (?:it|today|this)|are we(?: on)?|is it (?:still|already|really)) ({'|'.join(WEEKDAYS)})"
    rf"(?: or ({'|'.join(WEEKDAYS)}))?(?: (?:today|yet|already|now|still))*$"
    rf"|^(?:it is|today is) ({'|'.join(WEEKDAYS)})(?: today)? (?:right|isn't it|is it|correct|is not it)$"
)


@cache
def _sayings() -> Sayings:
    return Sayings(_SAYINGS)


def present(asked: Asked) -> str | None:
    """Answer what is asked of the present; honestly, where there is no clock."""
    wanted = _sayings().named(asked.questions)
    now = known(asked.situation.now)
    if wanted is None:
        return next((said for text in asked.questions if (said := _guessed(text, now))), None)
    if now is None:
        return NO_TIME if wanted == "time" else NO_DAY
    return f"It's {_time(now)}." if wanted == "time" else _of_the_day(wanted, now)


def _guessed(text: str, now: datetime | None) -> str | None:
    """Answer whether today is the day that is named."""
    found = _GUESSED.match(text)
    if found is None:
        return None
    if now is None:
        return NO_DAY
    day, either = moment.weekday_of(now), found.group(2)
    sure = "" if either else "Yes, " if day.lower() in found.groups() else "No, "
    return f"{sure}{'it' if sure else 'It'}'s {day}."


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
