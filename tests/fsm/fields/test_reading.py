"""What people say to one question, and what it comes to."""

from __future__ import annotations

from datetime import date

import pytest

from pipit.fsm.fields import Problem, Reading, agreement, question, read, spoken
from pipit.fsm.flow import FieldSpec
from pipit.fsm.session.events import Value

TODAY = date(2026, 11, 21)  # a Saturday

TRUCK = FieldSpec(field="truck", type="choice", choices=("seven", "nine", "twelve"))
COLOUR = FieldSpec(field="colour", type="choice", choices=("red", "green", "blue", "dark blue"))
ROAST = FieldSpec(field="roast", type="choice", choices=("light roast", "medium roast", "dark roast"))
ROOM = FieldSpec(
    field="room", type="choice", choices={"kitchen": "cooking place", "living room": "lounge | sitting room"}
)
HOURS = FieldSpec(field="hours", type="number", unit="h", min=0, max=99999)
COUNT = FieldSpec(field="count", type="number", min=1, max=120)
PAUSE = FieldSpec(field="pause", type="duration")
REST = FieldSpec(field="rest", type="duration", unit="min", max=90)
START = FieldSpec(field="start", type="time")
EARLY = FieldSpec(field="start", type="time", min=6, max=14)
DUE = FieldSpec(field="due", type="date")
LIGHTS = FieldSpec(field="lights", type="yes-no")
NOTE = FieldSpec(field="note", type="text")
MILK = FieldSpec(field="milk", type="text", phrases="[a lot of | some] (milk | cream)")


def number(unit: str | None = None) -> FieldSpec:
    return FieldSpec(field="amount", type="number", unit=unit)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("twelve hundred", 1200),
        ("two thousand and five", 2005),
        ("one oh five", 105),
        ("three point five", 3.5),
        ("three point twenty five", 3.25),
        ("point five", 0.5),
        ("a hundred", 100),
        ("a thousand and one", 1001),
        ("half", 0.5),
        ("two and three quarters", 2.75),
        ("a dozen", 12),
        ("half a dozen", 6),
        ("minus ten", -10),
        ("ten below zero", -10),
        ("12,5", 12.5),
        ("12,500", 12500),
        ("1,200.5", 1200.5),
        ("1200", 1200),
        ("one two zero zero", 1200),
        ("double oh seven", 7),
        ("one twenty five", 125),
        ("twelve fifty", 1250),
        ("two and a half thousand", 2500),
        ("one point two million", 1_200_000),
        ("nine hundred ninety nine thousand nine hundred and ninety nine", 999_999),
        ("the third", 3),
        ("um it's well twelve uh hundred I think", 1200),
        ("this one is five", 5),
        ("no twelve hundred", 1200),
        ("twelve hundred no sorry thirteen hundred", 1300),
        ("not nine seven", 7),
        ("seven rather than nine", 7),
    ],
)
def test_numbers(said: str, value: Value) -> None:
    reading = read(number(), said, TODAY)
    assert isinstance(reading, Reading)
    assert reading.value == value


@pytest.mark.parametrize("said", ["a couple of hundred", "14:30", "1.2.3", "", "um", "the left one", "e"])
def test_no_number(said: str) -> None:
    assert read(HOURS, said, TODAY) is None


