"""Words letter by letter, and their letters counted."""

from __future__ import annotations

import re

from pipit.fsm.fields import counting
from pipit.fsm.intents.asked import Asked
from pipit.fsm.intents.numbers import capitalised

_WORD = r"(?:the (?:word|name) )?"
_SPELL = re.compile(
    rf"^(?:(?:how (?:do|would|should|can|could) (?:you|i|we|one) )?spell (?:out )?{_WORD}"
    rf"|how (?:is|was) {_WORD}(?=.* spelled$)|how to spell {_WORD}|how (?:you|to) spell {_WORD}"
    rf"|(?:what is )?the spelling (?:of|for) {_WORD})(.+)$"
)
_LETTERS = re.compile(
    rf"^how many letters (?:(?:are there|are|is|does|do|has|have) )?(?:in )?{_WORD}(.+?)(?: have| has| contain)?$"
)
_OFTEN = re.compile(
    rf"^how (?:many (?:times|letters)|often) (?:does|do|is) (?:the letter )?([a-z])"
    rf" (?:(?:occur|occurs|appear|there|come up) )?in {_WORD}(\w+)$"
    rf"|^how many (?:letter )?([a-z])(?:'?s)? (?:(?:are there|are|is|does|do) )?(?:in )?{_WORD}(\w+)(?: have)?$"
)
_MOST_WORDS = 3
_NOT_WORDS = frozenset(
    "it that this them these those my your his her our their me you him us something anything everything words"
    " a an any better well correctly the each every letters".split()
)
_SIGNS = {"'": "apostrophe", "\u2019": "apostrophe"}


def spelling(asked: Asked) -> str | None:
    """Answer how a word is spelled, or how many letters it has."""
    text = asked.text
    if (found := _SPELL.match(text)) and (words := _words(found.group(1).removesuffix(" spelled"))):
        return spelled(words)
    if (found := _OFTEN.match(text)) and (word := found.group(2) or found.group(4)):
        return _often(found.group(1) or found.group(3), word)
    if (found := _LETTERS.match(text)) and (words := _words(found.group(1))):
        return _counted(words)
    return None


def spelled(words: tuple[str, ...]) -> str:
    """Return words letter by letter, with a short pause after each letter."""
    letters = "; then ".join(", ".join(_letter(sign) for sign in word) for word in words)
    return f"{capitalised(' '.join(words))} is spelled {letters}."


def _letter(sign: str) -> str:
    return _SIGNS.get(sign) or (sign.upper() if len(sign.upper()) == 1 else sign)


def _words(text: str) -> tuple[str, ...] | None:
    words = tuple(text.split())
    if text == "your name":
        return ("pipit",)
    return words if 0 < len(words) <= _MOST_WORDS and not _NOT_WORDS & {*words} else None


def _counted(words: tuple[str, ...]) -> str | None:
    if len(words) != 1 or words[0] == "alphabet":
        return None
    count = sum(sign.isalpha() for sign in words[0])
    return f"{capitalised(words[0])} has {counting.in_words(count)} letter{'' if count == 1 else 's'}."


def _often(letter: str, word: str) -> str:
    count = word.count(letter)
    if not count:
        return f"There is no {letter.upper()} in {word}."
    times = {1: "once", 2: "twice"}.get(count, f"{counting.in_words(count)} times")
    return f"The letter {letter.upper()} occurs {times} in {word}."
