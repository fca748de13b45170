"""What may be said, as a recogniser can take it: words, one after the other, either, or left out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Words:
    """Words in a row, lower case, separated by single spaces; none at all is allowed."""

    text: str


@dataclass(frozen=True, slots=True)
class Seq:
    """Parts one after the other."""

    parts: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Alt:
    """One of several."""

    options: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Opt:
    """Said or left out."""

    part: Phrase


@dataclass(frozen=True, slots=True)
class Slot:
    """A part that has a meaning of its own: what is said here belongs to the field ``name``."""

    name: str
    part: Phrase


Phrase: TypeAlias = Words | Seq | Alt | Opt | Slot


def words_of(phrase: Phrase) -> frozenset[str]:
    """Return every word of ``phrase``."""
    if isinstance(phrase, Words):
        return frozenset(phrase.text.split())
    return frozenset().union(*(words_of(part) for part in _parts(phrase)))


def unheard(phrase: Phrase, heard: Collection[str]) -> frozenset[str]:
    """Return the words of ``phrase`` that a recogniser which knows the words ``heard`` can never hear."""
    return frozenset(word for word in words_of(phrase) if word not in heard)


def without(phrase: Phrase, words: Collection[str]) -> Phrase | None:
    """Return ``phrase`` without the ways to say it that need one of ``words``; None when no way is left."""
    if isinstance(phrase, Words):
        return None if any(word in words for word in phrase.text.split()) else phrase
    if isinstance(phrase, Opt):
        part = without(phrase.part, words)
        return Words("") if part is None else Opt(part)
    parts = [without(part, words) for part in _parts(phrase)]
    left = tuple(part for part in parts if part is not None)
    if isinstance(phrase, Alt):
        return Alt(left) if left else None
    if len(left) < len(parts):
        return None
    return Slot(phrase.name, left[0]) if isinstance(phrase, Slot) else Seq(left)


def _parts(phrase: Seq | Alt | Opt | Slot) -> tuple[Phrase, ...]:
    if isinstance(phrase, Seq):
        return phrase.parts
    return phrase.options if isinstance(phrase, Alt) else (phrase.part,)
