"""Every way in which weights go wrong ends in a WeightsError with its code and the path, in one line."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipit.errors import WeightsError
from pipit.models.checks import check_onnx
from pipit.models.gguf import read_gguf_header
from pipit.models.llama_engine import LlamaModel
from pipit.models.load import Weights
from pipit.models.piper_engine import PiperEngine
from pipit.models.vosk_engine import VoskRecognizer
from pipit.models.vosk_files import check_vosk_folder

Edit = Callable[[Path, Path, dict[str, bytes | None]], Path]


def code_of(load: Callable[[Path], object], path: Path, names: str = "") -> str:
    with pytest.raises(WeightsError) as caught:
        load(path)
    assert str(path) in str(caught.value) or (names and names in str(caught.value))
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    return caught.value.code


def outcome(check: Callable[[Path], object], path: Path) -> str:
    try:
        check(path)
    except WeightsError as error:
        return error.code
    return "whole"


def cut(path: Path, share: float) -> None:
    os.truncate(path, int(path.stat().st_size * share))


@pytest.mark.parametrize("load", [LlamaModel, PiperEngine, VoskRecognizer])
def test_missing(load: Callable[[Path], object], tmp_path: Path) -> None:
    assert code_of(load, tmp_path / "nothing") == "weights-missing"


@pytest.mark.parametrize("load", [LlamaModel, PiperEngine])
def test_a_folder_is_no_file(load: Callable[[Path], object], tmp_path: Path) -> None:
    assert code_of(load, tmp_path) == "weights-missing"


@pytest.mark.parametrize("load", [LlamaModel, PiperEngine])
def test_empty(load: Callable[[Path], object], tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert code_of(load, tmp_path / "empty") == "weights-truncated"


@pytest.mark.parametrize("load", [LlamaModel, PiperEngine])
@pytest.mark.parametrize("text", [b"hello there, I am a letter\n", b"<html><body>404</body></html>", b"PK\3\4" * 99])
def test_something_else_with_the_right_name(load: Callable[[Path], object], text: bytes, tmp_path: Path) -> None:
    file = tmp_path / "letter.gguf"
    file.write_bytes(text)
    assert code_of(load, file) == "weights-format"


def test_a_file_instead_of_a_recognizers_folder(tmp_path: Path) -> None:
    file = tmp_path / "model.zip"
    file.write_bytes(b"PK\3\4")
    assert code_of(VoskRecognizer, file) == "weights-format"


@pytest.mark.parametrize("share", [0.000001, 0.00001, 0.001, 0.01, 0.5, 0.99, 0.999999])
def test_a_cut_model(model_copy: Path, share: float, capfd: pytest.CaptureFixture[str]) -> None:
    cut(model_copy, share)
    assert code_of(LlamaModel, model_copy) == "weights-truncated"
    assert capfd.readouterr().err == ""


def test_a_model_of_an_unknown_kind(weights: Weights, tmp_path: Path, edit_gguf: Edit) -> None:
    kind = b"\x08\0\0\0" + len("pipit").to_bytes(8, "little") + b"pipit"
    file = edit_gguf(weights.model, tmp_path / "kind.gguf", {"general.architecture": kind})
    assert code_of(LlamaModel, file) == "weights-format"


def test_a_later_version_of_the_format(model_copy: Path) -> None:
    data = bytearray(model_copy.read_bytes())
    data[4] = 99
    model_copy.write_bytes(data)
    assert code_of(LlamaModel, model_copy) == "weights-format"


def pair(key: str, kind: int, value: bytes) -> bytes:
    return struct.pack("<Q", len(key)) + key.encode() + struct.pack("<I", kind) + value


def test_values_of_all_kinds_before_the_tokenizer_are_read(tmp_path: Path) -> None:
    pairs = [
        pair("general.architecture", 8, struct.pack("<Q", 2) + b"ab"),
        pair("general.tags", 9, struct.pack("<IQQ", 8, 2, 1) + b"x" + struct.pack("<Q", 0)),
        pair("ab.sizes", 9, struct.pack("<IQHH", 2, 2, 7, 8)),
        pair("ab.block_count", 4, struct.pack("<I", 3)),
        pair("ab.scale", 6, struct.pack("<f", 0.5)),
        pair("ab.small", 1, struct.pack("<b", -1)),
        pair("ab.on", 7, b"\1"),
        pair("tokenizer.ggml.model", 8, b"cut off here"),
    ]
    file = tmp_path / "all.gguf"
    file.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, len(pairs)) + b"".join(pairs))
    header = read_gguf_header(file)
    assert header.architecture == "ab"
    assert dict(header.values) == {
        "general.architecture": "ab",
        "general.tags": None,
        "ab.sizes": None,
        "ab.block_count": 3,
        "ab.scale": 0.5,
        "ab.small": -1,
        "ab.on": True,
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=400), version=st.sampled_from([2, 3]), keys=st.integers(0, 2**64 - 1))
def test_no_header_breaks_the_reader(noise: bytes, version: int, keys: int, tmp_path: Path) -> None:
    file = tmp_path / "noise.gguf"
    file.write_bytes(b"GGUF" + version.to_bytes(4, "little") + bytes(8) + keys.to_bytes(8, "little") + noise)
    assert outcome(read_gguf_header, file) in ("whole", "weights-truncated", "weights-format")


@pytest.mark.parametrize("share", [0.00001, 0.01, 0.5, 0.99, 0.9999])
def test_a_cut_voice(voice_copy: Path, share: float) -> None:
    cut(voice_copy, share)
    assert code_of(PiperEngine, voice_copy) == "weights-truncated"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(min_size=1, max_size=200))
def test_no_file_breaks_the_walk_through_a_voice(noise: bytes, tmp_path: Path) -> None:
    file = tmp_path / "noise.onnx"
    file.write_bytes(noise)
    assert outcome(check_onnx, file) in ("whole", "weights-truncated", "weights-format")


def test_a_damaged_voice(voice_copy: Path) -> None:
    data = bytearray(voice_copy.read_bytes())
    data[60:2_000] = b"\xff" * 1_940
    voice_copy.write_bytes(data)
    assert code_of(PiperEngine, voice_copy) == "weights-format"


def test_a_voice_without_settings(voice_copy: Path) -> None:
    Path(f"{voice_copy}.json").unlink()
    assert code_of(PiperEngine, voice_copy) == "weights-missing"


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.99])
def test_a_voice_with_cut_settings(voice_copy: Path, share: float) -> None:
    cut(Path(f"{voice_copy}.json"), share)
    assert code_of(PiperEngine, voice_copy) == "weights-truncated"


@pytest.mark.parametrize("settings", ["hello", "[1]", "{}", '{"audio": 1}', "{'audio': {}}"])
def test_a_voice_with_other_settings(voice_copy: Path, settings: str) -> None:
    Path(f"{voice_copy}.json").write_text(settings)
    assert code_of(PiperEngine, voice_copy) == "weights-format"


def test_a_voice_that_names_no_sound(voice_copy: Path) -> None:
    path = Path(f"{voice_copy}.json")
    config = json.loads(path.read_text())
    del config["audio"]
    path.write_text(json.dumps(config))
    assert code_of(PiperEngine, voice_copy) == "weights-format"


NEEDED = [
    "am/final.mdl",
    "conf/mfcc.conf",
    "conf/model.conf",
    "graph/HCLr.fst",
    "graph/Gr.fst",
    "graph/words.txt",
    "graph/disambig_tid.int",
]


@pytest.mark.parametrize("name", NEEDED)
def test_a_recognizer_without_a_file(recognizer_copy: Path, name: str) -> None:
    (recognizer_copy / name).unlink()
    assert code_of(VoskRecognizer, recognizer_copy) == "weights-missing"


@pytest.mark.parametrize("name", NEEDED)
def test_a_recognizer_with_an_empty_file(recognizer_copy: Path, name: str) -> None:
    (recognizer_copy / name).write_bytes(b"")
    assert code_of(VoskRecognizer, recognizer_copy, name) == "weights-truncated"


@pytest.mark.parametrize("name", ["am/final.mdl", "graph/words.txt"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9999])
def test_a_recognizer_with_a_cut_file(recognizer_copy: Path, name: str, share: float) -> None:
    cut(recognizer_copy / name, share)
    assert code_of(VoskRecognizer, recognizer_copy, name) == "weights-truncated"


@pytest.mark.parametrize("name", ["graph/HCLr.fst", "graph/Gr.fst"])
@pytest.mark.parametrize("share", [0.01, 0.5])
def test_a_recognizer_with_a_cut_graph(recognizer_copy: Path, name: str, share: float) -> None:
    cut(recognizer_copy / name, share)
    assert code_of(VoskRecognizer, recognizer_copy) == "weights-format"


@pytest.mark.parametrize("text", ["", "--beam=12\n", "beam 12\n", "--endpoint.silence-phones\n"])
def test_options_that_would_end_the_process_are_refused(recognizer_copy: Path, text: str) -> None:
    path = recognizer_copy / "conf/model.conf"
    path.write_text(text)
    assert code_of(check_vosk_folder, recognizer_copy, "model.conf") in ("weights-truncated", "weights-format")


@pytest.mark.parametrize("name", ["am/final.mdl", "graph/HCLr.fst"])
def test_a_recognizer_with_another_file(recognizer_copy: Path, name: str) -> None:
    (recognizer_copy / name).write_text("this is a letter, not a model\n" * 10)
    assert code_of(VoskRecognizer, recognizer_copy, name) == "weights-format"


def test_whole_weights_pass(weights: Weights) -> None:
    check_vosk_folder(weights.recognizer)
    check_onnx(weights.voice)
    header = read_gguf_header(weights.model)
    assert header.architecture == "llama"
    assert 500 < header.cache_bytes_per_token < 100_000
