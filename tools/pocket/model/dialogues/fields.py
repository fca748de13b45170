"""What an interview may want to know, and how people answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import fillings, spoken, texts
from .choice import Chooser
from .errands import fill
from .grammar import parse
from .spoken import number


@dataclass(frozen=True)
class Field:
    """What an interview wants to know."""

    noun: str
    questions: tuple[str, ...]
    answer: Callable[[Chooser], str]


def one_of(*options: str) -> Callable[[Chooser], str]:
    return lambda choose: choose.any(options)


FIELDS: dict[str, Field] = {
    "name": Field("your name", ("what is your name", "who am i talking to", "may i have your name"), fillings.name),
    "city": Field("the city you live in", ("which city do you live in", "where do you live"), fillings.city),
    "job": Field(
        "your job",
        ("what do you do for work", "what is your job"),
        lambda choose: "i am a " + choose.filling(fillings.JOBS),
    ),
    "hobby": Field(
        "your hobby",
        ("what do you do in your free time", "what is your hobby"),
        lambda choose: choose.filling(fillings.HOBBIES),
    ),
    "food": Field(
        "your favourite food",
        ("what do you like to eat", "what is your favourite food"),
        lambda choose: choose.filling(fillings.FOODS),
    ),
    "drink": Field(
        "your favourite drink",
        ("what would you like to drink", "what do you drink"),
        lambda choose: choose.filling(fillings.DRINKS),
    ),
    "colour": Field(
        "your favourite colour",
        ("which colour do you like", "what is your favourite colour"),
        lambda choose: choose.filling(fillings.COLOURS),
    ),
    "pet": Field(
        "your pet",
        ("do you have a pet", "what animal do you have"),
        lambda choose: f"a {choose.any(fillings.ANIMALS)} called {fillings.name(choose)}",
    ),
    "sleep": Field(
        "how long you slept",
        ("how long did you sleep", "how many hours did you sleep"),
        lambda choose: number(choose.between(3, 11)) + " hours",
    ),
    "guests": Field(
        "the number of guests",
        ("how many people are coming", "how many guests will there be"),
        lambda choose: number(choose.between(2, 40)) + choose.any((" people", " guests", "")),
    ),
    "time": Field(
        "the time of the meeting",
        ("when should we meet", "what time suits you"),
        lambda choose: choose.any(("at ", "")) + spoken.time_of_day(choose),
    ),
    "day": Field(
        "the day of the visit",
        ("which day will you come", "on what day do you visit"),
        lambda choose: choose.any(("on ", "next ", "")) + choose.any(spoken.WEEKDAYS).lower(),
    ),
    "address": Field(
        "your address",
        ("where should we deliver it", "what is your address"),
        lambda choose: f"{number(choose.between(1, 99))} {fillings.word(choose)} street",
    ),
    "age": Field("your age", ("how old are you",), lambda choose: number(choose.between(5, 95))),
    "order": Field(
        "what you want to order",
        ("what would you like to order", "what can i get you"),
        lambda choose: (
            f"{number(choose.between(1, 6))} {choose.filling(fillings.FOODS)} and {choose.filling(fillings.DRINKS)}"
        ),
    ),
    "music": Field(
        "the music you like",
        ("what music do you like",),
        one_of("jazz", "rock", "pop music", "classical music", "folk", "blues", "jazz music"),
    ),
    "mood": Field(
        "how you feel",
        ("how do you feel today", "how are you feeling"),
        one_of(
            "i feel happy",
            "pretty tired",
            "very calm",
            "i feel sad",
            "quite nervous",
            "relaxed",
            "i feel good",
            "a bit excited",
            "happy",
            "not so well",
        ),
    ),
    "problem": Field(
        "the problem with the device",
        ("what is wrong with the device", "what happened"),
        lambda choose: (
            choose.any(("the screen", "the motor", "the battery", "the door"))
            + " is"
            + choose.any((" broken", " stuck", " empty", " too hot", " very loud"))
        ),
    ),
    "budget": Field(
        "your budget",
        ("how much do you want to spend",),
        lambda choose: (
            choose.any(("about ", "up to ", ""))
            + number(choose.between(1, 9) * 100)
            + choose.any((" euros", " dollars", " pounds"))
        ),
    ),
    "phone": Field(
        "your phone number",
        ("what is your phone number",),
        lambda choose: " ".join(number(choose.between(0, 9)) for _ in range(6)),
    ),
    "truck": Field(
        "the truck you take",
        ("which truck are you taking", "which truck is it"),
        lambda choose: choose.any(("truck ", "number ", "")) + number(choose.between(1, 40)),
    ),
    "hours": Field(
        "the hours on the meter",
        ("what does the hour meter say", "how many hours are on the meter"),
        lambda choose: number(choose.between(1, 999)) + choose.any((" hours", "")),
    ),
}


def _written(lines: tuple[str, ...], noun: str) -> Field:
    """A field of the file: its questions begin with "? ", the other lines are a grammar of answers."""
    questions = tuple(line[2:] for line in lines if line.startswith("? "))
    answers = parse("|".join(line for line in lines if not line.startswith("? ")))
    return Field(noun, questions, lambda choose: fill(choose, answers.draw(choose.rng)))


def _more() -> Iterator[tuple[str, Field]]:
    """The fields of the file, whose headers are "key: noun"."""
    for header, lines in texts.read(texts.FIELDS).items():
        key, _, noun = header.partition(": ")
        yield key, _written(lines, noun)


FIELDS |= _more()
