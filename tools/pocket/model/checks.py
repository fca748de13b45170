"""Checks of a whole model: its tokenizer and the demo conversation."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

from dialogues import INTRODUCTION, Message, render, write
from dialogues.pieces import FACTS, JOKES, STORIES
from dialogues.smalltalk import CAN, WHO
from dialogues.spoken import title
from tokens import shipped_tokenizer

Say = Callable[[list[Message]], str | None]
Right = Callable[[str], bool]

CLOCK = "Now: Monday the third of May twenty twenty six, three forty two in the afternoon."
DEMO_NAMES = ("anna", "ben", "clara", "thomas", "mary", "peter", "sophie", "priya", "oliver", "zoe")
ROUNDS = 40  # shuffled conversations
ODD_CHARACTERS = (
    "äöüßéñçøłжщ日本語한국어😀👍🏽\u00a0\t\n '\"`~!@#$%^&*()_+-=[]{};:,.<>/?\\|0123456789²½ABCxyz's'll'T'RE      "
)


def _strings() -> Iterator[str]:
    """300 dialogues, and 200 strings of odd characters."""
    chance = random.Random(7)
    for seed in range(300):
        yield render(write(seed, "held").messages())
    for _ in range(200):
        yield "".join(chance.choice(ODD_CHARACTERS) for _ in range(chance.randint(1, 60)))


def tokenizer(path: Path, ids: Callable[[str], list[int]]) -> str:
    """How many of 500 strings llama.cpp splits otherwise than the trained tokenizer."""
    trained = shipped_tokenizer(path)
    differ = sum(trained.encode(text).ids != ids(text) for text in _strings())
    return f"tokenizer: {differ} of 500 strings differ"


def _among(*texts: str) -> Right:
    return lambda said: said in texts


def _demo_turns(name: str) -> list[tuple[str, Right]]:
    """What the demo's person says, and what is a right reply."""
    return [
        (f"hello my name is {name}", _among(f"Nice to meet you, {title(name)}. How can I help?")),
        ("turn on the living room lamp", _among("Okay, the living room lamp is on.")),
        ("tell me a story", _among(*STORIES)),
        ("what is my name", _among(f"Your name is {title(name)}.")),
        ("set a timer for ten minutes", _among("Timer set for ten minutes.")),
        ("tell me a joke", _among(*JOKES)),
        ("tell me a fact", _among(*FACTS)),
        ("what can you do", _among(CAN)),
        ("who are you", _among(WHO)),
        ("how are you", _among("I'm fine, thank you. How are you?")),
        ("thank you", _among("You're welcome.")),
        ("goodbye", _among("Goodbye!")),
    ]


def demo(say: Say) -> Iterator[str]:
    """The demo conversation, the model's own replies as its history, with and without the clock."""
    for system in (INTRODUCTION, f"{INTRODUCTION}\n{CLOCK}"):
        history, has_clock = [Message("system", system)], CLOCK in system
        time = "It's three forty two in the afternoon." if has_clock else "I don't know what time it is."
        turns = [*_demo_turns("anna"), ("what time is it", _among(time))]
        yield f"demo, {'with' if has_clock else 'without'} the clock:"
        for user, right in turns:
            history.append(Message("user", user))
            said = say(history) or ""
            history.append(Message("assistant", said))
            yield f"  {'ok   ' if right(said) else 'WRONG'} {user!r} -> {said!r}"


def _cut(text: str, chance: random.Random) -> str:
    words = text.split()
    return " ".join(words[: chance.randint(1, max(1, len(words) - 1))])


def _shuffled_round(say: Say, chance: random.Random, cuts: bool) -> Iterator[tuple[str, bool]]:
    """One conversation in any order; with cuts, half of the replies are heard only in part."""
    name = chance.choice(DEMO_NAMES)
    turns = _demo_turns(name)
    chance.shuffle(turns)
    told = False
    history = [Message("system", INTRODUCTION if chance.random() < 0.5 else f"{INTRODUCTION}\n{CLOCK}")]
    for user, usual in turns:
        is_early = user == "what is my name" and not told
        right = _among("You haven't told me your name yet.") if is_early else usual
        told = told or user.startswith("hello")
        history.append(Message("user", user))
        said = say(history)
        if said is None:
            return
        yield user.replace(name, "…"), right(said)
        history.append(Message("assistant", _cut(said, chance) if cuts and chance.random() < 0.5 else said))


def demo_shuffled(say: Say) -> Iterator[str]:
    """The demo's turns in shuffled orders, the model's own replies as history, whole and cut."""
    for cuts in (False, True):
        chance = random.Random(11)
        asked: dict[str, list[bool]] = {}
        for _ in range(ROUNDS):
            for user, good in _shuffled_round(say, chance, cuts):
                asked.setdefault(user, []).append(good)
        total = [good for results in asked.values() for good in results]
        yield f"demo shuffled, replies {'cut' if cuts else 'whole'}: {sum(total)}/{len(total)}"
        yield "  " + "  ".join(f"{user!r} {sum(results)}/{len(results)}" for user, results in asked.items())
