"""Numbers, clock times, durations and dates as people say them: lower-case words, no digits."""

from __future__ import annotations

from random import Random

UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SMALL_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
MONTHS = ("january february march april may june july august september october november december").split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
ROUND_NUMBERS = (2, 3, 5, 10, 12, 15, 20, 25, 30, 40, 45, 50, 60, 70, 75, 80, 90, 100)


def cardinal(number: int) -> str:
    """Spell a number from 0 to 999,999."""
    if number < 20:
        return UNITS[number]
    if number < 100:
        tens = TENS[number // 10 - 2]
        return tens if number % 10 == 0 else f"{tens} {UNITS[number % 10]}"
    size, name = (100, "hundred") if number < 1000 else (1000, "thousand")
    head = f"{cardinal(number // size)} {name}"
    return head if number % size == 0 else f"{head} {cardinal(number % size)}"


def ordinal(number: int) -> str:
    """Spell first to thirty-first."""
    if number <= 20:
        return SMALL_ORDINALS[number - 1]
    if number == 30:
        return "thirtieth"
    return f"{TENS[number // 10 - 2]} {SMALL_ORDINALS[number % 10 - 1]}"


def any_number(rng: Random) -> str:
    """Choose a number that people say to an assistant: mostly small or round."""
    kind = rng.random()
    if kind < 0.35:
        return cardinal(rng.randint(0, 20))
    if kind < 0.6:
        return cardinal(rng.choice(ROUND_NUMBERS))
    return cardinal(rng.randint(1, 100))


def big_number(rng: Random) -> str:
    """Choose a number of three or four figures, sometimes with a British 'and'."""
    number = rng.choice([rng.randint(101, 999), rng.randint(1000, 9999), 100 * rng.randint(1, 20)])
    words = cardinal(number)
    if rng.random() < 0.2:
        words = words.replace("hundred ", "hundred and ")
    return words


def digit(rng: Random) -> str:
    """Choose one digit; nought is 'zero' or, as in telephone numbers, 'oh'."""
    return rng.choice(UNITS[1:10] * 2 + ["zero", "zero", "oh"])


def digits(rng: Random) -> str:
    """Choose a run of 2 to 10 digits."""
    return " ".join(digit(rng) for _ in range(rng.choice((2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 10))))


def clock(rng: Random) -> str:
    """Choose a time of day."""
    hour = cardinal(rng.randint(1, 12))
    half = rng.choice(["", "", " a m", " p m", " in the morning", " in the evening"])
    minutes = rng.choice(["fifteen", "thirty", "forty five", "ten", "twenty", "oh five", "fifty"])
    spoken_minutes = minutes if rng.random() < 0.6 else cardinal(rng.randint(11, 59))
    return rng.choice(
        [
            hour + half,
            f"{hour} o'clock",
            f"{hour} {spoken_minutes}{half}",
            f"half past {hour}",
            f"quarter {rng.choice(['past', 'to'])} {hour}",
            f"{rng.choice(['five', 'ten', 'twenty', 'twenty five'])} {rng.choice(['past', 'to'])} {hour}",
            rng.choice(["noon", "midnight"]),
        ]
    )


def duration(rng: Random) -> str:
    """Choose a length of time."""
    kind = rng.random()
    if kind < 0.12:
        return rng.choice(
            [
                "half an hour",
                "an hour",
                "a minute",
                "an hour and a half",
                "two and a half minutes",
                "a quarter of an hour",
            ]
        )
    words = any_number(rng)
    unit = rng.choice(["minute", "minute", "minute", "second", "hour"])
    length = f"{words} {unit}" if words == "one" else f"{words} {unit}s"
    if unit != "second" and kind < 0.25:
        smaller = "minutes" if unit == "hour" else "seconds"
        length += f" and {any_number(rng)} {smaller}"
    return length


def date(rng: Random) -> str:
    """Choose a day of the year."""
    month, day = rng.choice(MONTHS), ordinal(rng.randint(1, 31))
    return rng.choice([f"{month} {day}", f"{month} the {day}", f"the {day} of {month}", f"{day} of {month}"])


def year(rng: Random) -> str:
    """Choose a year of the last or this century."""
    kind = rng.random()
    if kind < 0.5:
        return f"nineteen {cardinal(rng.randint(30, 99))}"
    if kind < 0.7:
        return f"two thousand {rng.choice(['', 'and '])}{cardinal(rng.randint(1, 12))}"
    return f"twenty {cardinal(rng.randint(10, 35))}"


def weekday(rng: Random) -> str:
    """Choose a day as people name it relative to now."""
    named = rng.choice(WEEKDAYS)
    return rng.choice([named, named, named, f"next {named}", f"this {named}", "today", "tomorrow", "tonight"])
