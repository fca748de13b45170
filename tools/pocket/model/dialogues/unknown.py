"""What the model cannot answer: questions about the world, sums, spelling, and words without a meaning."""

from __future__ import annotations

from . import errands, fillings
from .choice import Chooser, ways
from .scene import DONT_KNOW, UNCLEAR, Scene, Turn
from .spoken import number

UNKNOWN = ways("unknown")
SALAD = "the a of in to and it that for was with on at but".split()
CHATTER = ways("chatter")
"""Talk that asks for nothing."""


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
        noun=choose.any(fillings.NOUNS),
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
        user = errands.odd(choose)
    elif manner < 0.8:
        mixed = fillings.NOUNS + fillings.ADJECTIVES + fillings.VERBS + SALAD * 2
        user = " ".join(choose.any(mixed) for _ in range(choose.between(2, 7)))
    elif manner < 0.9:
        user = errands.fill(choose, choose.way(CHATTER))
    else:
        user = " ".join(fillings.made_up(choose) for _ in range(choose.between(1, 3)))
    return Turn("unclear", user, UNCLEAR, plain=True)