@pytest.mark.parametrize(
    ("spec", "said", "code"),
    [
        (HOURS, "a hundred thousand", "too-large"),
        (HOURS, "9" * 400, "too-large"),
        (HOURS, "minus ten", "too-small"),
        (HOURS, "one or two", "ambiguous"),
        (HOURS, "twelve hundred thirteen hundred", "ambiguous"),
        (HOURS, "five kilos", "wrong-unit"),
        (HOURS, "ten minutes", "wrong-unit"),
        (HOURS, "I don't know maybe nine", "unclear"),
        (HOURS, "not nine", "unclear"),
        (PAUSE, "thirty", "no-unit"),
        (PAUSE, "five kilos", "wrong-unit"),
        (REST, "two hours", "too-large"),
        (TRUCK, "seven or nine", "ambiguous"),
        (TRUCK, "eleven", "not-a-choice"),
        (TRUCK, "seventy seven", "not-a-choice"),
        (TRUCK, "seven hundred", "not-a-choice"),
        (TRUCK, "seven point five", "not-a-choice"),
        (TRUCK, "not seven", "unclear"),
        (TRUCK, "no idea", "unclear"),
        (ROAST, "roast", "ambiguous"),
        (COLOUR, "red and blue", "ambiguous"),
        (MILK, "no milk", "unclear"),
        (MILK, "without milk", "unclear"),
        (DUE, "the thirtieth of February", "no-such-date"),
        (DUE, "Monday the twenty fourth of November", "no-such-date"),
        (DUE, "Friday or Saturday", "ambiguous"),
        (START, "thirteen in the morning", "no-such-time"),
        (START, "between three and four", "ambiguous"),
        (EARLY, "eight pm", "too-large"),
    ],
)
def test_problems(spec: FieldSpec, said: str, code: str) -> None:
    problem = read(spec, said, TODAY)
    assert isinstance(problem, Problem)
    assert (problem.field, problem.code) == (spec.field, code)


@pytest.mark.parametrize(
    ("spec", "said", "message"),
    [
        (HOURS, "a million", "It must be at most ninety nine thousand nine hundred and ninety nine hours."),
        (COUNT, "zero", "It must be at least one."),
        (TRUCK, "seven or nine", "Did you say seven or nine?"),
        (TRUCK, "eight", "It can be seven, nine or twelve."),
        (HOURS, "ten minutes", "Please tell me in hours."),
        (PAUSE, "ninety", "Ninety seconds, minutes or hours?"),
    ],
)
def test_problems_are_spoken(spec: FieldSpec, said: str, message: str) -> None:
    problem = read(spec, said, TODAY)
    assert isinstance(problem, Problem)
    assert problem.message == message


@pytest.mark.parametrize(
    ("unit", "said", "value"),
    [
        ("h", "twelve hundred hours", 1200),
        ("h", "ninety minutes", 1.5),
        ("h", "two hours and thirty minutes", 2.5),
        ("kg", "five hundred grams", 0.5),
        ("kg", "one kilo two hundred grams", 1.2),
        ("kg", "half a kilo", 0.5),
        ("m", "one metre eighty", 1.8),
        ("m", "180 cm", 1.8),
        ("mm", "12 mm", 12),
        ("ml", "two litres", 2000),
        ("l", "half a liter", 0.5),
        ("°C", "minus five degrees celsius", -5),
        ("°C", "-10°C", -10),
        ("°C", "five degrees below zero", -5),
        ("%", "eighty per cent", 80),
        ("bar", "two point five bar", 2.5),
        ("psi", "thirty two p s i", 32),
        ("V", "12.6 V", 12.6),
        ("A", "ten amps", 10),
        ("€", "three euros fifty", 3.5),
        ("$", "five bucks", 5),
        ("boxes", "one box", 1),
        ("boxes", "five boxes", 5),
    ],
)
def test_units(unit: str, said: str, value: Value) -> None:
    assert read(number(unit), said, TODAY) == Reading("amount", value, said)


@pytest.mark.parametrize(
    ("said", "value", "words"),
    [
        ("nine", "nine", "nine"),
        ("It's number 7, please.", "seven", "7"),
        ("not nine, seven", "seven", "seven"),
        ("not nine seven", "seven", "seven"),
        ("nine no seven", "seven", "seven"),
        ("nine, I mean twelve", "twelve", "twelve"),
        ("nine isn't right it's twelve", "twelve", "twelve"),
        ("seven not nine", "seven", "seven"),
        ("sevn", "seven", "sevn"),
    ],
)
def test_choices(said: str, value: str, words: str) -> None:
    assert read(TRUCK, said, TODAY) == Reading("truck", value, words)


