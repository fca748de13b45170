"""Several fields out of one sentence, and corrections of what is known."""

from __future__ import annotations

from datetime import date

import pytest

from pipit.fsm.fields import Filling, Problem, Reading, correction, read_all
from pipit.fsm.flow import FieldSpec
from pipit.fsm.session.events import Value

TODAY = date(2026, 11, 21)

TRUCK = FieldSpec(field="truck", type="choice", choices=("seven", "nine", "twelve"), required=True)
SPARE = FieldSpec(field="spareTruck", type="choice", choices=("seven", "nine", "twelve"))
ROAST = FieldSpec(field="roast", type="choice", choices=("light roast", "medium roast", "dark roast"))
SIZE = FieldSpec(field="size", type="choice", choices=("small", "medium", "large"))
HOURS = FieldSpec(field="hours", type="number", unit="h", min=0, max=99999)
WEIGHT = FieldSpec(field="weight", type="number", unit="kg")
PAUSE = FieldSpec(field="pause", type="duration")
LONGER = FieldSpec(field="longPause", type="duration")
START = FieldSpec(field="start", type="time")
DUE = FieldSpec(field="due", type="date")
LIGHTS = FieldSpec(field="lights", type="yes-no")
NOTE = FieldSpec(field="note", type="text")


def told(filling: Filling) -> dict[str, Value]:
    return {reading.field: reading.value for reading in filling.readings}


@pytest.mark.parametrize(
    ("asked", "said", "values"),
    [
        ("truck", "nine", {"truck": "nine"}),
        ("hours", "nine", {"hours": 9}),
        ("hours", "truck nine and twelve hundred hours", {"truck": "nine", "hours": 1200}),
        ("truck", "nine with twelve hundred hours", {"truck": "nine", "hours": 1200}),
        ("truck", "nine twelve hundred", {"truck": "nine"}),
        ("truck", "the hours are twelve", {"hours": 12}),
        ("truck", "hours nine truck seven", {"hours": 9, "truck": "seven"}),
        ("hours", "it weighs five hundred grams", {"weight": 0.5}),
        ("truck", "nine due tomorrow at half past three", {"truck": "nine", "due": "2026-11-22", "start": "15:30"}),
        ("truck", "no seven", {"truck": "seven"}),
        ("truck", "no twelve hundred hours", {"hours": 1200}),
        ("hours", "the hours one seventeen point zero", {"hours": 117}),
        ("start", "five hundred grams", {"weight": 0.5}),
        ("lights", "yes and the truck is nine", {"lights": True, "truck": "nine"}),
        ("truck", "yes", {}),
        ("truck", "what a day", {}),
        (None, "nine", {"truck": "nine"}),
        (None, "twelve hundred", {}),
    ],
)
def test_one_sentence_fills_several_fields(asked: str | None, said: str, values: dict[str, Value]) -> None:
    filling = read_all([TRUCK, HOURS, WEIGHT, START, DUE, LIGHTS], said, asked, [], TODAY)
    assert told(filling) == values


def test_an_amount_goes_where_its_unit_is_counted() -> None:
    count = FieldSpec(field="count", type="number", min=3)
    assert told(read_all([count, WEIGHT], "seventeen kilos", "count", [], TODAY)) == {"weight": 17}
    assert told(read_all([count], "seventeen kilos", "count", [], TODAY)) == {"count": 17}
    assert told(read_all([PAUSE, TRUCK], "nine", "pause", [], TODAY)) == {"truck": "nine"}


def test_nobody_gets_what_may_be_either_s() -> None:
    assert told(read_all([TRUCK, SPARE], "nine", None, [], TODAY)) == {}
    assert told(read_all([TRUCK, SPARE], "nine", "spareTruck", [], TODAY)) == {"spareTruck": "nine"}
    assert told(read_all([TRUCK, SPARE], "truck nine spare truck seven", None, [], TODAY)) == {
        "truck": "nine",
        "spareTruck": "seven",
    }
    assert told(read_all([PAUSE, LONGER], "two minutes", None, [], TODAY)) == {}
    assert told(read_all([PAUSE, HOURS], "two hours", None, [], TODAY)) == {"hours": 2}


def test_the_longer_words_win() -> None:
    assert told(read_all([SIZE, ROAST], "medium roast", "size", [], TODAY)) == {"roast": "medium roast"}
    assert told(read_all([SIZE, ROAST], "medium", "roast", [], TODAY)) == {"size": "medium"}


