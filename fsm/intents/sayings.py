"""Sentences written as in flow files, made one expression a name: however many they are, few steps tell them apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_PIECE = re.compile(r"[^\s\[\]()|]+|[\[\]()|]")
_MEANT = {"[": "(?:", "(": "(?:", "]": ")?", ")": ")", "|": "|"}
_LONGEST = 100
"""No sentence of a table has more letters."""


class Sayings:
    """A table of names and what is said for each: words, ``[left out]``, ``(this|that)``, and ``|`` at the top."""

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self._forms = {name: re.compile("".join(map(_form, _PIECE.findall(text)))) for name, text in patterns.items()}

    def named(self, texts: Iterable[str]) -> str | None:
        """Return the name of the first of some texts that is, as a whole, a sentence of the table."""
        for text in texts:
            if len(text) <= _LONGEST:
                for name, form in self._forms.items():
                    if form.fullmatch(f"{text} "):
                        return name
        return None


def _form(piece: str) -> str:
    """Return an expression for a sign or a word; a space follows every word."""
    return _MEANT.get(piece) or f"{re.escape(piece)} "
