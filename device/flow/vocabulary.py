"""The words that the recogniser in use can hear."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipit.device.config import Settings


def heard_words(settings: Settings) -> frozenset[str] | None:
    """Return every word of the recogniser's list; None where it has none that can be read."""
    from pipit.device.engines import SCRIPTED, weights_for

    if settings.engines.weights == SCRIPTED:
        return None
    return words_in(weights_for(settings.engines).recognizer / "graph" / "words.txt")


def words_in(path: Path) -> frozenset[str] | None:
    """Return the words of a ``words.txt``: one in each line, with its number."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    words = frozenset(line.split()[0] for line in lines if line.strip())
    return words or None
