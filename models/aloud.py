"""How written English is read aloud: times, money, units, dates and abbreviations as the words that people say.

espeak-ng, which turns text into sounds for Piper, reads numbers well but takes the rest letter by letter: "7:00 pm"
as "seven zero zero", "$5" as "dollar five", "3 kg" as "three kay gee", "etc." as nothing known. Language models
write all of these. What is left here in digits espeak-ng reads right.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from re import Match

_Rule = tuple[re.Pattern[str], str | Callable[[Match[str]], str]]

_ABBREVIATIONS = {
    "mr.": "Mister",
    "mrs.": "Missus",
    "ms.": "Miz",
    "dr.": "Doctor",
    "prof.": "Professor",
    "vs.": "versus",
    "approx.": "approximately",
    "e.g.": "for example",
    "i.e.": "that is",
}
_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = {month[:3]: month for month in _MONTHS}
_SHORT_MONTH = "|".join(("Sept", *_MONTH))
_ANY_MONTH = "|".join(_MONTHS)
_BEFORE_YEARS = rf"\b(?:(?i:in|since|of|by|until|before|after|from|to|year)|(?:{_ANY_MONTH})(?: \w+)?,?) "
_MONEY = {"$": ("dollar", "dollars"), "€": ("euro", "euros"), "£": ("pound", "pounds")}
_UNITS = {
    "km/h": ("kilometer per hour", "kilometers per hour"),
    "m/s": ("meter per second", "meters per second"),
    "mph": ("mile per hour", "miles per hour"),
    "km": ("kilometer", "kilometers"),
    "cm": ("centimeter", "centimeters"),
    "mm": ("millimeter", "millimeters"),
    "m²": ("square meter", "square meters"),
    "m": ("meter", "meters"),
    "ft": ("foot", "feet"),
    "kg": ("kilogram", "kilograms"),
    "mg": ("milligram", "milligrams"),
    "g": ("gram", "grams"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "ml": ("milliliter", "milliliters"),
    "l": ("liter", "liters"),
    "L": ("liter", "liters"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "kWh": ("kilowatt hour", "kilowatt hours"),
    "kW": ("kilowatt", "kilowatts"),
    "W": ("watt", "watts"),
    "V": ("volt", "volts"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "Hz": ("hertz", "hertz"),
    "kB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"),
    "ms": ("millisecond", "milliseconds"),
    "s": ("second", "seconds"),
    "sec": ("second", "seconds"),
    "min": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
}
_FRACTIONS = {
    "1/2": "one half",
    "1/3": "one third",
    "2/3": "two thirds",
    "1/4": "one quarter",
    "3/4": "three quarters",
    "½": "one half",
    "⅓": "one third",
    "⅔": "two thirds",
    "¼": "one quarter",
    "¾": "three quarters",
}
_NUMBER = r"(?<![\w.,/])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?"


def aloud(text: str) -> str:
    """Return English ``text`` with all that is not read as it is written put into words."""
    for pattern, said in _RULES:
        text = pattern.sub(said, text)
    return text


def _among(words: dict[str, str] | dict[str, tuple[str, str]]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _abbreviation(found: Match[str]) -> str:
    return _ABBREVIATIONS[found[0].lower()]


def _month(found: Match[str]) -> str:
    return found[1] + _MONTH[found[2][:3]]


def _day(found: Match[str]) -> str:
    return f"{found[1]} {_ordinal(int(found[2]))}"


def _ordinal(day: int) -> str:
    ending = "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _year(found: Match[str]) -> str:
    """Years go in pairs, "twenty twenty six"; "two thousand five" does not."""
    century, rest = int(found[2]), int(found[3])
    if century == 20 and rest < 10:
        return found[0]
    said = "hundred" if not rest else f"oh {rest}" if rest < 10 else f"{rest}"
    return f"{found[1]}{century} {said}"


def _time(found: Match[str]) -> str:
    hour, minute, half = int(found[1]), int(found[2]), found[3]
    if minute == 0:
        said = f"{hour}" if half else f"{hour} o'clock"
    else:
        said = f"{hour} oh {minute}" if minute < 10 else f"{hour} {minute}"
    return f"{said} {_half(half)}" if half else said


def _hour(found: Match[str]) -> str:
    return f"{int(found[1])} {_half(found[2])}"


def _half(half: str) -> str:
    return "AM" if half.lower().startswith("a") else "PM"


def _digits(found: Match[str]) -> str:
    return ", ".join(" ".join(group) for group in found[0].split("-"))


def _money(found: Match[str]) -> str:
    one, many = _MONEY[found[1]]
    whole, rest, more = found[2], found[3], found[4]
    if more:
        return f"{whole}{rest or ''} {more} {many}"
    cents = f" {int(rest[1:])}" if rest and int(rest[1:]) else ""
    return f"{whole} {one if whole == '1' else many}{cents}"


def _measure(found: Match[str]) -> str:
    whole, rest, unit = found[1], found[2] or "", found[3]
    return f"{whole}{rest} {_UNITS[unit][whole != '1' or bool(rest)]}"


def _mixed(found: Match[str]) -> str:
    """One and a half; an unusual fraction stays as it is."""
    said = _FRACTIONS.get(found[2])
    if said is None:
        return found[0]
    return f"{found[1]} and {said.replace('one ', 'a ')}" if found[1] else said


_HALF_DAY = r"([ap]\.m\.(?!\s+[A-Z]|$)|[ap]\.?m\b)"
_RULES: tuple[_Rule, ...] = (
    (re.compile(rf"(?<!\w)(?:{_among(_ABBREVIATIONS)})", re.I), _abbreviation),
    (re.compile(r"\betc\.(?=\s*$|\s+[A-Z])"), "et cetera."),
    (re.compile(r"\betc\."), "et cetera"),
    (re.compile(r"\b[Nn]o\. ?(?=\d)|#(?=\d)"), "number "),
    (re.compile(r"\bSt\. (?=[A-Z])"), "Saint "),
    (re.compile(rf"(\b\d{{1,2}}\.? )({_SHORT_MONTH})\b\.?"), _month),
    (re.compile(rf"(\b)({_SHORT_MONTH})\b\.?(?= \d)"), _month),
    (re.compile(rf"\b({_ANY_MONTH}) (\d{{1,2}})\b(?=[,;?!]|\.(?!\d)|\s*$| \d{{4}})"), _day),
    (re.compile(rf"({_BEFORE_YEARS})(1[1-9]|20)(\d\d)\b(?![,.]\d| ?[%°$€£])"), _year),
    (re.compile(rf"\b([01]?\d|2[0-4]):([0-5]\d)\b(?!:)(?: ?{_HALF_DAY})?", re.I), _time),
    (re.compile(rf"\b(1[0-2]|0?[1-9]) ?{_HALF_DAY}", re.I), _hour),
    (re.compile(r"([$€£]) ?(\d[\d,]*)(\.\d\d?)?(?: (thousand|million|billion)\b)?"), _money),
    (re.compile(rf"(?:(?<![\w.,/])(\d+) ?)?({_among(_FRACTIONS)})(?![\d/])"), _mixed),
    (re.compile(rf"{_NUMBER} ?({_among(_UNITS)})(?![\w°²/])"), _measure),
    (re.compile(r"(?<=\d)[x×](?=\d)"), " by "),
    (re.compile(r"(?<=\d)\s?[x×*]\s?(?=\d)"), " times "),
    (re.compile(r"(?<=\d)\s?÷\s?(?=\d)"), " divided by "),
    (re.compile(r"(?<=\d)\s?\u2212\s?(?=\d)|(?<=\d) - (?=\d)"), " minus "),
    (re.compile(r"(?<![\d-])(?:\d{3}-)?\d{3}-\d{4}(?![\d-])"), _digits),
    (re.compile(r"(?<![\d.,-])(\d{1,4})[-–](?=\d{1,4}(?![\d-]))"), r"\1 to "),
)
