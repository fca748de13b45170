"""What holds for every value, every text and every phrase."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipit.fsm.fields import (
    Filling,
    Problem,
    Reading,
    agreement,
    correction,
    match,
    phase_phrase,
    phrase_of,
    question,
    read,
    read_all,
    spoken,
    words_of,
)
from pipit.fsm.flow import FieldSpec
from pipit.fsm.session.events import Value
from pipit.models.phrases import Alt, Opt, Phrase, Seq, Slot, Words

TODAY = date(2026, 11, 21)
SPECS = {
    spec.field: spec
    for spec in (
        FieldSpec(field="count", type="number", min=0, max=99999),
        FieldSpec(field="hours", type="number", unit="h", min=0, max=99999),
        FieldSpec(field="dose", type="number", unit="ml", min=2.5, max=40),
        FieldSpec(field="few", type="number", min=3, max=17),
        FieldSpec(field="odd", type="number", min=173, max=2468),
        FieldSpec(field="frost", type="number", unit="°C", min=-40, max=60),
        FieldSpec(field="free", type="number"),
        FieldSpec(field="truck", type="choice", choices=("seven", "nine", "twelve", "number 25")),
        FieldSpec(
            field="room",
            type="choice",
            choices={
                "kitchen": "kitchen | cooking place",
                "living room": "lounge | (living | sitting) room [upstairs]",
            },
        ),
        FieldSpec(field="lights", type="yes-no"),
        FieldSpec(field="due", type="date"),
        FieldSpec(field="start", type="time"),
        FieldSpec(field="pause", type="duration"),
        FieldSpec(field="rest", type="duration", unit="min", min=1, max=90),
        FieldSpec(field="milk", type="text", phrases="[a lot of | some] [soy | skim] milk"),
        FieldSpec(field="note", type="text"),
    )
}
WORDS = sorted(
    {
        "not",
        "no",
        "sorry",
        "i",
        "mean",
        "um",
        "the",
        "is",
        "don't",
        "know",
        "please",
        "or",
        "12",
        "14:30",
        "3.5",
        "kg",
        "%",
    }
    | {word for spec in SPECS.values() if (phrase := phrase_of(spec)) for word in words_of(phrase)}
    | set(SPECS)
)
sentences = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
texts = st.one_of(
    sentences, st.text(max_size=40), st.lists(st.one_of(sentences, st.text(max_size=6)), max_size=4).map(" ".join)
)
seeds = st.integers(0, 2**32)
names = st.sampled_from(list(SPECS))


def sample(phrase: Phrase, chance: random.Random) -> str:
    """Say something that a phrase allows."""
    match phrase:
        case Words(text):
            return text
        case Seq(parts):
            return " ".join(filter(None, (sample(part, chance) for part in parts)))
        case Alt(options):
            return sample(chance.choice(options), chance)
        case Opt(part):
            return sample(part, chance) if chance.random() < 0.5 else ""
        case Slot(_, part):
            return sample(part, chance)


def is_run_of(words: str, said: str) -> bool:
    """Whole words and numbers, one after the other, as they were said."""
    text = f" {' '.join(said.split())} "
    starts = [at for at in range(len(text)) if words and text.startswith(words, at)]
    return any(not joined(text[at - 1 : at + 1]) and not joined(text[at + len(words) - 1 :][:2]) for at in starts)


def joined(pair: str) -> bool:
    return pair.isalpha() or pair.isdecimal()


def within(spec: FieldSpec, value: Value) -> bool:
    if isinstance(value, bool | str):
        return True
    unit = 60 if spec.field == "rest" else 1
    return (spec.min is None or value >= spec.min * unit) and (spec.max is None or value <= spec.max * unit)


def comes_back(name: str, value: Value) -> None:
    reading = read(SPECS[name], spoken(SPECS[name], value), TODAY)
    assert isinstance(reading, Reading), (spoken(SPECS[name], value), reading)
    assert reading.value == value
    assert type(reading.value) is type(value)


@given(st.integers(-(10**15) + 1, 10**15 - 1))
@example(1200)
@example(100_000_000_000_001)
def test_whole_numbers_come_back(number: int) -> None:
    comes_back("free", number)


@given(st.decimals(-(10**6), 10**6, places=3))
def test_decimals_come_back(number: object) -> None:
    value = float(str(number))
    comes_back("free", int(value) if value.is_integer() else value)


@given(st.integers(0, 99999))
def test_hours_come_back_and_are_in_the_grammar(number: int) -> None:
    comes_back("hours", number)
    phrase = phrase_of(SPECS["hours"])
    assert phrase is not None
    assert match(phrase, spoken(SPECS["hours"], number)) == {}


@given(st.integers(-40, 60))
def test_degrees_come_back(number: int) -> None:
    comes_back("frost", number)


@given(st.dates(date(1000, 1, 1)))
@example(date(2028, 2, 29))
@example(date(2000, 1, 1))
def test_dates_come_back(day: date) -> None:
    comes_back("due", day.isoformat())


@pytest.mark.parametrize("hour", range(24))
def test_times_come_back_and_are_in_the_grammar(hour: int) -> None:
    phrase = phrase_of(SPECS["start"])
    assert phrase is not None
    for minute in range(60):
        comes_back("start", f"{hour:02}:{minute:02}")
        assert match(phrase, spoken(SPECS["start"], f"{hour:02}:{minute:02}")) == {}


@given(st.integers(0, 10**7))
@example(90)
@example(5400)
def test_durations_come_back(seconds: int) -> None:
    comes_back("pause", seconds)


@given(st.integers(1, 10**7))
def test_parts_of_seconds_come_back(tenths: int) -> None:
    comes_back("pause", tenths // 10 if tenths % 10 == 0 else tenths / 10)


@pytest.mark.parametrize("name", ["truck", "room"])
def test_choices_come_back(name: str) -> None:
    for value in SPECS[name].choices:
        comes_back(name, value)


@pytest.mark.parametrize("value", [True, False])
def test_yes_and_no_come_back(value: bool) -> None:
    comes_back("lights", value)


@pytest.mark.parametrize("name", ["a lot of soy milk", "milk"])
def test_phrases_come_back(name: str) -> None:
    comes_back("milk", name)


@given(st.lists(st.sampled_from("the left tyre looks worn it leaks oil at rear".split()), min_size=1, max_size=6))
def test_notes_come_back(words: list[str]) -> None:
    comes_back("note", " ".join(words))


@settings(max_examples=400)
@given(names, texts)
def test_reading_any_text_is_safe(name: str, said: str) -> None:
    spec = SPECS[name]
    reading = read(spec, said, TODAY)
    assert reading is None or reading.field == name
    if isinstance(reading, Reading):
        assert is_run_of(reading.words, said)
        assert within(spec, reading.value)


@settings(max_examples=300)
@given(st.lists(names, unique=True, max_size=5), texts, st.integers(0, 4))
def test_reading_several_fields_is_safe(chosen: list[str], said: str, asked: int) -> None:
    wanted = [SPECS[name] for name in chosen]
    filling = read_all(wanted, said, chosen[asked % len(chosen)] if chosen else None, ["{milk} in the {room}"], TODAY)
    fields = [reading.field for reading in filling.readings]
    assert len(fields) == len(set(fields))
    assert set(fields) <= set(chosen)
    assert all(is_run_of(reading.words, said) for reading in filling.readings)


@settings(max_examples=200)
@given(names, texts)
def test_corrections_and_agreement_are_safe(last: str, said: str) -> None:
    known: dict[str, tuple[FieldSpec, Value]] = {name: (spec, "07:30") for name, spec in SPECS.items()}
    made = correction(known, last, said, TODAY)
    if isinstance(made, Reading):
        assert is_run_of(made.words, said)
    assert agreement(said) in (True, False, None)


@settings(max_examples=600)
@given(names, seeds)
def test_what_a_grammar_allows_is_read_within_bounds(name: str, seed: int) -> None:
    spec = SPECS[name]
    phrase = phrase_of(spec)
    if phrase is None:
        assert name == "note"
        return
    said = sample(phrase, random.Random(seed))
    assert match(phrase, said) is not None
    reading = read(spec, said, TODAY)
    assert reading is not None, said
    if isinstance(reading, Problem):
        # fractions above the bounds, durations added up, and the thirtieth of a month that has fewer days
        assert reading.code in ("too-large", "too-small", "no-such-date"), (said, reading)
        assert name in ("hours", "dose", "frost", "rest", "due"), (said, reading)
    else:
        assert within(spec, reading.value), said
        assert reading.value in (True, False) or reading.words, said


@settings(max_examples=300)
@example(["pause", "start"], False, 641)
@given(st.lists(names, unique=True, min_size=1, max_size=4), st.booleans(), seeds)
def test_what_a_phase_listens_for_is_understood(chosen: list[str], ask: bool, seed: int) -> None:
    wanted = [SPECS[name] for name in chosen]
    asked = chosen[0] if ask else None
    phrase = phase_phrase(wanted, ["{milk} in the {room}"], asked, ["go back"])
    if asked == "note":
        assert phrase is None
        return
    assert phrase is not None
    said = sample(phrase, random.Random(seed))
    assert match(phrase, said) is not None
    known: dict[str, tuple[FieldSpec, Value]] = {spec.field: (spec, "07:30") for spec in wanted}
    understood = (
        read_all(wanted, said, asked, ["{milk} in the {room}"], TODAY) != Filling(rest=said)
        or correction(known, asked, said, TODAY) is not None
        or agreement(said) is not None
        or said in ("go back", "i don't know", "i'm not sure", "no idea")
        # an hour could be either's: nobody gets it
        or len({"pause", "rest", "hours"} & {*chosen}) > 1
        # nor does anybody get "nineteen hundred hours", which is a time of day or very long
        or ("hundred hours" in said and "start" in chosen and len({"pause", "rest", "hours"} & {*chosen}) > 0)
    )
    assert understood, said


@given(names)
def test_every_field_has_a_question(name: str) -> None:
    assert question(SPECS[name]).endswith("?")
