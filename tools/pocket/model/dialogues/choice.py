"""Chance with a test set kept apart: some wordings and some fillings are never seen in training."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from .grammar import Either, parse
from .texts import HELD, SHOWN

T = TypeVar("T")
HELD_ONE_IN = 8  # of the fillings of an open list


@dataclass(frozen=True)
class Split:
    """Which half of the language a dialogue is drawn from."""

    held_wordings: bool = False
    held_fillings: bool = False


SPLITS = {
    "train": Split(),
    "wordings": Split(held_wordings=True),
    "fillings": Split(held_fillings=True),
    "held": Split(held_wordings=True, held_fillings=True),
}


@dataclass(frozen=True)
class Wordings:
    """Ways to say one thing: a grammar to train with, and sentences for the test only."""

    shown: Either
    held: tuple[str, ...] = ()


def ways(name: str, **words: str) -> Wordings:
    """The wordings of a group's name, with these words in the place of their names."""
    shown, held = SHOWN[name], HELD.get(name, ())
    for placeholder, word in words.items():
        shown = shown.replace(f"{{{placeholder}}}", word)
        held = tuple(text.replace(f"{{{placeholder}}}", word) for text in held)
    return Wordings(parse(shown), held)


def is_held(filling: str) -> bool:
    """Whether a filling belongs to the test; a checksum keeps the answer the same everywhere."""
    return zlib.crc32(filling.encode()) % HELD_ONE_IN == 0


class Chooser:
    """Draws wordings and fillings from one side of the split."""

    def __init__(self, seed: str, split: Split) -> None:
        self.rng = random.Random(seed)
        self.split = split

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.rng.random() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self.rng.randint(low, high)

    def any(self, options: Sequence[T]) -> T:
        """One of a closed list, the same in training and in the test."""
        return self.rng.choice(options)

    def way(self, wordings: Wordings) -> str:
        """One wording from this side of the split; training gets none with one of the test's within."""
        if self.split.held_wordings and wordings.held:
            return self.rng.choice(wordings.held)
        while True:
            text = wordings.shown.draw(self.rng)
            if not any(f" {held} " in f" {text} " for held in wordings.held):
                return text

    def filling(self, options: Sequence[str]) -> str:
        """One of an open list, from this side of the split."""
        while True:  # every open list is long enough to have both kinds
            option = self.rng.choice(options)
            if is_held(option) == self.split.held_fillings:
                return option
