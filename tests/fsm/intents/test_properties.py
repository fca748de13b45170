"""Sums are Python's, conversions exact, every word can be spelled, and no text makes it fail."""

from __future__ import annotations

import operator
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.fsm.fields import counting, numerals
from pipit.fsm.fields.units import UNITS
from pipit.fsm.intents import Situation, answer
from pipit.fsm.intents.arithmetic import Impossible, NoSum, Sum
from pipit.fsm.intents.measures import MORE, converted
from pipit.fsm.intents.numbers import in_words

SIGNS = {"plus": "+", "minus": "-", "times": "*", "divided by": "/"}
WHOLE = st.integers(0, 10**6)
OPERATOR = st.sampled_from(list(SIGNS))
MONDAY = datetime(2026, 5, 4, 15, 42)


def read_back(said: str) -> Fraction:
    words = said.removeprefix("about ").split()
    found = numerals.number(words, 0)
    assert found is not None
    assert found[1] == len(words)
    return found[0]


@given(WHOLE, st.lists(st.tuples(OPERATOR, WHOLE), min_size=1, max_size=8))
def test_sums_are_pythons(first: int, rest: list[tuple[str, int]]) -> None:
    said = " ".join([counting.cardinal(first), *(f"{sign} {counting.cardinal(number)}" for sign, number in rest)])
    written = f"Fraction({first})" + "".join(f" {SIGNS[sign]} Fraction({number})" for sign, number in rest)
    try:
        wanted = eval(written, {"Fraction": Fraction})  # noqa: S307
    except ZeroDivisionError:
        with pytest.raises(Impossible):
            Sum(said.split()).whole()
        assert answer(said, Situation()) == "Nothing can be divided by zero."
        return
    assert Sum(said.split()).whole() == wanted
    reply = answer(f"what is {said}", Situation())
    assert reply is not None
    assert reply.endswith(f"{in_words(wanted)}.")


@given(st.decimals(-10_000, 10_000, places=2), st.decimals(-10_000, 10_000, places=2), OPERATOR)
def test_decimal_sums(one: object, other: object, sign: str) -> None:
    first, second = Fraction(str(one)), Fraction(str(other))
    said = f"{in_words(first)} {sign} {in_words(second)}"
    do = {"plus": operator.add, "minus": operator.sub, "times": operator.mul, "divided by": operator.truediv}[sign]
    if second or sign != "divided by":
        assert Sum(said.split()).whole() == do(first, second)


@given(st.fractions(-(10**8), 10**8))
def test_results_are_said_as_near_as_they_claim(value: Fraction) -> None:
    said = in_words(value)
    if said != "almost zero":
        near = read_back(said)
        assert near == value if not said.startswith("about") else abs(near - value) <= max(abs(value), 1) / 100
    else:
        assert abs(value) < Fraction(1, 10**9)


@given(st.integers(0, 10**14))
def test_whole_results_are_exact(value: int) -> None:
    assert read_back(in_words(Fraction(value))) == value


@given(
    st.lists(st.sampled_from([*SIGNS, "two", "half of", "and", "then", "all", "squared", "the sum of"]), max_size=12)
)
def test_words_of_sums_in_any_order(words: list[str]) -> None:
    said = " ".join(words).split()
    try:
        value = Sum(said).whole()
    except (NoSum, Impossible):
        return
    assert isinstance(value, Fraction)


MEASURES = {unit.one: unit for unit in (*UNITS, *MORE)}
EXACT = [
    ("mile", "metre", "1609.344"),
    ("inch", "centimetre", "2.54"),
    ("foot", "metre", "0.3048"),
    ("yard", "metre", "0.9144"),
    ("pound", "gram", "453.59237"),
    ("ounce", "gram", "28.349523125"),
    ("stone", "kilogram", "6.35029318"),
    ("imperial pint", "millilitre", "568.26125"),
    ("american gallon", "litre", "3.785411784"),
    ("mile per hour", "kilometre per hour", "1.609344"),
    ("metre per second", "kilometre per hour", "3.6"),
    ("knot", "kilometre per hour", "1.852"),
    ("hour", "second", "3600"),
    ("week", "day", "7"),
    ("fortnight", "week", "2"),
    ("tablespoon", "teaspoon", "3"),
    ("bar", "kilopascal", "100"),
    ("year", "month", "12"),
]


@pytest.mark.parametrize(("source", "target", "factor"), EXACT)
@given(st.fractions(0, 10**6))
def test_conversions_are_exact_both_ways(source: str, target: str, factor: str, value: Fraction) -> None:
    units = {**MEASURES, "pound": next(unit for unit in UNITS if unit.symbol == "lb")}
    there = converted(value, units[source], units[target])
    assert there == value * Fraction(factor)
    assert there is not None
    assert converted(there, units[target], units[source]) == value


@given(st.fractions(-273, 10_000))
def test_temperatures(value: Fraction) -> None:
    celsius, fahrenheit = (next(unit for unit in UNITS if unit.symbol == symbol) for symbol in ("°C", "°F"))
    there = converted(value, celsius, fahrenheit)
    assert there == value * Fraction(9, 5) + 32
    assert there is not None
    assert converted(there, fahrenheit, celsius) == value


@pytest.mark.parametrize("unit", [unit for unit in (*UNITS, *MORE) if unit.kind not in ("angle", "percent")])
def test_every_unit_is_itself(unit: object) -> None:
    assert converted(Fraction(7), unit, unit) == 7  # type: ignore[arg-type]


@given(st.from_regex(r"[a-z]{2,30}", fullmatch=True))
def test_every_word_can_be_spelled(word: str) -> None:
    reply = answer(f"how do you spell the word {word}", Situation())
    if reply is None:  # "it", "my": what is meant is another word
        assert len(word) < 11
        return
    letters = reply.rstrip(".").partition(" is spelled ")[2]
    assert letters.replace(", ", "").lower() in (word, word.replace("spelt", "spelled"))


@given(st.dates(date(2026, 1, 1), date(2090, 12, 31)), st.dates(date(2026, 1, 1), date(2090, 12, 31)))
def test_days_between_and_weekdays(day: date, today: date) -> None:
    named = f"the {counting.ordinal(day.day)} of {day:%B} {counting.year(day.year)}".lower()
    situation = Situation(datetime.combine(today, datetime.min.time()) + timedelta(hours=9))
    weekday = answer(f"what day is {named}", situation)
    assert weekday is not None
    assert weekday.endswith(f" a {day:%A}.")
    if day > today:
        said = answer(f"how many days until {named}", situation)
        assert said is not None
        assert f" {counting.in_words((day - today).days)} day" in said


@given(st.text(max_size=300))
def test_no_text_makes_it_fail(text: str) -> None:
    answer(text, Situation(MONDAY))


WORDS = (
    "what is how many the time day of half two plus times divided by zero percent in pounds grams until christmas "
    "since spell letters a roll dice number between and convert to degrees celsius leap year next friday squared "
    "power root double minus hundred million billion point third please tell me"
).split()


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_no_row_of_its_own_words_makes_it_fail(words: list[str]) -> None:
    reply = answer(" ".join(words), Situation(MONDAY))
    assert reply is None or (reply.strip() and not any(sign.isdigit() for sign in reply))
