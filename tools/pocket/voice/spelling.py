"""Numbers and clock times as English words, the way the assistant writes what is to be spoken."""

from random import Random

_SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen"""
_ORDINALS = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
    fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"""
SMALL, ORDINALS = _SMALL.split(), _ORDINALS.split()
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def number(value: int) -> str:
    """Cardinal words for 0 <= value < 1,000,000."""
    if value < 20:
        return SMALL[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return TENS[tens - 2] + (f" {SMALL[ones]}" if ones else "")
    if value < 1000:
        return _joined(value, 100, "hundred")
    return _joined(value, 1000, "thousand")


def _joined(value: int, unit: int, name: str) -> str:
    """ "three hundred seven": the count of units, then what is left of them."""
    count, rest = divmod(value, unit)
    return f"{number(count)} {name}" + (f" {number(rest)}" if rest else "")


def ordinal(day: int) -> str:
    """Ordinal words for a day of the month, 1 to 31."""
    if day <= 20:
        return ORDINALS[day - 1]
    if day == 30:
        return "thirtieth"
    tens, ones = divmod(day, 10)
    return f"{TENS[tens - 2]} {ORDINALS[ones - 1]}"


def clock(rng: Random) -> str:
    """A time of day in one of the forms that people say."""
    hour, minute = number(rng.randint(1, 12)), rng.randint(1, 59)
    spoken_minute = number(minute) if minute >= 10 else f"oh {SMALL[minute]}"
    part = rng.choice(("in the morning", "in the afternoon", "in the evening", "at night"))
    forms = (
        f"{hour} {spoken_minute}",
        f"{hour} {spoken_minute} {part}",
        f"{hour} o'clock",
        f"half past {hour}",
        f"a quarter {rng.choice(('to', 'past'))} {hour}",
        f"{hour} {part}",
        f"{number(rng.randint(2, 29))} minutes {rng.choice(('to', 'past'))} {hour}",
    )
    return rng.choice(forms)


def span(rng: Random) -> str:
    """A stretch of time."""
    unit = rng.choice(("minutes", "minutes", "seconds", "hours", "days", "weeks", "months", "years"))
    fixed = ("one minute", "half an hour", "an hour", "an hour and a half", "a few minutes", "one day")
    return rng.choice(fixed) if rng.random() < 0.3 else f"{number(rng.randint(2, 59))} {unit}"
