from __future__ import annotations

import struct
from pathlib import Path

import pytest

from pipit.errors import WeightsError
from pipit.models.automaton import automaton
from pipit.models.fst_file import FST_MAGIC, fst_bytes, has_output_words, output_words
from pipit.models.load import Weights
from pipit.models.phrases import Alt, Seq, Words


def text(value: str) -> bytes:
    return struct.pack("<i", len(value.encode())) + value.encode()


def table(*words: str) -> bytes:
    entries = b"".join(text(word) + struct.pack("<q", number) for number, word in enumerate(words))
    return struct.pack("<i", 2125658996) + text("words") + struct.pack("<qq", len(words), len(words)) + entries


def graph(flags: int, *tables: bytes) -> bytes:
    """The beginning of a graph, as OpenFst writes it."""
    head = struct.pack("<i", FST_MAGIC) + text("ngram") + text("standard")
    return head + struct.pack("<iiQqqq", 4, flags, 3, 0, 1, 0) + b"".join(tables) + bytes(20)


def test_the_bytes_of_a_small_grammar() -> None:
    phrase = Seq((Alt((Words("b"), Words("a"))), Words("c")))
    data = fst_bytes(automaton(phrase), {"a": 5, "b": 3, "c": 9})
    head = struct.pack("<i", FST_MAGIC) + text("vector") + text("standard")
    assert data.startswith(head + struct.pack("<ii", 2, 0))
    start, states, arcs = struct.unpack_from("<qqq", data, len(head) + 16)
    assert (start, states, arcs) == (0, 3, 3)
    first = data[len(head) + 40 :]
    assert struct.unpack_from("<fq", first) == (float("inf"), 2)
    labels = [struct.unpack_from("<iifi", first, 12 + 16 * n)[:3] for n in range(2)]
    assert labels == [(3, 3, 0.0), (5, 5, 0.0)], "sorted by number"
    assert len(first) == 3 * 12 + 3 * 16


def test_words_within_a_graph(tmp_path: Path) -> None:
    path = tmp_path / "Gr.fst"
    path.write_bytes(graph(3, table("in"), table("<eps>", "naïve")))
    assert has_output_words(path)
    assert output_words(path) == {"<eps>": 0, "naïve": 1}
    path.write_bytes(graph(0))
    assert not has_output_words(path)
    assert output_words(path) == {}


@pytest.mark.parametrize("size", [3, 40, 90])
def test_a_graph_cut_within_its_words(tmp_path: Path, size: int) -> None:
    path = tmp_path / "Gr.fst"
    path.write_bytes(graph(2, table("<eps>", "one"))[:size])
    with pytest.raises(WeightsError, match="incomplete"):
        output_words(path)


def test_what_is_no_graph(tmp_path: Path) -> None:
    path = tmp_path / "Gr.fst"
    path.write_bytes(b"<html>no such page</html>")
    with pytest.raises(WeightsError, match="not an OpenFst graph"):
        has_output_words(path)


def test_the_pocket_recognizers_graphs_have_no_words(weights: Weights) -> None:
    assert not has_output_words(weights.recognizer / "graph/Gr.fst")