def test_free_text_is_filled_only_when_asked_for_and_takes_the_whole() -> None:
    wanted = [TRUCK, NOTE]
    said = "truck nine leaks oil"
    assert told(read_all(wanted, said, "truck", [], TODAY)) == {"truck": "nine"}
    filling = read_all(wanted, said, "note", [], TODAY)
    assert told(filling) == {"note": "truck nine leaks oil"}
    assert filling.rest == ""


def test_a_pattern_fits_the_whole_sentence_or_not_at_all() -> None:
    phrases = ["truck {truck} has [got] {hours}", "note {note}"]
    wanted = [TRUCK, HOURS, NOTE]
    for said in ("truck nine has twelve hundred", "Okay, um, truck nine has got twelve hundred hours please."):
        assert told(read_all(wanted, said, None, phrases, TODAY)) == {"truck": "nine", "hours": 1200}
    assert told(read_all(wanted, "note it leaks oil", "truck", phrases, TODAY)) == {"note": "it leaks oil"}
    assert told(read_all([TRUCK], "truck nine has twelve hundred", None, phrases, TODAY)) == {"truck": "nine"}


def test_what_nobody_used_is_left() -> None:
    assert read_all([TRUCK, HOURS], "nine please and turn the radio on", "truck", [], TODAY).rest == "turn radio"
    assert read_all([TRUCK, HOURS], "truck nine", "truck", [], TODAY).rest == ""


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("seven or nine", {("truck", "ambiguous")}),
        ("I don't know", {("truck", "unclear")}),
        ("eleven", {("truck", "not-a-choice")}),
        ("nine and a million hours", {("hours", "too-large")}),
    ],
)
def test_problems_of_a_sentence(said: str, codes: set[tuple[str, str]]) -> None:
    filling = read_all([TRUCK, HOURS], said, "truck", [], TODAY)
    assert {(problem.field, problem.code) for problem in filling.problems} == codes


KNOWN: dict[str, tuple[FieldSpec, Value]] = {
    "truck": (TRUCK, "seven"),
    "hours": (HOURS, 1100),
    "roast": (ROAST, "dark roast"),
    "start": (START, "07:30"),
    "due": (DUE, "2026-11-23"),
    "lights": (LIGHTS, True),
    "note": (NOTE, "all well"),
}


@pytest.mark.parametrize(
    ("last", "said", "field", "value"),
    [
        ("hours", "no, twelve hundred", "hours", 1200),
        ("truck", "no the hours are twelve hundred", "hours", 1200),
        ("truck", "I said nine", "truck", "nine"),
        ("hours", "change the truck to nine", "truck", "nine"),
        ("truck", "nine", "truck", "nine"),
        ("truck", "no no nine", "truck", "nine"),
        ("truck", "it's nine not seven", "truck", "nine"),
        ("hours", "truck nine not seven", "truck", "nine"),
        ("hours", "yes but the truck is nine", "truck", "nine"),
        ("truck", "no light roast", "roast", "light roast"),
        ("truck", "no thirteen hundred hours", "hours", 1300),
        ("hours", "no tomorrow", "due", "2026-11-22"),
        ("start", "no in the evening", "start", "19:30"),
        ("hours", "no the lights are not okay", "lights", False),
        ("note", "no it leaks", "note", "it leaks"),
        ("truck", "no the note should say it leaks", "note", "it leaks"),
        (None, "make the hours twelve hundred", "hours", 1200),
    ],
)
def test_corrections(last: str | None, said: str, field: str, value: Value) -> None:
    made = correction(KNOWN, last, said, TODAY)
    assert isinstance(made, Reading)
    assert (made.field, made.value) == (field, value)


@pytest.mark.parametrize(
    "said", ["no", "yes", "that's wrong", "that's right", "", "go back", "what was that", "change it"]
)
def test_nothing_to_put_right(said: str) -> None:
    assert correction(KNOWN, "truck", said, TODAY) is None


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ("the hours are wrong", "hours", "unclear"),
        ("change the truck", "truck", "unclear"),
        ("no not seven", "truck", "unclear"),
        ("no the truck is eleven", "truck", "not-a-choice"),
        ("no the hours are a million", "hours", "too-large"),
        ("no nine or twelve", "truck", "ambiguous"),
    ],
)
def test_corrections_that_have_to_be_asked_about(said: str, field: str, code: str) -> None:
    made = correction(KNOWN, "truck", said, TODAY)
    assert isinstance(made, Problem)
    assert (made.field, made.code) == (field, code)
