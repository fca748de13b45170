"""What stays in mind of a session that has ended: a line by rule at once, and a better one by the model."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from pipit.fsm.fields.numerals import cardinal
from pipit.fsm.memory import Exchange
from pipit.fsm.script import Judge
from pipit.fsm.session.scene import Scene
from pipit.models.ports import Message

_SYSTEM = "You sum up a conversation in two short sentences."
_TOKENS = 80
_LONGEST = 1_500
_LONG, _LEAST, _SHARE = 4, 3, 0.6
"""Letters of a word that tells something; such words in a summary; how many of them must be known."""
_DIGITS = 18
"""Digits of a number at most; Python refuses to read endless ones."""


def summary_of(scene: Scene) -> str:
    """Return what is known, by rule: the fields as they are said, the answers, how many turns."""
    fields = [f"{name.replace('_', ' ')}: {scene.say_value(name)}" for name in scene.state.fields]
    answers = [f"{asked.text} {asked.answer}" for asked in scene.state.asked if asked.answer]
    turns = f"{scene.state.turns} turns" if scene.state.turns != 1 else "1 turn"
    return f"{scene.flow.title}, {turns}. {'; '.join([*fields, *answers])}".strip(" .") + "."


def believable(text: str, scene: Scene) -> bool:
    """Tell whether a summary is about this session: most of what it tells was said, heard or found out.

    Small models answer the wish for a summary with whatever they know well, or miscopy a name or a number; better
    none than that.
    """
    return is_of(text, scene.state.exchanges, summary_of(scene))


def is_of(text: str, exchanges: Iterable[Exchange], also: str = "") -> bool:
    """Tell whether most words of a summary, and all names and numbers, were said or heard or are ``also`` known."""
    talk = " ".join(f"{exchange.said} {exchange.heard}" for exchange in exchanges)
    everything = f"{talk} {also}"
    known, told = _telling(everything), _telling(text)
    enough = len(told) >= _LEAST and len(told & known) >= _SHARE * len(told)
    return enough and _names(text) <= set(_words(everything)) and _numbers(text) <= _numbers(everything)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _telling(text: str) -> frozenset[str]:
    # the beginning of a word stands for all its forms
    return frozenset(word[:_LONG] for word in _words(text) if len(word) >= _LONG)


def _names(text: str) -> set[str]:
    """Return what has a capital without beginning a sentence."""
    return {name.lower() for name in re.findall(r"(?<!^)(?<![.!?] )\b[A-Z][^\W_]+", text)}


def _numbers(text: str) -> set[Fraction]:
    """Return the numbers from two on, however written; "one" is often none."""
    words, found, at = _words(text), set(), 0
    while at < len(words):
        digits = words[at] if words[at].isdecimal() and len(words[at]) <= _DIGITS else 0
        value, at = cardinal(words, at) or (Fraction(digits), at + 1)
        found.add(value)
    return found - {0, 1}


def summary_wanted(scene: Scene) -> Judge | None:
    """Ask the model for a summary of what was said and heard; None where nothing was."""
    return summing(scene.state.exchanges)


def summing(exchanges: Iterable[Exchange]) -> Judge | None:
    """Return what the model is asked for; the pocket model is taught these very words."""
    said = [exchange for exchange in exchanges if exchange.said]
    if not said:
        return None
    lines = [line for exchange in said for line in (f"Person: {exchange.said}", f"Assistant: {exchange.heard}")]
    return Judge((Message("system", _SYSTEM), Message("user", "\n".join(lines)[-_LONGEST:])), "", _TOKENS)
