"""Which words a Vosk model knows."""

from __future__ import annotations

from pathlib import Path

from pipit.models.fst_file import output_words
from pipit.models.vosk_files import check_vosk_folder, graph_with_words

_NO_WORDS = ("<", "[", "#", "!")
"""What marks begin with: ``<eps>``, ``[unk]``, ``#0``, ``!SIL``."""


def heard_words(path: Path) -> frozenset[str]:
    """Return every word that the recogniser in the folder ``path`` can hear; raises ``WeightsError``."""
    check_vosk_folder(path)
    graph = graph_with_words(path)
    words = output_words(graph) if graph else _listed(path / "graph/words.txt")
    return frozenset(word for word in words if not word.startswith(_NO_WORDS))


def _listed(path: Path) -> list[str]:
    lines = path.read_text("utf-8", "replace").splitlines()
    return [line.split()[0] for line in lines if line.strip()]
