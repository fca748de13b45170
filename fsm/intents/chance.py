"""Coins, dice and numbers by chance."""

from __future__ import annotations

import re
from functools import cache

from pipit.fsm.fields import counting, numerals
from pipit.fsm.intents.asked import Asked
from pipit.fsm.intents.sayings import Sayings

_SAYINGS = {
    "coin": "(flip|toss|throw) (a|the) coin | heads or tails | coin (flip|toss)",
    "die": "(roll|throw) (a|the|one) (die|dice) | roll the dice | roll dice",
    "number": "(pick|choose|give me|say|draw|generate|think of) a [random] number | [a] random number",
}
_DICE = re.compile(r"^(?:roll|throw) (\w+) dice$")
_SIDES = re.compile(r"^(?:roll|throw) a (.+?) sided (?:die|dice)$")
_RANGE = re.compile(
    r"^(?:(?:pick|choose|give me|say|draw|generate|think of) )?a (?:random )?number (?:between|from) (.+)$"
    r"|^random number (?:between|from) (.+)$"
)
_MOST_DICE = 6
_LARGEST = 10**9


@cache
def _sayings() -> Sayings:
    return Sayings(_SAYINGS)


def chance(asked: Asked) -> str | None:
    """Let chance decide."""
    text, draw = asked.text, asked.situation.draw
    match _sayings().named([text]):
        case "coin":
            return f"It's {('heads', 'tails')[draw(2)]}."
        case "die":
            return f"It's a {counting.in_words(1 + draw(6))}."
        case "number":
            return f"My number is {counting.in_words(1 + draw(100))}."
    if found := _DICE.match(text):
        return _dice(asked, found.group(1))
    if found := _SIDES.match(text):
        return _sides(asked, found.group(1).split())
    found = _RANGE.match(text)
    return _between(asked, (found.group(1) or found.group(2)).split()) if found else None


def _dice(asked: Asked, many: str) -> str | None:
    count = numerals.ONES.get(many, 0)
    if not 2 <= count <= _MOST_DICE:
        return None
    eyes = [1 + asked.situation.draw(6) for _ in range(count)]
    said = [counting.in_words(each) for each in eyes]
    return f"{', '.join(said[:-1]).capitalize()} and {said[-1]}: {counting.in_words(sum(eyes))} together."


def _sides(asked: Asked, words: list[str]) -> str | None:
    found = numerals.below_hundred(words, 0)
    if found is None or found[1] != len(words) or found[0] < 2:
        return None
    return f"It's {counting.in_words(1 + asked.situation.draw(found[0]))}."


def _between(asked: Asked, words: list[str]) -> str | None:
    for at, word in enumerate(words):
        low, high = numerals.number(words[:at], 0), numerals.number(words[at + 1 :], 0)
        whole = low and high and low[1] == at and high[1] == len(words) - at - 1
        if word not in ("and", "to") or not low or not high or not whole:
            continue
        first, last = sorted((low[0], high[0]))
        if first.denominator != 1 or last.denominator != 1 or last - first >= _LARGEST:
            return None
        return f"My number is {counting.in_words(int(first) + asked.situation.draw(int(last - first) + 1))}."
    return None
