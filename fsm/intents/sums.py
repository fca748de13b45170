"""Sums: what is asked, calculated and said."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from pipit.fsm.fields.numerals import NUMBER_WORDS
from pipit.fsm.intents.arithmetic import Impossible, NoSum, Sum, quotient
from pipit.fsm.intents.asked import Asked
from pipit.fsm.intents.numbers import capitalised, in_words

_ASK = re.compile(
    r"^(?:what (?:do|will) (?:you|i|we) get (?:if|when) (?:you|i|we)|what (?:is|are|does|do|was|would be|makes)"
    r"|how much (?:is|are|does|do)|calculate|compute|work out|solve|figure out|what(?=.* (?:is|makes)$))(?: |$)"
)
_RESULT = re.compile(r"^(?:the )?(?:result|answer|value|solution) (?:of|to) ")
_END = re.compile(
    r" (?:equals? what|is what|makes? what|is how much|makes? how much|is equal to|equals?|makes?|come to|give|is)$"
)
_ORDERS: dict[str, tuple[tuple[str, ...], Callable[[Fraction, Fraction], Fraction]]] = {
    "add": (("and", "to", "plus"), lambda a, b: a + b),
    "subtract": (("from",), lambda a, b: b - a),
    "take": (("away from", "from"), lambda a, b: b - a),
    "multiply": (("by", "with", "and", "times"), lambda a, b: a * b),
    "divide": (("by",), quotient),
}
_X = re.compile(r"\bx\b")
_MOST_WORDS_AGAIN = 16
_ONE = NUMBER_WORDS | {"half", "third", "quarter", "quarters", "dozen"}


def sums(asked: Asked) -> str | None:
    """Answer a sum: with its own words, as long as they are few."""
    if not any(word in _ONE or word.endswith(("th", "ths", "thirds")) for word in asked.words):
        return None
    text, is_question = _without_asking(asked.text)
    words = text.split()
    try:
        try:
            result = in_words(_calculated(words, is_question))
        except NoSum:
            return f"That makes {in_words(_ordered(words))}."
    except NoSum:
        return None
    except Impossible as impossible:
        return str(impossible)
    if len(words) > _MOST_WORDS_AGAIN:
        return f"That makes {result}."
    return f"{capitalised(_X.sub('times', text))} is {result}."


def _without_asking(text: str) -> tuple[str, bool]:
    ask = _ASK.match(text)
    text = text[ask.end() :] if ask else text
    text = _RESULT.sub("", text)
    return _END.sub("", text), bool(ask)


def _calculated(words: Sequence[str], with_and: bool) -> Fraction:
    try:
        return Sum(words).whole()
    except NoSum:
        if not with_and:
            raise
        return Sum(words, with_and=True).whole()


def _ordered(words: Sequence[str]) -> Fraction:
    """Do what is ordered: ``add five to three``, ``take two from nine``, ``square seven``."""
    verb, rest = (words[0] if words else ""), list(words[1:])
    if verb == "square":
        return Sum([*rest, "squared"]).whole()
    if verb == "halve":
        return Sum(["half", "of", *rest]).whole()
    if verb not in _ORDERS:
        raise NoSum
    links, join = _ORDERS[verb]
    for link in links:
        for at in range(1, len(rest)):
            if " ".join(rest[at : at + link.count(" ") + 1]) == link:
                found = _joined(rest[:at], rest[at + link.count(" ") + 1 :], join)
                if found is not None:
                    return found
    raise NoSum


def _joined(
    first: Sequence[str], second: Sequence[str], join: Callable[[Fraction, Fraction], Fraction]
) -> Fraction | None:
    try:
        readers = Sum(first, with_and=True), Sum(second, with_and=True)
        one, other = (reader.end(reader.total()) for reader in readers)
    except NoSum:
        return None
    return join(one, other)
