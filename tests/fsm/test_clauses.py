"""A stream of text becomes clauses, the same ones however the stream was cut."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipit.fsm.clauses import ClauseCutter, ClauseSettings

SETTINGS = ClauseSettings(first_min=12, later_min=48, longest=220)


def clauses(pieces: Iterable[str], settings: ClauseSettings = SETTINGS) -> list[str]:
    cutter = ClauseCutter(settings)
    return [clause for piece in pieces for clause in cutter.feed(piece)] + list(cutter.finish())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("   \n", []),
        ("Hello.", ["Hello."]),
        ("Hello. How are you?", ["Hello.", " How are you?"]),
        ("Yes! No? Well… fine.", ["Yes!", " No?", " Well…", " fine."]),
        ("Really?! Yes.", ["Really?!", " Yes."]),
        ('He said "stop." Then he left.', ['He said "stop."', " Then he left."]),
        ("“Stop.” Then he left.", ["“Stop.”", " Then he left."]),
        ("(It is late.) Good night.", ["(It is late.)", " Good night."]),
        ("Dr. Smith met Mrs. Jones. They talked.", ["Dr. Smith met Mrs. Jones.", " They talked."]),
        ("Fruit (e.g. apples) is good. Eat it.", ["Fruit (e.g. apples) is good.", " Eat it."]),
        ("It is 3.5 degrees. Cold.", ["It is 3.5 degrees.", " Cold."]),
        ("Version 1.2.3 is out.", ["Version 1.2.3 is out."]),
        ("See example.com for it. Bye.", ["See example.com for it.", " Bye."]),
        ("The answer is no. Ask again.", ["The answer is no.", " Ask again."]),
        ("1. Boil water.\n2. Add tea.", ["1. Boil water.", "\n2. Add tea."]),
        ("Milk\nEggs\n\nBread", ["Milk\n", "Eggs\n\n", "Bread"]),
        ("Milk\n  Eggs", ["Milk\n  ", "Eggs"]),
        ("...", ["..."]),
        ("... well. Yes.", ["... well.", " Yes."]),
        ("Yes, it is.", ["Yes, it is."]),  # a comma too early to breathe at
        ("Well, I think so, and you?", ["Well, I think so,", " and you?"]),
        ("I do not think so – not today.", ["I do not think so –", " not today."]),
    ],
)
def test_where_it_cuts(text: str, expected: list[str]) -> None:
    assert clauses([text]) == expected
    assert clauses(text) == expected


def test_the_first_clause_breathes_early_and_later_ones_late() -> None:
    text = "First of all, second of all, third of all, and so on until it is long enough, at last."
    assert clauses(text) == [
        "First of all,",
        " second of all, third of all, and so on until it is long enough,",
        " at last.",
    ]


def test_a_clause_is_given_as_soon_as_it_is_sure() -> None:
    cutter = ClauseCutter(SETTINGS)
    assert list(cutter.feed("Hello.")) == []  # it might go on: "Hello.com"
    assert list(cutter.feed(" ")) == ["Hello."]
    assert list(cutter.finish()) == []


def test_a_model_that_does_not_punctuate_is_cut_at_spaces() -> None:
    text = " ".join(["word"] * 200)
    parts = clauses(text)
    assert "".join(parts) == text
    assert all(part.strip().replace("word", "").strip() == "" for part in parts)
    assert max(map(len, parts)) <= SETTINGS.longest
    assert len(parts) == -(-len(text) // 220)


def test_a_word_without_end_is_cut_all_the_same() -> None:
    assert [len(part) for part in clauses("a" * 500)] == [220, 220, 60]


def test_white_space_without_end_is_no_clause() -> None:
    assert clauses([" " * 1000, "Hello. ", "\n" * 1000]) == [" " * 1000 + "Hello."]


LETTERS = st.text(st.sampled_from("ab1 .,;!?…\n\t\"')(-–_*"), max_size=120)
WORDS = st.lists(
    st.sampled_from(["Hello", "Mr.", "e.g.", "3.5", "stop.", "“Hi!”", "a,", "\n", "-", "–", "…", "1.", "x" * 30]),
    max_size=40,
).map(" ".join)
SMALL = ClauseSettings(first_min=3, later_min=8, longest=20)


@given(st.one_of(LETTERS, WORDS), st.lists(st.integers(0, 120), max_size=12), st.sampled_from([SETTINGS, SMALL]))
@example("a" * 9 + " " + "b" * 9 + ". c", [10], SMALL)  # ends just where it would be cut anyhow
@example("word " * 60 + "end. More.", [], SETTINGS)
def test_the_same_clauses_however_it_is_cut(text: str, cuts: list[int], settings: ClauseSettings) -> None:
    bounds = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[a:b] for a, b in pairwise(bounds)]
    expected = clauses(text, settings)
    assert clauses(pieces, settings) == expected
    assert clauses([text], settings) == expected


@given(st.one_of(LETTERS, WORDS), st.sampled_from([SETTINGS, SMALL]))
def test_clauses_are_consecutive_slices_of_the_text(text: str, settings: ClauseSettings) -> None:
    parts = clauses([text], settings)
    joined = "".join(parts)
    assert text.startswith(joined)
    assert text[len(joined) :].strip() == ""
    assert all(any(c.isalnum() for c in part) for part in parts[:-1])
    assert all(len(part.strip(" .,;!?…\n\t\"')(-–_*")) <= settings.longest for part in parts)
