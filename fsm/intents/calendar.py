"""Days near and far: which weekday one is, which date, and how long it is until then."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipit.fsm.fields import counting, numerals
from pipit.fsm.fields.clock import time_at
from pipit.fsm.fields.days import RELATIVE, WEEKDAYS, day_at, months_on
from pipit.fsm.fields.hearing import MONTHS
from pipit.fsm.fields.saying import duration
from pipit.fsm.intents import moment
from pipit.fsm.intents.asked import Asked
from pipit.fsm.intents.numbers import capitalised
from pipit.fsm.intents.present import NO_DAY, NO_TIME, is_leap, known

_FEASTS = {
    "christmas eve": "the twenty fourth of december",
    "christmas day": "the twenty fifth of december",
    "christmas": "the twenty fifth of december",
    "boxing day": "the twenty sixth of december",
    "new year's eve": "the thirty first of december",
    "new year's day": "the first of january",
    "new year's": "the first of january",
    "new year": "the first of january",
    "halloween": "the thirty first of october",
    "valentine's day": "the fourteenth of february",
}
_NAMES = frozenset({*WEEKDAYS, *MONTHS})
_PROPER = _NAMES | frozenset(word for feast in _FEASTS for word in feast.split())
_ANY_DAY = date(2026, 1, 1)
"""Tells whether words are a day, where the clock does not know today."""
_ON = r"(?:on )?(?:what|which)"
_DAY = r"(?:week ?day|day of the week|day)"
_BE = (
    r"(?:is it on|was it on|will it be on|it is on|is it|was it|will it be|it is|it was|it will be|comes"
    r"|will be|is|was|will|does|did)"
)
_WEEKDAY = re.compile(
    rf"^{_ON} {_DAY} {_BE} (.+?)(?: (?:be|fall|fall on|on|land on|be on))?$|^{_ON} {_DAY} (.+?) (?:is|was)$"
)
_DATE = re.compile(
    rf"^(?:what|which) date {_BE} (.+?)(?: (?:be|fall on))?$"
    r"|^(?:what is )?the date (?:of |on |for )?(.+)$|^when is (.+)$"
)
_HOW_MANY = r"(?:how many (days|weeks)|how long|(days|weeks))"
_LEFT = (
    r"(?:is it|is there|it is|are there|are left|left|remain|do we have|do we have left|have we got|there are|to go)"
)
_UNTIL = re.compile(rf"^{_HOW_MANY}(?: {_LEFT})?(?: left)? (?:until|till|to|before|up to) (.+)$")
_AWAY = re.compile(r"^(?:how many (days|weeks)|how (?:far|long)) away is (.+)$")
_SINCE = re.compile(
    r"^how many (days|weeks) (?:is it since|have passed since|has it been since|since|ago was|ago is)"
    r" (.+)$|^how long ago was (.+)$"
)
_HOURS = re.compile(rf"^(?:how long|how many (?:hours|minutes))(?: {_LEFT})? (?:until|till|to|before) (.+)$")
_LEAP = re.compile(r"^(?:is|was|will) (?:the year )?(.+?)(?: be)? a leap year$")
_LENGTH = re.compile(r"^how many days (?:(?:are there|are|has|does) )?(?:in )?(.+?)(?: have)?$")


@dataclass(frozen=True, slots=True)
class _Named:
    """A day and how the person called it."""

    value: date
    words: tuple[str, ...]

    @property
    def said(self) -> str:
        proper = _PROPER if _feast(self.words) != "" else _NAMES
        return " ".join(word.capitalize() if word in proper else word for word in self.words)


def calendar(asked: Asked) -> str | None:
    """Answer what is asked of another day."""
    text = asked.text
    for form, answer in _FORMS:
        found = form.match(text)
        said = answer([group or "" for group in found.groups()], asked.situation.now) if found else None
        if said is not None:
            return said
    return None


def _day(said: str, now: datetime | None) -> _Named | str | None:
    """Return the day that words are; what to say instead where there is no clock; None where they are no day."""
    words = tuple(said.split())
    feast = _feast(words)
    meant = f"{_FEASTS.get(feast, '')}{said.removeprefix(feast)}".split()
    today = known(now)
    found = day_at(meant, 0, today.date() if today else _ANY_DAY)
    if found is None or found.end != len(meant) or found.value is None:
        return None
    return _Named(found.value, words) if today else NO_DAY


def _feast(words: Sequence[str]) -> str:
    text = " ".join([*words, ""])
    return next((name for name in _FEASTS if text.startswith(f"{name} ")), "")


def _on_day(said: str, now: datetime | None, answer: Callable[[_Named, date], str | None]) -> str | None:
    day = _day(said, now)
    return answer(day, now.date()) if isinstance(day, _Named) and now else day if isinstance(day, str) else None


def _weekday(groups: Sequence[str], now: datetime | None) -> str | None:
    def answer(day: _Named, today: date) -> str:
        article = "" if day.words in RELATIVE else "a "
        return f"{capitalised(day.said)} {_is(day.value, today)} {article}{moment.weekday_of(day.value)}."

    return _on_day("".join(groups), now, answer)


def _date(groups: Sequence[str], now: datetime | None) -> str | None:
    def answer(day: _Named, today: date) -> str:
        if any(word in MONTHS for word in day.words):
            return _weekday(groups, now) or ""
        names_weekday = any(word in WEEKDAYS for word in day.words)
        written = f"the {moment.day_of_month(day.value)}" if names_weekday else moment.date_of(day.value)
        year = "" if day.value.year == today.year else f" {counting.year(day.value.year)}"
        return f"{capitalised(day.said)} {_is(day.value, today)} {written}{year}."

    return _on_day("".join(groups), now, answer)


def _until(groups: Sequence[str], now: datetime | None) -> str | None:
    unit = "weeks" if "weeks" in groups[:-1] else "days"
    return _on_day(groups[-1], now, lambda day, today: _distance(day, today, unit))


def _since(groups: Sequence[str], now: datetime | None) -> str | None:
    unit, said = ("weeks" if groups[0] == "weeks" else "days"), groups[1] or groups[2]

    def answer(day: _Named, today: date) -> str:
        # a day without a year is the coming one where fields are read; here it is the last one
        value = months_on(day.value, -12) if day.value > today else day.value
        return _distance(_Named(value, day.words), today, unit)

    return _on_day(said, now, answer)


def _distance(day: _Named, today: date, unit: str) -> str:
    days = (day.value - today).days
    if not days:
        return "That is today."
    if days < 0:
        return f"{capitalised(day.said)} was {_span(-days, unit)} ago."
    return (
        f"There {'is' if days == 1 or (unit == 'weeks' and days == 7) else 'are'} {_span(days, unit)} until {day.said}."
    )


def _span(days: int, unit: str) -> str:
    weeks, rest = divmod(days, 7) if unit == "weeks" else (0, days)
    parts = [_count(weeks, "week"), _count(rest, "day")]
    return " and ".join(part for part in parts if part)


def _count(number: int, name: str) -> str:
    return f"{counting.in_words(number)} {name}{'s' if number > 1 else ''}" if number else ""


def _hours(groups: Sequence[str], now: datetime | None) -> str | None:
    words = groups[0].split()
    found = time_at(words, 0)
    if found is None or found.end != len(words) or not found.options():
        return None
    now = known(now)
    if now is None:
        return NO_TIME
    left = min((minutes - now.hour * 60 - now.minute) % 1440 or 1440 for minutes in found.options())
    return f"It's {duration(left * 60)} until {groups[0]}."


def _leap(groups: Sequence[str], now: datetime | None) -> str | None:
    words = groups[0].split()
    for found in (numerals.cardinal(words, 0), numerals.read_out(words, 0)):
        if found and found[1] == len(words) and 1583 <= found[0] <= 9999:
            year = int(found[0])
            return f"{counting.year(year).capitalize()} is {'' if is_leap(year) else 'not '}a leap year."
    return None


def _length(groups: Sequence[str], now: datetime | None) -> str | None:
    said, today = groups[0], known(now)
    if said in ("a year", "one year", "the year"):
        return "A year has three hundred and sixty five days, a leap year one more."
    if said in MONTHS:
        number = MONTHS.index(said) + 1
        if number == 2:
            return "February has twenty eight days, in a leap year twenty nine."
        return f"{said.capitalize()} has {counting.in_words(_days_in(2026, number))} days."
    if said not in ("this month", "the month", "this year"):
        return None
    if today is None:
        return NO_DAY
    days = 365 + is_leap(today.year) if said == "this year" else _days_in(today.year, today.month)
    return f"This {said.split()[1]} has {counting.in_words(days)} days."


def _days_in(year: int, month: int) -> int:
    first = date(year, month, 1)
    return (months_on(first, 1) - first).days


def _is(day: date, today: date) -> str:
    return "was" if day < today else "is"


_FORMS: tuple[tuple[re.Pattern[str], Callable[[Sequence[str], datetime | None], str | None]], ...] = (
    (_WEEKDAY, _weekday),
    (_DATE, _date),
    (_UNTIL, _until),
    (_AWAY, _until),
    (_SINCE, _since),
    (_HOURS, _hours),
    (_LEAP, _leap),
    (_LENGTH, _length),
)