@pytest.mark.parametrize(
    ("spec", "said", "value"),
    [
        (ROAST, "the dark one", "dark roast"),
        (ROAST, "medium rost", "medium roast"),
        (ROAST, "lite roast", "light roast"),
        (ROOM, "the lounge", "living room"),
        (ROOM, "sitting room", "living room"),
        (ROOM, "kitchen please", "kitchen"),
        (ROOM, "the kichen", "kitchen"),
        (COLOUR, "dark blue", "dark blue"),
        (COLOUR, "grean", "green"),
        (MILK, "some cream please", "some cream"),
        (MILK, "some kreem", "some cream"),
    ],
)
def test_choices_by_other_words_and_near_misses(spec: FieldSpec, said: str, value: str) -> None:
    reading = read(spec, said, TODAY)
    assert isinstance(reading, Reading)
    assert reading.value == value


@pytest.mark.parametrize("said", ["the quick brown fox jumps over it", "", "please"])
def test_words_about_something_else(said: str) -> None:
    assert read(TRUCK, said, TODAY) is None


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("an hour and a half", 5400),
        ("ninety minutes", 5400),
        ("two and a half hours", 9000),
        ("twenty seconds", 20),
        ("half an hour", 1800),
        ("three quarters of an hour", 2700),
        ("two minutes thirty", 150),
        ("one hour ninety minutes", 9000),
        ("one point five seconds", 1.5),
        ("two days", 172_800),
    ],
)
def test_durations(said: str, value: Value) -> None:
    assert read(PAUSE, said, TODAY) == Reading("pause", value, said)


def test_a_bare_number_counts_the_duration_s_own_unit() -> None:
    assert read(REST, "twenty", TODAY) == Reading("rest", 1200, "twenty")


@pytest.mark.parametrize("said", ["just a second", "wait a minute", "1:30"])
def test_no_duration(said: str) -> None:
    assert read(PAUSE, said, TODAY) is None


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("half past three", "15:30"),
        ("half past three in the morning", "03:30"),
        ("quarter to nine", "08:45"),
        ("a quarter to one", "12:45"),
        ("half past seven", "07:30"),
        ("ten minutes past four", "16:10"),
        ("fourteen thirty", "14:30"),
        ("fourteen oh five", "14:05"),
        ("twenty thirty", "20:30"),
        ("three pm", "15:00"),
        ("3 p.m.", "15:00"),
        ("nine o'clock in the evening", "21:00"),
        ("tonight at nine", "21:00"),
        ("noon", "12:00"),
        ("midnight", "00:00"),
        ("twelve at night", "00:00"),
        ("five past midnight", "00:05"),
        ("oh eight hundred", "08:00"),
        ("oh five thirty", "05:30"),
        ("fourteen hundred hours", "14:00"),
        ("14:30", "14:30"),
        ("03:30", "03:30"),
        ("at nine please", "09:00"),
    ],
)
def test_times(said: str, value: str) -> None:
    reading = read(START, said, TODAY)
    assert isinstance(reading, Reading)
    assert reading.value == value


@pytest.mark.parametrize(("said", "value"), [("half past six", "06:30"), ("one thirty", "13:30"), ("eight", "08:00")])
def test_bounds_tell_morning_from_evening(said: str, value: str) -> None:
    assert read(EARLY, said, TODAY) == Reading("start", value, said)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("today", "2026-11-21"),
        ("tomorrow", "2026-11-22"),
        ("the day after tomorrow", "2026-11-23"),
        ("yesterday", "2026-11-20"),
        ("Friday", "2026-11-27"),
        ("next Friday", "2026-11-27"),
        ("last Friday", "2026-11-20"),
        ("Saturday", "2026-11-28"),
        ("the third of May", "2027-05-03"),
        ("May the third", "2027-05-03"),
        ("May third twenty twenty six", "2026-05-03"),
        ("3 May 2026", "2026-05-03"),
        ("May 3rd", "2027-05-03"),
        ("2026-05-03", "2026-05-03"),
        ("3.5.2026", "2026-05-03"),
        ("the twenty ninth of February", "2028-02-29"),
        ("Friday the twenty seventh of November", "2026-11-27"),
        ("the first", "2026-12-01"),
        ("the third of next month", "2026-12-03"),
        ("in two weeks", "2026-12-05"),
        ("a week from tomorrow", "2026-11-29"),
        ("three days ago", "2026-11-18"),
        ("in a month", "2026-12-21"),
    ],
)
def test_dates(said: str, value: str) -> None:
    assert read(DUE, said, TODAY) == Reading("due", value, said)


