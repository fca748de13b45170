"""Sentences with the words that answer them, and sentences that are the model's."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from pipit.fsm.intents import Situation, answer
from pipit.fsm.memory import Exchange

HERE = Path(__file__).parent
MONDAY = datetime(2026, 5, 4, 15, 42)
KNOWN = Situation(
    MONDAY,
    (Exchange("hello my name is anna", "Nice to meet you, Anna. How can I help?"),),
    (("truck", "seven"), ("hours", "four hundred")),
    "a pocket model of four megabytes",
    lambda sides: sides // 2,
)


def lines(name: str) -> list[str]:
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


ANSWERS = [tuple(line.split(" -> ")) for line in lines("answers.txt")]
LEFT = lines("left_to_the_model.txt")


@pytest.mark.parametrize(("said", "reply"), ANSWERS)
def test_answers(said: str, reply: str) -> None:
    assert answer(said, KNOWN) == reply


@pytest.mark.parametrize("said", LEFT)
def test_what_is_left_to_the_model(said: str) -> None:
    assert answer(said, KNOWN) is None


def test_the_tables_are_long_enough() -> None:
    assert len(ANSWERS) >= 300
    assert len(LEFT) >= 150
    assert len({said for said, _ in ANSWERS}) == len(ANSWERS)


def test_no_answer_has_a_digit_and_each_is_a_sentence() -> None:
    for _, reply in ANSWERS:
        assert not any(sign.isdigit() for sign in reply)
        assert reply[0].isupper()
        assert reply[-1] in ".?!"
        assert "  " not in reply


@pytest.mark.parametrize("said", [said for said, _ in ANSWERS if said == said.lower()])
def test_a_part_of_a_longer_sentence_is_no_question(said: str) -> None:
    assert answer(f"tell me a story in which anna says {said} to a bear", KNOWN) is None
    assert answer(f"{said} is what the bear asked anna in my story", KNOWN) is None


def test_a_sentence_costs_no_more_than_fifty_simple_patterns() -> None:
    """All tables together, some hundred patterns: thirteen of them when this was written, a tenth of a millisecond."""
    sentences = [said for said, _ in ANSWERS] + LEFT

    def quickest(work: Callable[[str], object]) -> float:
        times = []
        for _ in range(3):
            began = time.process_time()
            for said in sentences:
                work(said)
            times.append(time.process_time() - began)
        return min(times)

    simple = re.compile(r"(\w)(\w*)")
    answer("warm up", KNOWN)
    assert quickest(lambda said: answer(said, KNOWN)) < 50 * quickest(lambda said: simple.sub(r"\2\1", said))


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("what time is it", "I don't know what time it is."),
        ("how long until noon", "I don't know what time it is."),
        ("what's the date", "I don't know what day it is."),
        ("what year is it", "I don't know what day it is."),
        ("what day is tomorrow", "I don't know what day it is."),
        ("how many days until christmas", "I don't know what day it is."),
        ("how many days are in this month", "I don't know what day it is."),
        ("how many days are in june", "June has thirty days."),
        ("is twenty twenty eight a leap year", "Twenty twenty eight is a leap year."),
    ],
)
@pytest.mark.parametrize("now", [None, datetime(1970, 1, 1, 0, 5)])
def test_without_a_clock_it_says_so(said: str, reply: str, now: datetime | None) -> None:
    assert answer(said, Situation(now)) == reply


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        ("00:00", "It's midnight."),
        ("12:00", "It's noon."),
        ("00:07", "It's twelve oh seven at night."),
        ("08:00", "It's eight o'clock in the morning."),
        ("12:30", "It's twelve thirty in the afternoon."),
        ("18:05", "It's six oh five in the evening."),
        ("23:59", "It's eleven fifty nine at night."),
    ],
)
def test_times(clock: str, said: str) -> None:
    assert answer("what time is it", Situation(datetime.fromisoformat(f"2026-05-04 {clock}"))) == said


def test_nothing_is_repeated_that_was_not_said() -> None:
    assert answer("what did i say", Situation()) is None
    assert answer("what did you say", Situation()) == "I have said nothing yet."
    assert answer("sorry", Situation()) is None
    assert answer("what have i told you so far", Situation()) is None


def test_a_reply_that_was_cut_is_not_repeated() -> None:
    cut = Situation(exchanges=(Exchange("tell me a story", "Once upon a"),))
    assert answer("repeat what you said", cut) is None


def test_chance_is_the_situations() -> None:
    drawn: list[int] = []

    def draw(sides: int) -> int:
        drawn.append(sides)
        return sides - 1

    assert answer("roll two dice", Situation(draw=draw)) == "Six and six: twelve together."
    assert answer("flip a coin", Situation(draw=draw)) == "It's tails."
    assert answer("pick a number between three and seven", Situation(draw=draw)) == "My number is seven."
    assert drawn == [6, 6, 2, 5]


@pytest.mark.parametrize("said", ["who are you", "what is your name", "are you a robot"])
def test_in_a_role_the_model_knows_who_it_is(said: str) -> None:
    assert answer(said, Situation(in_role=True)) is None


def test_a_day_that_is_guessed_needs_a_clock() -> None:
    assert answer("is it monday", Situation()) == "I don't know what day it is."
