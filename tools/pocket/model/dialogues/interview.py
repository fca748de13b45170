"""The two jobs of an interview: judge whether an answer is enough, and sum up what was collected."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from . import fillings, spoken
from .choice import Chooser, ways
from .scene import Turn
from .spoken import number
from .unknown import unknown_question

JUDGE_TASK = "Task: judge the answer. Reply in JSON."
SUMMARY_TASK = "Task: summarise the fields in one sentence."


@dataclass(frozen=True)
class Field:
    """What an interview wants to know."""

    noun: str
    questions: tuple[str, ...]
    answer: Callable[[Chooser], str]


def _one_of(*options: str) -> Callable[[Chooser], str]:
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
        _one_of("jazz", "rock", "pop music", "classical music", "folk", "blues", "jazz music"),
    ),
    "mood": Field(
        "how you feel",
        ("how do you feel today", "how are you feeling"),
        _one_of(
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
HELD_FIELDS: dict[str, Field] = {
    "shoe": Field("your shoe size", ("what is your shoe size",), lambda choose: number(choose.between(36, 46))),
    "season": Field(
        "your favourite season", ("which season do you like best",), _one_of("spring", "summer", "autumn", "winter")
    ),
    "language": Field(
        "the language you speak",
        ("which languages do you speak",),
        _one_of("english", "german", "french", "spanish", "polish"),
    ),
    "breakfast": Field(
        "what you had for breakfast",
        ("what did you have for breakfast",),
        lambda choose: f"{choose.filling(fillings.FOODS)} and {fillings.word(choose)}",
    ),
}
EVASIONS = ways(
    "i don't know | not sure | i am not sure | hmm | let me think | why do you ask | "
    "i'd rather not say | it depends | something | maybe | um well you know | no idea | "
    "can you repeat that | well | next question | you know the usual | i don't want to say | "
    "that's a good question | i have to think about it | whatever | i can't say | ask me later | "
    "i don't remember | i forgot | what was the question | who knows | i have no idea | "
    "that's private | pass | skip it | what | sorry what | i'm not telling you | uh | "
    "none of your business | i would have to look | is that important | can we do this later | "
    "i don't care | yes | no | okay | perhaps | good question | one moment please | wait | anything | "
    "the same as always",
    held=(
        "hard to say | it varies | i can't remember | what do you mean | nothing special | i'm unsure | "
        "let me get back to you | could you say that again | i won't say that | i really don't know"
    ),
)
FRAMES = (
    "{}",
    "{}",
    "{}",
    "it's {}",
    "i think {}",
    "well {}",
    "um {}",
    "i would say {}",
    "{} i think",
    "that would be {}",
    "oh {} of course",
    "let me see {}",
    "probably {}",
    "i guess {}",
    "{} please",
    "just {}",
)
MADE_UP_NOUNS = (
    "your {}",
    "the {}",
    "your favourite {}",
    "the {} you want",
    "your {} size",
    "the colour of your {}",
)
MADE_UP_ANSWERS: tuple[Callable[[Chooser], str], ...] = (
    fillings.word,
    lambda choose: number(choose.between(1, 99)),
    fillings.name,
    lambda choose: "the " + fillings.word(choose),
    lambda choose: f"{choose.any(fillings.ADJECTIVES)} {fillings.word(choose)}",
    lambda choose: f"{fillings.word(choose)} and {fillings.word(choose)}",
)
LEADS = ("i am a ", "i am ", "i feel ", "at ", "on ")


def _made_up_field(choose: Chooser) -> Field:
    """A field nobody thought of: its noun can only be copied from the goal."""
    noun = choose.any(MADE_UP_NOUNS).format(fillings.word(choose))
    return Field(noun, ("what is " + noun, "tell me " + noun), choose.any(MADE_UP_ANSWERS))


def draw_field(choose: Chooser) -> Field:
    """A field to ask for; half of the test's are fields that training never names."""
    if choose.split.held_wordings and choose.chance(0.5):
        return choose.any(list(HELD_FIELDS.values()))
    if choose.chance(0.3):
        return _made_up_field(choose)
    return choose.any(list(FIELDS.values()))


def goal_line(field: Field) -> str:
    """The line of the system prompt that names the goal."""
    return f"Goal: {field.noun}."


def verdict(field: Field, enough: bool) -> str:
    """The judge's answer as compact JSON text."""
    question = "" if enough else f"Could you tell me {field.noun}?"
    return json.dumps({"verdict": "enough" if enough else "follow_up", "question": question})


def judge_turn(choose: Chooser, field: Field) -> Turn:
    """One question, one answer, and the verdict on it."""
    enough = choose.chance(0.5)
    if enough:
        answer = choose.any(FRAMES).format(field.answer(choose))
    else:
        answer = choose.way(EVASIONS) if choose.chance(0.85) else unknown_question(choose)
    user = f"Question: {choose.any(field.questions)}\nAnswer: {answer}"
    return Turn("judge enough" if enough else "judge follow-up", user, verdict(field, enough), plain=True)


def summary_turn(choose: Chooser) -> Turn:
    """Fields as "key: value" lines, and one sentence that names them all."""
    fields = {**FIELDS, **HELD_FIELDS} if choose.split.held_wordings else FIELDS
    lines, parts = [], []
    for key in choose.rng.sample(list(fields), choose.between(1, 5)):
        value = fields[key].answer(choose)
        for lead in LEADS:
            value = value.removeprefix(lead)
        key = key if choose.chance(0.7) else fillings.made_up(choose)
        lines.append(f"{key}: {value}")
        parts.append(f"{key} is {value}")
    joined = parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
    return Turn("summary", "\n".join(lines), f"To sum up, {joined}.", plain=True)