def test_next_friday_is_the_next_week_s() -> None:
    monday = date(2026, 11, 23)
    assert read(DUE, "Friday", monday) == Reading("due", "2026-11-27", "Friday")
    assert read(DUE, "next Friday", monday) == Reading("due", "2026-12-04", "next Friday")


def test_a_month_on_from_the_last_day_is_the_last_day() -> None:
    assert read(DUE, "in a month", date(2026, 1, 31)) == Reading("due", "2026-02-28", "in a month")


@pytest.mark.parametrize(
    "said",
    "yes|yes please|that's right|correct|yeah go on|well yeah|I think so|no problem|yes but the left one flickers|okay"
    "|all right|sure".split("|"),
)
def test_agreement(said: str) -> None:
    assert agreement(said) is True


@pytest.mark.parametrize(
    "said",
    "no|nope|no it isn't|no thanks|that's not right|not yet|of course not|I don't think so|wrong|no no no"
    "|no the hours are twelve hundred|that's wrong|not really no".split("|"),
)
def test_refusal(said: str) -> None:
    assert agreement(said) is False


@pytest.mark.parametrize(
    "said",
    "|maybe|yes no|no that's right|I don't know|twelve hundred|yes and no|not sure|no complaints|never better".split(
        "|"
    ),
)
def test_neither_or_both(said: str) -> None:
    assert agreement(said) is None


def test_yes_and_no_are_read_with_the_words_that_say_so() -> None:
    assert read(LIGHTS, "yes please the left one too", TODAY) == Reading("lights", True, "yes please")
    assert read(LIGHTS, "nope the left one is out", TODAY) == Reading("lights", False, "nope")
    assert read(LIGHTS, "they flicker", TODAY) is None


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("the note is left tyre looks worn", "left tyre looks worn"),
        ("Um, please note that it leaks.", "it leaks"),
        ("it's fine", "it's fine"),
        ("Write down that the Left fork, I think, is bent please", "the Left fork, I think, is bent"),
    ],
)
def test_notes(said: str, value: str) -> None:
    assert read(NOTE, said, TODAY) == Reading("note", value, value)


@pytest.mark.parametrize("said", ["no", "nothing", "no thanks", "the note is", "um", "[unk]"])
def test_no_note(said: str) -> None:
    assert read(NOTE, said, TODAY) is None


def test_what_must_be_told_may_be_a_plain_no() -> None:
    assert read(NOTE.model_copy(update={"required": True}), "no", TODAY) == Reading("note", "no", "no")


@pytest.mark.parametrize(
    ("spec", "value", "said"),
    [
        (HOURS, 1200, "twelve hundred hours"),
        (HOURS, 1, "one hour"),
        (number(), 2005, "two thousand and five"),
        (number("°C"), -3.5, "minus three point five degrees"),
        (START, "03:30", "half past three in the morning"),
        (START, "15:30", "half past three in the afternoon"),
        (START, "20:45", "quarter to nine in the evening"),
        (START, "12:00", "noon"),
        (DUE, "2026-05-03", "the third of May twenty twenty six"),
        (DUE, "2005-12-31", "the thirty first of December two thousand and five"),
        (PAUSE, 150, "two minutes thirty seconds"),
        (PAUSE, 3600, "one hour"),
        (LIGHTS, True, "yes"),
        (NOTE, "*left* tyre", "left tyre"),
    ],
)
def test_what_is_read_back(spec: FieldSpec, value: Value, said: str) -> None:
    assert spoken(spec, value) == said


@pytest.mark.parametrize(
    ("spec", "asked"),
    [
        (TRUCK, "Which truck: seven, nine or twelve?"),
        (TRUCK.model_copy(update={"ask": "Which one?"}), "Which one?"),
        (HOURS, "How many hours?"),
        (FieldSpec(field="tyrePressure", type="number", unit="bar"), "What is the tyre pressure, in bar?"),
        (LIGHTS, "Lights: yes or no?"),
        (PAUSE, "How long is the pause?"),
        (NOTE, "What is the note?"),
    ],
)
def test_questions(spec: FieldSpec, asked: str) -> None:
    assert question(spec) == asked
