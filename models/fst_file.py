"""OpenFst's files, as far as a recogniser's grammar needs them: writing one, and the words inside one.

Written after OpenFst 1.8's ``fst/fst.cc`` (header), ``fst/vector-fst.h`` and ``fst/symbol-table.cc``; all
numbers are little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from pipit.models.automaton import Automaton
from pipit.models.checks import truncated, wrong_format

FST_MAGIC = 2125659606
_SYMBOLS_MAGIC = 2125658996
_VERSION = 2
_HAS_INPUT_SYMBOLS, _HAS_OUTPUT_SYMBOLS = 1, 2
_EXPANDED, _MUTABLE, _ACCEPTOR, _INPUT_SORTED, _OUTPUT_SORTED = 1, 2, 1 << 16, 1 << 28, 1 << 30
_NO_END = float("inf")
_LONGEST_NAME = 1 << 12


def fst_bytes(grammar: Automaton, ids: Mapping[str, int]) -> bytes:
    """Return ``grammar`` as a file of type ``vector``: no costs, ``ids`` of the words as labels, arcs sorted."""
    properties = _EXPANDED | _MUTABLE | _ACCEPTOR | _INPUT_SORTED | _OUTPUT_SORTED
    parts = [
        struct.pack("<i", FST_MAGIC),
        _name("vector"),
        _name("standard"),
        struct.pack("<iiQqqq", _VERSION, 0, properties, 0, len(grammar.arcs), grammar.size),
    ]
    for state, arcs in enumerate(grammar.arcs):
        parts.append(struct.pack("<fq", 0.0 if state in grammar.ends else _NO_END, len(arcs)))
        labels = sorted((ids[word], end) for word, end in arcs.items())
        parts += [struct.pack("<iifi", label, label, 0.0, end) for label, end in labels]
    return b"".join(parts)


def has_output_words(path: Path) -> bool:
    """Whether a graph brings the table of its output words along; raises ``WeightsError`` when it is none."""
    with path.open("rb") as file:
        return bool(_flags(_Reader(file, path)) & _HAS_OUTPUT_SYMBOLS)


def output_words(path: Path) -> dict[str, int]:
    """Return the table of output words that a graph brings along, empty when it has none.

    Raises ``WeightsError`` when the file is no graph or ends within the table.
    """
    with path.open("rb") as file:
        reader = _Reader(file, path)
        flags = _flags(reader)
        if flags & _HAS_INPUT_SYMBOLS:
            reader.table()
        return reader.table() if flags & _HAS_OUTPUT_SYMBOLS else {}


def _flags(reader: _Reader) -> int:
    """Read the header."""
    if reader.number("<i") != FST_MAGIC:
        raise wrong_format(reader.path, "not an OpenFst graph")
    for _ in ("type of graph", "type of arcs"):
        reader.name()
    _version, flags = reader.number("<i"), reader.number("<i")
    for _ in ("properties", "start", "states", "arcs"):
        reader.number("<q")
    return flags


class _Reader:
    """Takes a file's values one after the other."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file, self.path = file, path

    def number(self, form: str) -> int:
        data = self._take(struct.calcsize(form))
        return int(struct.unpack(form, data)[0])

    def name(self) -> str:
        length = self.number("<i")
        if not 0 <= length <= _LONGEST_NAME:
            raise wrong_format(self.path, "its words make no sense", "fetch it again")
        return self._take(length).decode("utf-8", "replace")

    def table(self) -> dict[str, int]:
        if self.number("<i") != _SYMBOLS_MAGIC:
            raise wrong_format(self.path, "its words make no sense", "fetch it again")
        self.name(), self.number("<q")
        return {self.name(): self.number("<q") for _ in range(self.number("<q"))}

    def _take(self, count: int) -> bytes:
        data = self._file.read(count)
        if len(data) < count:
            raise truncated(self.path, "its beginning is cut")
        return data


def _name(text: str) -> bytes:
    return struct.pack("<i", len(text)) + text.encode()
