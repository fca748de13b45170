"""The language of conditions: what it means, what it refuses, and that nothing makes it fall over."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.fsm.flow.condition import ConditionError, fields_of, holds, parse
from pipit.fsm.flow.terms import KEYWORDS, SECONDS, SIGNS, And, Compare, Condition, Constant, Known, Not, OneOf, Or
from pipit.fsm.session.events import Value

VALUES: dict[str, Value] = {
    "hours": 501,
    "level": 2.5,
    "truck": "seven",
    "milk": "oat milk",
    "fit": True,
    "safe": False,
    "nap": 1200,
    "due": "2026-11-21",
    "start": "09:30",
    "answer": "yes",
    "number": "7",
}


@pytest.mark.parametrize(
    "text",
    [
        "hours > 500",
        "hours >= 501 and hours <= 501",
        "hours != 500",
        "hours <> 500",
        "level = 2.5",
        "level == 2.50",
        "level > -1",
        "truck = seven",
        "truck = SEVEN",
        "truck is seven",
        "truck is not nine",
        'milk = "oat milk"',
        "milk = 'Oat  Milk'",
        "milk = “oat milk”",
        "truck in (nine, seven)",
        "truck not in (nine, twelve)",
        "hours in (500, 501)",
        "fit",
        "fit = yes",
        "fit is true",
        "safe = no",
        "not safe",
        "safe is not yes",
        "nap > 19 min",
        "nap = 20min",
        "nap < 1 hour",
        "nap >= 1200 s",
        "due < 2026-12-01",
        "due = 2026-11-21",
        "start > 9:00",
        "start = 9:30",
        "answer = yes",
        "number = 7",
        "hours is set",
        "nothing is missing",
        "nothing is not set",
        "hours is not missing",
        "fit and not safe or nothing = 1",
        "nothing = 1 or fit and hours > 1",
        "not (safe or nothing = 1)",
        "FIT AND NOT SAFE".lower(),
        "fit AND hours > 1",
        "not not fit",
    ],
)
def test_what_holds(text: str) -> None:
    assert holds(parse(text), VALUES)


@pytest.mark.parametrize(
    "text",
    [
        "hours > 501",
        "hours < 501",
        "truck = nine",
        "truck != seven",
        "truck in (nine, twelve)",
        "safe",
        "fit = no",
        "nap > 20 min",
        "due > 2026-11-21",
        "start < 9:30",
        "nothing is set",
        "hours is missing",
        "safe or nothing = 1 and fit",
        "(fit or safe) and safe",
        # without a value every comparison is false
        "nothing = 1",
        "nothing != 1",
        "nothing < 1",
        "nothing >= 1",
        "nothing",
        "nothing in (one, two)",
        # things of different kinds are neither alike nor more nor less
        "truck > 500",
        "hours > many",
        "hours = many",
        "fit > 0",
        "fit = 1",
        "hours = yes",
    ],
)
def test_what_does_not_hold(text: str) -> None:
    assert not holds(parse(text), VALUES)


def test_fields_are_found_wherever_they_stand() -> None:
    condition = parse("a > 1 and (b in (x, y) or not c is set) or d")
    assert fields_of(condition) == {"a", "b", "c", "d"}


def test_and_binds_closer_than_or() -> None:
    assert parse("a or b and c") == parse("a or (b and c)")
    assert parse("a or b and c") != parse("(a or b) and c")


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "a field's name is expected here, not the end"),
        ("hours >", 8, "a value is expected here, not the end"),
        ("> 500", 1, "a field's name is expected here, not '>'"),
        ("500 < hours", 1, "a field's name is expected here, not '500'"),
        ("hours 500", 7, "'500' does not belong here: put several words in quotes: \"hours 500\""),
        ("a = oat milk", 9, "'milk' does not belong here: put several words in quotes: \"oat milk\""),
        ("(a > 1", 1, "this bracket is never closed"),
        ("a > 1)", 6, "')' does not belong here"),
        ("a in b", 6, "a ( is expected here, not 'b'"),
        ("a in (b", 8, "a , or ) is expected here, not the end"),
        ("a in ()", 7, "a value is expected here, not ')'"),
        ("a not b", 7, "a ( is expected here, not 'b'"),
        ("a and", 6, "a field's name is expected here, not the end"),
        ("a = and", 5, "a value is expected here, not 'and'"),
        ("a = 'b", 5, "the quotation mark ' is never closed"),
        ("a && b", 3, "'&' has no meaning here: write 'and'"),
        ("a || b", 3, "'|' has no meaning here: write 'or'"),
        ("!a", 1, "'!' has no meaning here: write 'not'"),
        ("a + 1 > 2", 3, "'+' has no meaning here"),
        ("__import__('os')", 1, "'_' has no meaning here"),
        ("a = 1,000", 6, "',' does not belong here"),
        ("a > 1234567890123456", 5, "this number is too long"),
        ("a = 2026-02-30", 5, "there is no date 2026-02-30"),
        ("a = 24:00", 5, "there is no time 24:00"),
        ("not " * 21 + "a", 81, "this is nested too deeply"),
        ("(" * 5_000, 21, "this is nested too deeply"),
    ],
)
def test_what_is_refused(text: str, column: int, message: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert caught.value.column == column
    assert str(caught.value).startswith(message)


NAMES = st.from_regex(r"[a-z][A-Za-z0-9_-]{0,8}[A-Za-z0-9_]", fullmatch=True).filter(
    lambda name: name.lower() not in KEYWORDS
)
NUMBERS = st.floats(-9e9, 9e9, allow_nan=False).map(lambda number: round(number, 3) + 0.0)
CONSTANTS = st.one_of(
    st.builds(Constant, st.booleans()),
    st.builds(Constant, st.text(max_size=12)),
    st.builds(Constant, NUMBERS),
    st.builds(Constant, NUMBERS, st.sampled_from(sorted(SECONDS))),
)
TESTS: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Compare, NAMES, st.sampled_from(SIGNS), CONSTANTS),
    st.builds(OneOf, NAMES, st.lists(CONSTANTS, min_size=1, max_size=3).map(tuple)),
    st.builds(Known, NAMES),
)


def _several(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    some = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, parts), st.builds(And, some), st.builds(Or, some))


CONDITIONS = st.recursive(TESTS, _several, max_leaves=8)
HELD = st.one_of(st.text(max_size=8), st.integers(), st.floats(), st.booleans())


@given(CONDITIONS)
def test_what_is_written_reads_back_as_the_same(condition: Condition) -> None:
    assert parse(str(condition)) == condition


@given(CONDITIONS, st.dictionaries(NAMES, HELD), HELD)
def test_holding_never_fails_and_not_is_the_contrary(
    condition: Condition, others: dict[str, Value], value: Value
) -> None:
    values = others | dict.fromkeys(fields_of(condition), value)
    assert holds(condition, values) is not holds(Not(condition), values)


@given(st.text() | st.text(alphabet="ab ()=<>!'\"andornti,0159.-:\\", max_size=60))
def test_any_text_is_read_or_refused_with_a_column_in_it(text: str) -> None:
    refused: ConditionError | None = None
    try:
        condition = parse(text)
    except ConditionError as error:
        refused = error
    if refused is None:
        assert parse(str(condition)) == condition
    else:
        assert 1 <= refused.column <= len(text) + 1


@given(NUMBERS, NUMBERS)
def test_numbers_compare_as_numbers(left: float, right: float) -> None:
    constant = str(Constant(right))
    assert holds(parse(f"x < {constant}"), {"x": left}) is (left < right)
    assert holds(parse(f"x = {constant}"), {"x": left}) is math.isclose(left, right, rel_tol=0, abs_tol=0)
