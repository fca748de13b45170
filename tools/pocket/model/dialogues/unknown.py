"""What the model cannot answer: questions about the world, sums, spelling, and words without a meaning."""

from __future__ import annotations

from . import fillings
from .choice import Chooser, ways
from .scene import DONT_KNOW, UNCLEAR, Scene, Turn
from .spoken import number

UNKNOWN = ways(
    "what is the capital of {city} | who is the president of {city} | "
    "what's the weather like in {city} | will it rain tomorrow | who won the {x} game last night | "
    "how far is {city} from {other} | how tall is the {x} tower | when was {name} {y} born | "
    "who wrote {x} {y} | play some music by {name} | what is the price of {x} | "
    "how many people live in {city} | what's in the news | tell me about {x} history | "
    "what does {x} mean | how do i cook {food} | translate {x} into french | who invented the {x} | "
    "why is the {x} {adj} | what is the best {x} in {city} | book a table in {city} | call {name} | "
    "send a message to {name} | how old is {name} {y} | is {x} better than {y} | "
    "what is the weather today | what's the score of the {x} match | where can i buy {food} | "
    "which {x} has the most {y} | explain {x} to me | how does a {x} work | who discovered {x} | "
    "what causes {x} | order a {food} for me | find a {x} near {city} | how deep is the {x} sea | "
    "when does the train to {city} leave | search the internet for {x} | what is {a} plus {b} | "
    "how much is {a} times {b} | what is {a} minus {b} | what's {a} and {b} | calculate {a} times {b} | "
    "what is {a} divided by {b} | spell {x} | how do you spell {x} | how is {x} spelled | "
    "what is a {x} | what is {x} | why do {x} {y} | how many {x} are in a {y} | "
    "what is the meaning of life | who is the king of {city} | what is the biggest {x} in the world | "
    "is it cold in {city}",
    held=(
        "what is the population of {city} | who is {name} {y} | what's the temperature outside | "
        "who painted the {x} | how much does a {x} cost | when did the {x} war end | "
        "read me the news about {x} | what language do they speak in {city} | add {a} and {b} | "
        "what letters are in {x} | {a} plus {b}"
    ),
)
SALAD = "the a of in to and it that for was with on at but".split()


def unknown_question(choose: Chooser) -> str:
    """A question that a tiny offline model has no answer to."""
    return choose.way(UNKNOWN).format(
        city=fillings.city(choose),
        other=fillings.city(choose),
        name=fillings.name(choose),
        x=fillings.word(choose),
        y=fillings.word(choose),
        food=choose.filling(fillings.FOODS),
        adj=choose.any(fillings.ADJECTIVES),
        a=number(choose.between(0, 120)),
        b=number(choose.between(0, 120)),
    )


def unknown(scene: Scene) -> Turn:
    """A question about the world, a sum, a word to spell: not for this model."""
    return Turn("unknown", unknown_question(scene.choose), DONT_KNOW)


def unclear(scene: Scene) -> Turn:
    """Words without a meaning, as from a recogniser that heard noise."""
    choose, manner = scene.choose, scene.choose.rng.random()
    if manner < 0.3:
        user = fillings.phrase(choose)
    elif manner < 0.8:
        mixed = fillings.NOUNS + fillings.ADJECTIVES + fillings.VERBS + SALAD * 2
        user = " ".join(choose.any(mixed) for _ in range(choose.between(2, 7)))
    else:
        user = " ".join(fillings.made_up(choose) for _ in range(choose.between(1, 3)))
    return Turn("unclear", user, UNCLEAR, plain=True)
