"""Conversions: how many of one unit are in an amount of another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from pipit.fsm.fields.units import Unit, ways
from pipit.fsm.intents.asked import Asked
from pipit.fsm.intents.measures import LONGEST, MEANT, amounts, converted, named
from pipit.fsm.intents.numbers import capitalised, rough

_HOW_MANY = re.compile(r"^how (?:many|much) ")
_LINK = re.compile(
    r"(?:(?:are there|is there|is|are|do you have|do i have|do we have|does|do|has|have|makes|make up|make|go) )?"
    r"(?:(?:in|into|to|per|for|of) )?"
)
_TAIL = re.compile(r" (?:have|has|make|equal|contain|last)$")
_ORDER = re.compile(r"^(?:convert|change|turn|translate|express|give me) ")
_ASK = re.compile(
    r"^(?:what (?:is|are|would be)|how (?:much|long|far|heavy|hot|cold|warm|fast|tall|high|big) (?:is|are)) "
)
_INTO = re.compile(r"^(.+) (?:converted (?:to|into)|expressed in|into|in|to|as) (.+)$")
_PROPER = {"celsius": "Celsius", "fahrenheit": "Fahrenheit", "centigrade": "Celsius"}
_PROPER |= {"american": "American", "british": "British", "us": "US"}
_DEGREES = {"celsius": "Celsius", "fahrenheit": "Fahrenheit"}
_QUALIFIED = frozenset({"imperial", "american", "us", "s", "british", "metric", "fluid"})


def conversions(asked: Asked) -> str | None:
    """Answer a conversion with the amount in the person's own words."""
    text, words = asked.text, asked.words
    if _HOW_MANY.match(text) and (many := _how_many(asked)) is not None:
        return many
    order = _ORDER.match(text) or _ASK.match(text)
    start = order.group().count(" ") if order else 0
    found = _INTO.match(" ".join(words[start:]))
    if found is None:
        return None
    end = start + found.group(1).count(" ") + 1
    return _said(words[start:end], asked.typed[start:end], found.group(2).split())


def _how_many(asked: Asked) -> str | None:
    words = asked.words
    for size in range(min(LONGEST, len(words) - 2), 0, -1):
        if not named(words[2 : 2 + size]):
            continue
        rest = " ".join(words[2 + size :])
        tail, link = _TAIL.search(rest), _LINK.match(rest)
        skipped = link.group().count(" ") if link else 0
        start, end = 2 + size + skipped, len(words) - (tail.group().count(" ") if tail else 0)
        answer = _said(words[start:end], asked.typed[start:end], words[2 : 2 + size])
        if answer is not None:
            return answer
    return None


def _said(words: Sequence[str], typed: Sequence[bool], wanted: Sequence[str]) -> str | None:
    if not words:
        return None
    for target in named(wanted):
        for found in amounts(words, typed, target):
            value = converted(found.value, found.unit, target) if found.unit else None
            if value is not None:
                return f"{capitalised(_own_words(words, found.unit))} is {_counted(value, target)}."
    return None


def _own_words(words: Sequence[str], source: Unit | None) -> str:
    """Return the person's words, with the name of a unit for its sign, and said which where there are several."""
    if source and words[-1] not in " ".join(ways(source)).split():
        words = [*words[:-1], source.many] if words[-1] == source.symbol.lower() else words
    said = []
    for at, word in enumerate(words):
        known = MEANT.get(word, word) if at == 0 or words[at - 1] not in _QUALIFIED else word
        said.append(_PROPER.get(known, known))
    text = " ".join(said).replace("fluid ounce", "imperial fluid ounce") if "fluid" in said else " ".join(said)
    text = text.replace("a imperial", "an imperial").replace("imperial imperial", "imperial")
    is_bare = source is not None and words[-1] in ("degree", "degrees")
    return f"{text} {_DEGREES.get(source.kind, '')}".strip() if source and is_bare else text


def _counted(value: Fraction, unit: Unit) -> str:
    name = unit.one if value == 1 else unit.many
    return f"{rough(value)} {name}" + (f" {_DEGREES[unit.kind]}" if unit.kind in _DEGREES else "")
