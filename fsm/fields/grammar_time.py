"""Everything that may be said for a time, a date or a duration, as small shared phrases."""

from __future__ import annotations

from functools import cache

from pipit.fsm.fields import counting
from pipit.fsm.fields.days import RELATIVE, WEEKDAYS
from pipit.fsm.fields.grammar_numbers import ZERO, below_hundred, cardinals
from pipit.fsm.fields.hearing import MONTHS
from pipit.models.phrases import Alt, Opt, Phrase, Seq, Words

_LONG_MONTHS = (1, 3, 5, 7, 8, 10, 12)
_MOST_COUNTED = 300


def any_of(*sayings: str) -> Phrase:
    """Return one of several sayings."""
    return Words(sayings[0]) if len(sayings) == 1 else Alt(tuple(map(Words, sayings)))


@cache
def times(sure: bool = False) -> Phrase:
    """Return the times of day; the ``sure`` ones can be nothing else, as a bare ``nine`` can."""
    period = any_of("in the morning", "in the afternoon", "in the evening", "at night", "a m", "p m", "am", "pm")
    hour = below_hundred(1, 12)
    minute = Alt((Seq((ZERO, below_hundred(1, 9))), below_hundred(10, 59)))
    quarter = Seq((Opt(Words("a")), Words("quarter")))
    counted = Seq((below_hundred(1, 29), Opt(Words("minutes"))))
    relative = Alt(
        (
            Seq((Alt((Words("half"), quarter, counted)), Words("past"))),
            Seq((Alt((quarter, counted)), Words("to"))),
        )
    )
    said = [Seq((Alt((Seq((relative, hour)), Seq((hour, Words("o'clock"))))), Opt(period)))]
    late, early = below_hundred(13, 23), Seq((ZERO, Alt((ZERO, below_hundred(1, 9)))))
    hundred, hours = Words("hundred"), Words("hours")
    if sure:
        said += [Seq((hour, Opt(minute), period)), Seq((late, hundred, hours)), Seq((early, hundred, Opt(hours)))]
    else:
        on_the_hour = Seq((hundred, Opt(hours)))
        said += [Seq((hour, Opt(minute), Opt(period))), Seq((Alt((late, early)), Alt((on_the_hour, minute))))]
    return Seq((Opt(Words("at")), Alt((*said, any_of("noon", "midday", "midnight")))))


@cache
def dates(sure: bool = False) -> Phrase:
    """Return the days: by name, weekday, count, month with or without a year of this century; ``the third`` unsure."""
    relative = any_of(*(" ".join(said) for said in RELATIVE if said[0] != "tonight"))
    weekday = Seq((Opt(any_of("next", "this", "last")), any_of(*WEEKDAYS)))
    span = any_of("day", "days", "week", "weeks", "month", "months")
    counted = Seq((Alt((Words("a"), below_hundred(1, 99))), span))
    ahead = Alt((Seq((Words("in"), counted)), Seq((counted, any_of("ago", "from now", "from today")))))
    months = (
        (_ordinals(1, 29), any_of(*MONTHS)),
        (_ordinals(30, 30), any_of(*(name for name in MONTHS if name != "february"))),
        (_ordinals(31, 31), any_of(*(MONTHS[month - 1] for month in _LONG_MONTHS))),
    )
    the, of = Opt(Words("the")), Opt(Words("of"))
    dated = [Seq((the, day, of, month)) for day, month in months] + [Seq((month, the, day)) for day, month in months]
    day = Seq((Opt(any_of(*WEEKDAYS)), Alt(tuple(dated)), Opt(_years())))
    bare = [] if sure else [Seq((Words("the"), _ordinals(1, 31)))]
    return Seq((Opt(Words("on")), Alt((relative, weekday, ahead, day, *bare))))


@cache
def durations(longest: float | None) -> Phrase:
    """Return the durations up to some seconds: counted, halves, and several units together."""
    hours, minutes, seconds = (_counted(*each) for each in (("hour", "an"), ("minute", "a"), ("second", "a")))
    link = Opt(Words("and"))
    then_seconds = Opt(Seq((link, seconds)))
    halves = any_of(
        "half an hour", "a quarter of an hour", "three quarters of an hour", "an hour and a half", "half a minute"
    )
    options: list[Phrase] = [
        Seq((minutes, then_seconds)),
        seconds,
        halves,
        Seq((below_hundred(1, 99), Words("and a half"), any_of("hours", "minutes", "seconds"))),
    ]
    if longest is None or longest >= 3600:
        options.append(Seq((hours, Opt(Seq((link, minutes))), then_seconds)))
    if longest is None or longest >= 172_800:
        options.append(Alt((_counted("day", "a"), _counted("week", "a"))))
    return Alt(tuple(options))


def _counted(name: str, article: str) -> Phrase:
    one = Seq((any_of(article, "one"), Words(name)))
    return Alt((one, Seq((Alt((ZERO, cardinals(2, _MOST_COUNTED))), Words(f"{name}s")))))


@cache
def _ordinals(low: int, high: int) -> Phrase:
    return any_of(*(counting.ordinal(day) for day in range(low, high + 1)))


@cache
def _years() -> Phrase:
    """Return 2000 to 2099."""
    pair = Seq((Words("twenty"), Alt((Seq((ZERO, below_hundred(1, 9))), below_hundred(10, 99)))))
    return Alt((pair, Seq((Words("two thousand"), Opt(Seq((Opt(Words("and")), below_hundred(1, 99))))))))
