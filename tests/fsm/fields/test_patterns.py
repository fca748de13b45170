"""The pattern language, matching, and the grammars that are built."""

from __future__ import annotations

import random
import time

import pytest

from pipit.errors import BadInput
from pipit.fsm.fields import PatternError, match, pattern, phase_phrase, phrase_of, spoken, words_of
from pipit.fsm.flow import FieldSpec
from pipit.models.phrases import Alt, Opt, Phrase, Seq, Slot, Words

DRINK: dict[str, Phrase] = {
    "size": Alt((Words("small"), Words("large"))),
    "drink": Alt((Words("mocha"), Words("iced mocha"))),
    "milk": Seq((Opt(Words("soy")), Words("milk"))),
}


@pytest.mark.parametrize(
    ("text", "said", "not_said"),
    [
        ("turn it off", ["turn it off"], ["turn it", "turn it off now", ""]),
        ("a [b] c", ["a c", "a b c"], ["a b", "a b b c"]),
        ("(a | b) c", ["a c", "b c"], ["a b c", "a"]),
        ("a | b c", ["a", "b c"], ["a c", "b"]),
        ("<a, b, c>", ["a b c", "c a b", "b c a"], ["a b", "a a b c", "a b c a"]),
        ("<[a], [b]> x", ["x", "a x", "b x", "a b x", "b a x"], ["a a x", "a b"]),
        ("<[a], b>", ["b", "a b", "b a"], ["a", ""]),
        ("I'd Like 25 %", ["i'd like twenty five percent"], ["like 25"]),
        ("a, b", ["a b"], ["a"]),
    ],
)
def test_patterns(text: str, said: list[str], not_said: list[str]) -> None:
    made = pattern(text, {})
    assert [each for each in said if match(made, each) is None] == []
    assert [each for each in not_said if match(made, each) is not None] == []


def test_slots() -> None:
    made = pattern("[a] [{size}] {drink} [with {milk}]", DRINK)
    assert match(made, "a large iced mocha with soy milk") == {
        "size": "large",
        "drink": "iced mocha",
        "milk": "soy milk",
    }
    assert match(made, "mocha") == {"drink": "mocha"}
    assert match(made, "large") is None


def test_the_first_slot_wins_and_takes_what_it_can() -> None:
    one = Slot("one", Alt((Words("x"), Words("x y"))))
    two = Slot("two", Words("y"))
    assert match(Seq((one, Opt(two))), "x y") == {"one": "x y"}
    assert match(Seq((one, two)), "x y") == {"one": "x", "two": "y"}
    assert match(Seq((Slot("a", Words("x")), Slot("a", Words("y")))), "x y") == {"a": "x"}


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("", 1),
        ("[a", 1),
        ("a]", 2),
        ("say {nothing}", 5),
        ("a | ", 5),
        ("<a,>", 4),
        ("( | b)", 3),
        ("a (b [c) d]", 6),
        ("a {size", 3),
        ("[]", 2),
        ("\u00a1", 1),
        ("<a, b, c, d, e, f>", 2),
        ("[" * 60 + "a" + "]" * 60, 41),
    ],
)
def test_wrong_patterns_are_refused_with_the_column(text: str, column: int) -> None:
    with pytest.raises(PatternError) as refused:
        pattern(text, DRINK)
    assert refused.value.column == column
    assert isinstance(refused.value, BadInput)
    assert str(column) in refused.value.message


def test_matching_takes_no_time_whatever_the_phrase() -> None:
    phrase: Phrase = Words("a")
    for _ in range(30):
        phrase = Alt((Seq((phrase, Opt(phrase))), phrase))
    began = time.perf_counter()
    assert match(phrase, " ".join(["a"] * 60)) == {}
    assert match(phrase, " ".join(["a"] * 60 + ["b"])) is None
    assert time.perf_counter() - began < 5


def test_words() -> None:
    assert words_of(pattern("[a] {size} (mocha | iced mocha)", DRINK)) == {"a", "small", "large", "mocha", "iced"}


