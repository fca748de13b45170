"""What may be said, as a recogniser can take it: words, one after the other, either, or left out."""

from __future__ import annotations

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
