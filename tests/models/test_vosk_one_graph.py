"""Models whose graph is of one piece, as big ones are: what is expected is looked for among several ways to hear."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import vosk

from pipit.models.automaton import automaton
from pipit.models.load import Weights
from pipit.models.phrases import Words
from pipit.models.vosk_decoder import Heard
from pipit.models.vosk_engine import NEAR, VoskRecognizer, among

from .hearing import DIGIT, PEOPLE, TRUCK, any_of, chunks, clip, hear, people


@pytest.fixture(scope="session")
def one_graph(weights: Weights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pocket recogniser with a graph of one piece, as big Vosk models have: every word at any time."""
    folder = tmp_path_factory.mktemp("one") / "graph"
    shutil.copytree(weights.recognizer, folder, ignore=shutil.ignore_patterns("*.fst", "disambig*"))
    data = (weights.recognizer / "graph/HCLr.fst").read_bytes()
    words = [line.split() for line in (folder / "graph/words.txt").read_text().splitlines()]
    unknown = next(int(number) for word, number in words if word == "[unk]")
    (folder / "graph/HCLG.fst").write_bytes(without_lookahead(data, unknown))
    return folder


def without_lookahead(data: bytes, unknown: int) -> bytes:
    """The ``const`` graph inside one of type ``olabel_lookahead``, its words at a cost as a language model's."""
    start = data.index(struct.pack("<ii", 2125659606, 5) + b"const")
    header = start + 4 + 4 + len("const") + 4 + len("standard")
    _, _, _, _, states, arcs = struct.unpack_from("<iiQqqq", data, header)
    first = header + struct.calcsize("<iiQqqq")
    body = np.frombuffer(data, "<i4", 5 * states + 4 * arcs, first).copy()
    arc = body[5 * states :].reshape(arcs, 4)
    cost = np.where(arc[:, 1] == unknown, 16.0, np.where(arc[:, 1] > 0, 7.0, 0.0)).astype(np.float32)
    arc[:, 2] = (np.ascontiguousarray(arc[:, 2]).view(np.float32) + cost).view(np.int32)
    return data[start:first] + body.astype("<i4").tobytes()


def test_vosk_itself_takes_no_list_of_phrases_where_the_graph_is_of_one_piece(
    one_graph: Path, weights: Weights, say: Callable[[str], bytes]
) -> None:
    """Why a sentence is looked for among several ways to hear instead."""
    words = {}
    for folder in (weights.recognizer, one_graph):
        alone = vosk.KaldiRecognizer(vosk.Model(model_path=str(folder)), 16_000, json.dumps(["yes", "no"]))
        alone.AcceptWaveform(say("twelve"))
        words[folder] = json.loads(alone.FinalResult())["text"]
    assert words[weights.recognizer] in ("yes", "no", "")
    assert words[one_graph] == "twelve"


def test_a_model_of_one_graph_looks_for_what_is_expected(one_graph: Path, say: Callable[[str], bytes]) -> None:
    recognizer = VoskRecognizer(one_graph)
    pcm = say("truck nine")
    ways = several(recognizer, pcm)
    assert len({way.words for way in ways}) == len(ways) > 1
    second = ways[1].words
    recognizer.expect(any_of(second, "zyxwv"))
    assert hear(recognizer, pcm) == second
    recognizer.expect(any_of("left", "right"))
    assert hear(recognizer, pcm) == ways[0].words
    recognizer.expect(None)
    assert hear(recognizer, pcm) == ways[0].words


def several(recognizer: VoskRecognizer, pcm: bytes) -> list[Heard]:
    recognizer._open.seek(10)
    for chunk in chunks(pcm):  # as `hear` does: what else may have been said hangs on them
        recognizer._open.feed(chunk)
    return recognizer._open.final()


def test_parts_that_vosk_ends_by_itself_are_heard_in_several_ways_together(
    one_graph: Path, say: Callable[[str], bytes]
) -> None:
    recognizer = VoskRecognizer(one_graph)
    pause = bytes(2 * 16_000 * 3)
    ways = several(recognizer, say("truck") + pause + say("nine") + pause)
    assert ways == sorted(ways, key=lambda way: -way.likelihood)
    assert 1 < len(ways) <= 10
    near = [way.words for way in ways if way.likelihood > ways[0].likelihood - NEAR]
    assert near[-1] != near[0]
    recognizer.expect(Words(near[-1]))
    assert hear(recognizer, say("truck") + pause + say("nine") + pause) == near[-1]


@pytest.mark.parametrize(
    ("ways", "heard"),
    [
        ([Heard("mine", -10), Heard("nine", -12)], "nine"),
        ([Heard("mine", -10), Heard("nine", -16)], "mine"),
        ([Heard("seven", -10), Heard("nine", -12)], "seven"),
        ([Heard("", -10), Heard("nine", -11)], ""),
        ([Heard("", 0)], ""),
    ],
)
def test_the_likeliest_sentence_among_what_may_have_been_said(ways: list[Heard], heard: str) -> None:
    assert among(ways, automaton(TRUCK)).words == heard


@people
def test_digits_of_people_with_a_graph_of_one_piece(one_graph: Path) -> None:
    """Expected, digits come out right more often than in open hearing there as well."""
    names = "zero one two three four five six seven eight nine".split()
    recognizer, right = VoskRecognizer(one_graph), {}
    for phrase in (DIGIT, None):
        recognizer.expect(phrase)
        paths = sorted((PEOPLE / "digits").glob("*.wav"))
        right[phrase] = sum(hear(recognizer, clip(path)) == names[int(path.name[0])] for path in paths)
    assert right[DIGIT] >= right[None] + 8
