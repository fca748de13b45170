"""Numbers, durations and times of day as words, the way a recogniser hears them and a voice says them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .choice import Chooser

UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth"}
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
PLAIN_DURATIONS = (
    "half an hour",
    "an hour",
    "a minute",
    "an hour and a half",
    "one and a half minutes",
    "two and a half minutes",
    "three quarters of an hour",
    "a quarter of an hour",
)


def number(value: int) -> str:
    """A whole number below one million in words: 342 is "three hundred and forty two"."""
    if value < 20:
        return UNITS[value]
    if value < 100:
        return TENS[value // 10] + (" " + UNITS[value % 10] if value % 10 else "")
    if value < 1000:
        return UNITS[value // 100] + " hundred" + (" and " + number(value % 100) if value % 100 else "")
    return number(value // 1000) + " thousand" + (" " + number(value % 1000) if value % 1000 else "")


def ordinal(value: int) -> str:
    """A day of the month as an ordinal, 1 to 31: 21 is "twenty first"."""
    if value in ORDINALS:
        return ORDINALS[value]
    if value < 20:
        return UNITS[value] + "th"
    if value % 10 == 0:
        return TENS[value // 10][:-1] + "ieth"
    return TENS[value // 10] + " " + ordinal(value % 10)


def capitalised(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def title(name: str) -> str:
    """A proper noun of one or more words with each word capitalised."""
    return " ".join(capitalised(word) for word in name.split())


def yours(text: str) -> str:
    """What the person calls theirs, as Pipit says it."""
    return re.sub(r"\bmy\b", "your", text)


def part_of_day(hour: int) -> str:
    """What follows the time for an hour of 0 to 23."""
    if hour >= 22 or hour < 5:
        return "at night"
    if hour < 12:
        return "in the morning"
    return "in the afternoon" if hour < 18 else "in the evening"


@dataclass(frozen=True)
class Clock:
    """The moment a system prompt names."""

    weekday: int
    day: int
    month: int
    year: int
    hour: int
    minute: int

    @classmethod
    def draw(cls, choose: Chooser) -> Clock:
        """A moment by chance; weekday and date need not agree, the model only copies them."""
        return cls(
            choose.between(0, 6),
            choose.between(1, 31),
            choose.between(0, 11),
            choose.between(2024, 2040),
            choose.between(0, 23),
            choose.between(0, 59),
        )

    @property
    def time(self) -> str:
        """Such as "three forty two in the afternoon"."""
        hour, part = number(self.hour % 12 or 12), part_of_day(self.hour)
        if self.minute == 0:
            return f"{hour} o'clock {part}"
        return f"{hour}{' oh' if self.minute < 10 else ''} {number(self.minute)} {part}"

    @property
    def date(self) -> str:
        """Such as "Monday the third of May"."""
        return f"{WEEKDAYS[self.weekday]} the {ordinal(self.day)} of {MONTHS[self.month]}"

    @property
    def spoken_year(self) -> str:
        """Such as "twenty twenty six"."""
        return f"twenty {number(self.year - 2000)}"

    @property
    def line(self) -> str:
        """The line of the system prompt that tells the model the time."""
        return f"Now: {self.date} {self.spoken_year}, {self.time}."


def time_of_day(choose: Chooser) -> str:
    """A time as a person asks for it, such as "half past seven" or "six forty p m"."""
    hour = number(choose.between(1, 12))
    manner = choose.rng.random()
    if manner < 0.3:
        return hour + choose.any((" o'clock", ""))
    if manner < 0.5:
        return choose.any(("half past ", "quarter past ", "quarter to ")) + hour
    minute = choose.any((5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55))
    clock = hour + (" oh " if minute < 10 else " ") + number(minute)
    return clock + choose.any(("", "", " a m", " p m", " in the morning", " in the evening"))


def duration(choose: Chooser) -> str:
    """A length of time as a person asks for it."""
    if choose.chance(0.1):
        return choose.any(PLAIN_DURATIONS)
    count = choose.between(1, 99) if choose.chance(0.5) else choose.any((1, 2, 3, 5, 10, 15, 20, 30, 45))
    unit = choose.any(("minute", "minute", "minute", "second", "hour"))
    text = f"{number(count)} {unit}{'' if count == 1 else 's'}"
    if unit != "second" and choose.chance(0.1):
        text += f" and {number(choose.between(2, 59))} {'seconds' if unit == 'minute' else 'minutes'}"
    return text