def nodes(phrase: Phrase, seen: dict[int, Phrase]) -> int:
    """Count a phrase's nodes, shared ones once."""
    if id(phrase) in seen:
        return 0
    seen[id(phrase)] = phrase
    match phrase:
        case Words():
            return 1
        case Seq(parts) | Alt(parts):
            return 1 + sum(nodes(part, seen) for part in parts)
        case Opt(part) | Slot(_, part):
            return 1 + nodes(part, seen)


@pytest.mark.parametrize(
    ("spec", "most"),
    [
        (FieldSpec(field="n", type="number", min=0, max=99999), 250),
        (FieldSpec(field="n", type="number", min=-40, max=5_000_000, unit="€"), 400),
        (FieldSpec(field="n", type="time"), 200),
        (FieldSpec(field="n", type="date"), 300),
        (FieldSpec(field="n", type="duration"), 250),
    ],
)
def test_grammars_are_small(spec: FieldSpec, most: int) -> None:
    phrase = phrase_of(spec)
    assert phrase is not None
    assert nodes(phrase, {}) <= most


@pytest.mark.parametrize(("low", "high"), [(1, 12), (0, 60), (5, 300), (173, 2468), (999, 1101), (0, 99999), (7, 7)])
def test_a_number_s_grammar_ends_where_its_bounds_do(low: int, high: int) -> None:
    spec = FieldSpec(field="n", type="number", min=low, max=high)
    phrase = phrase_of(spec)
    assert phrase is not None
    chance = random.Random(low + high)
    tried = {
        *range(130),
        *range(990, 1210),
        low,
        high,
        low - 1,
        high + 1,
        *(chance.randrange(120_000) for _ in range(200)),
    }
    for number in sorted(tried):
        said = spoken(spec, number)
        assert (match(phrase, said) is not None) == (low <= number <= high), said


@pytest.mark.parametrize(
    "said",
    [
        "twelve hundred",
        "one thousand two hundred",
        "one two zero zero",
        "one two oh oh",
        "two thousand five",
        "twelve oh five",
        "twelve fifty",
        "a hundred",
        "a thousand and one",
        "ninety nine thousand nine hundred ninety nine",
        "four three two one",
    ],
)
def test_every_way_to_say_a_number(said: str) -> None:
    phrase = phrase_of(FieldSpec(field="n", type="number", min=0, max=99999))
    assert phrase is not None
    assert match(phrase, said) == {}


TRUCK = FieldSpec(field="truck", type="choice", choices=("seven", "nine"))
HOURS = FieldSpec(field="hours", type="number", unit="h", min=0, max=99999)
NOTE = FieldSpec(field="note", type="text")


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("nine", {"truck": "nine"}),
        ("it's nine please", {"truck": "nine"}),
        ("no i said nine", {"truck": "nine"}),
        ("twelve hundred hours", {"hours": "twelve hundred hours"}),
        ("the hours are twelve hundred", {"hours": "twelve hundred"}),
        ("change the truck to nine", {"truck": "nine"}),
        ("truck nine has twelve hundred", {"truck": "nine", "hours": "twelve hundred"}),
        ("yes please", {}),
        ("that's not right", {}),
        ("go back", {}),
        ("i don't know", {}),
        ("twelve hundred", None),
        ("eleven", None),
        ("what a lovely day", None),
    ],
)
def test_what_a_phase_listens_for(said: str, slots: dict[str, str] | None) -> None:
    phrases = ["truck {truck} has {hours}", "note {note}", "from {depot}"]
    phrase = phase_phrase([TRUCK, HOURS, NOTE], phrases, "truck", ["go back", "stop"])
    assert phrase is not None
    assert match(phrase, said) == slots


def test_where_anything_may_be_said_there_is_no_grammar() -> None:
    assert phrase_of(NOTE) is None
    assert phase_phrase([TRUCK, NOTE], [], "note", ["stop"]) is None


def test_a_phase_s_words_are_what_a_recogniser_writes() -> None:
    phrase = phase_phrase([TRUCK, HOURS], ["Truck {truck}, I'd say"], "hours", ["stop"])
    assert phrase is not None
    assert all(word.replace("'", "").isalpha() and word == word.lower() for word in words_of(phrase))
