"""Things to be done and things to be said again, put together from fillings."""

from __future__ import annotations

from collections.abc import Callable

from . import fillings
from .choice import Chooser, ways
from .spoken import number

ERRANDS = ways("errands")
"""Things to be done, put together."""
SAYINGS = ways("sayings")
"""Things to be said after the person."""
DRAWS: dict[str, Callable[[Chooser], str]] = {
    "adj": lambda choose: choose.any(fillings.ADJECTIVES),
    "animal": lambda choose: choose.any(fillings.ANIMALS),
    "city": fillings.city,
    "colour": lambda choose: choose.filling(fillings.COLOURS),
    "drink": lambda choose: choose.filling(fillings.DRINKS),
    "food": lambda choose: choose.filling(fillings.FOODS),
    "hobby": lambda choose: choose.filling(fillings.HOBBIES),
    "job": lambda choose: choose.filling(fillings.JOBS),
    "kin": lambda choose: choose.any(fillings.KIN),
    "name": fillings.name,
    "noun": lambda choose: choose.any(fillings.NOUNS),
    "number": lambda choose: number(choose.between(0, 99)),
    "past": lambda choose: choose.any(fillings.PAST),
    "place": lambda choose: choose.filling(fillings.PLACES),
    "thing": lambda choose: fillings.made_up(choose) if choose.chance(0.2) else choose.filling(fillings.THINGS),
    "verb": lambda choose: choose.any(fillings.VERBS),
    "word": fillings.word,
}
"""How the placeholder of each name is filled; a digit behind the name tells several apart."""


class _Fillings(dict[str, str]):
    """Draws what a text names when it is asked for, and the same for the same name."""

    def __init__(self, choose: Chooser) -> None:
        super().__init__()
        self.choose = choose

    def __missing__(self, name: str) -> str:
        self[name] = DRAWS[name.rstrip("0123456789")](self.choose)
        return self[name]


def fill(choose: Chooser, text: str) -> str:
    """The text with its placeholders filled."""
    return text.format_map(_Fillings(choose))


def task(choose: Chooser) -> str:
    """Something to be done: from the list, or put together, but never what the list holds for the test."""
    if choose.chance(0.25):
        return choose.filling(fillings.TASKS)
    while True:
        errand = fill(choose, choose.way(ERRANDS))
        if errand not in fillings.TASKS:
            return errand


def odd(choose: Chooser) -> str:
    """Words that follow each other with little meaning, two to eight."""
    if choose.chance(0.5):
        return (
            f"the {choose.any(fillings.ADJECTIVES)} {choose.any(fillings.NOUNS)} {choose.any(fillings.VERBS)} "
            f"the {choose.any(fillings.ADJECTIVES)} {choose.any(fillings.NOUNS)}"
        )
    return " ".join(fillings.word(choose) for _ in range(choose.between(2, 5)))


def phrase(choose: Chooser) -> str:
    """Something to be repeated, one to ten words."""
    return fill(choose, choose.way(SAYINGS)) if choose.chance(0.5) else odd(choose)
