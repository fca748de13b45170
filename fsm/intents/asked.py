"""What was asked, and in which situation: all that an intent may look at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from pipit.fsm.fields.hearing import hear
from pipit.fsm.intents.shells import core, orders, questions
from pipit.fsm.memory import Exchange

_MOST_WORDS = 120
_LONGEST = 1_000
_SIGNS: dict[str, str] = {
    r"(?<=\d)\s*\+\s*(?=\d)": " plus ",
    r"(?<=\d)\s*[*×]\s*(?=\d)": " times ",
    r"(?<=\d)\s*÷\s*(?=\d)|(?<=\d)\s+/\s+(?=\d)": " divided by ",
    r"(?<=\d)\s+[-\u2212]\s+(?=\d)": " minus ",
}
_TYPED = tuple((re.compile(sign), said) for sign, said in _SIGNS.items())
"""Signs that people type between numbers; what is heard has none."""

_SHORT: dict[str, tuple[str, ...]] = {
    f"{word}'s": (word, "is") for word in "what who how when where which that it".split()
}
_SHORT |= {"whats": ("what", "is"), "i'd": ("i", "would"), "i've": ("i", "have"), "you've": ("you", "have")}
_SHORT |= {"they're": ("they", "are"), "spelt": ("spelled",)}

_STUTTERED = frozenset("a an the to for is are was my me in on it i what how you do of and can tell".split())
"""Words that are heard twice when a person hesitates."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Where and when something is asked. ``now`` is None where there is no clock."""

    now: datetime | None = None
    exchanges: tuple[Exchange, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    """What was found out in the running session: names and values, as they are said."""
    model: str = "a language model"
    """What the model in the background is, after ``I am`` or ``with``."""
    draw: Callable[[int], int] = lambda sides: 0
    """Returns a whole number from 0 up to, not including, the one it is given: chance."""
    in_role: bool = False
    """Whether a flow's author made another person of Pipit: who that is the model knows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a sentence, without the politeness around them."""

    words: tuple[str, ...]
    typed: tuple[bool, ...]
    """Whether each word comes from digits."""
    situation: Situation
    whole: tuple[str, ...] = ()
    """The sentence with its politeness."""

    @property
    def text(self) -> str:
        """The words as one text."""
        return " ".join(self.words)

    @property
    def questions(self) -> tuple[str, ...]:
        """What the sentence may ask, with less and less around it."""
        return questions(" ".join(self.whole), self.text)

    @property
    def orders(self) -> tuple[str, ...]:
        """What the sentence may order, with less and less around it."""
        return orders(" ".join(self.whole))


def asked(said: str, situation: Situation) -> Asked | None:
    """Take a sentence apart; None for one that is too long to be a question, or holds no words."""
    if len(said) > _LONGEST:
        return None
    for sign, word in _TYPED:
        said = sign.sub(word, said)
    heard = hear(said)
    said_or_typed = zip(heard.words, heard.typed, strict=True)
    pairs = list(_once((part, typed) for word, typed in said_or_typed for part in long_form(word)))
    if not 0 < len(pairs) <= _MOST_WORDS:
        return None
    whole = tuple(word for word, _ in pairs)
    start, end = core(" ".join(whole))
    return Asked(whole[start:end], tuple(typed for _, typed in pairs[start:end]), situation, whole)


def long_form(word: str) -> tuple[str, ...]:
    """Return ``what is`` for ``what's``: a word as intents know it."""
    return _SHORT.get(word, (word,))


def _once(pairs: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    before = ""
    for word, typed in pairs:
        if word != before or word not in _STUTTERED:
            yield word, typed
        before = word
