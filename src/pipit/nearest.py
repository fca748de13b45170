"""What somebody may have meant by a name that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Collection

_ALIKE = 0.6
"""Ratio of letters in common from which on a name is taken for a misspelling of another."""


def nearest_key(key: str, known: Collection[str]) -> str:
    """Return the known key that is most like ``key``, or nothing.

    Its last part alone finds one in the wrong section, or in none; between equals both together decide.
    """

    def likeness(name: str) -> tuple[float, float]:
        tails = difflib.SequenceMatcher(None, key.rpartition(".")[2], name.rpartition(".")[2]).ratio()
        whole = difflib.SequenceMatcher(None, key, name).ratio()
        return max(tails, whole), tails + whole

    best = max(sorted(known), key=likeness, default="")
    return best if best and likeness(best)[0] >= _ALIKE else ""
