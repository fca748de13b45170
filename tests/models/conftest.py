"""Engines loaded once, recordings, and ways to damage weights."""

from __future__ import annotations

import io
import shutil
import struct
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipit.models import CancelToken, Message
from pipit.models.llama_engine import LlamaModel
from pipit.models.load import Weights, pocket_weights
from pipit.models.piper_engine import PiperEngine
from pipit.models.vosk_engine import VoskRecognizer

ROOT = Path(__file__).parents[2]
RECORDINGS = (ROOT / "tests" / "recordings", ROOT / "device" / "demo")


@pytest.fixture(scope="session")
def weights() -> Weights:
    return pocket_weights()


@pytest.fixture(scope="session")
def loaded_recognizer(weights: Weights) -> VoskRecognizer:
    return VoskRecognizer(weights.recognizer)


@pytest.fixture
def recognizer(loaded_recognizer: VoskRecognizer) -> VoskRecognizer:
    loaded_recognizer.reset()
    loaded_recognizer.expect(None)
    return loaded_recognizer


@pytest.fixture(scope="session")
def model(weights: Weights) -> LlamaModel:
    return LlamaModel(weights.model, threads=1, prefill_threads=1)


@pytest.fixture(scope="session")
def voice(weights: Weights) -> PiperEngine:
    return PiperEngine(weights.voice, threads=1)


@pytest.fixture(scope="session")
def say(voice: PiperEngine) -> Callable[[str], bytes]:
    def samples(text: str) -> bytes:
        sound = np.concatenate(list(voice.synthesize(text, CancelToken())))
        return np.pad(sound, 4_000).astype("<i2").tobytes()

    return samples


@pytest.fixture(scope="session")
def recording() -> Callable[[str], bytes]:
    def read(name: str) -> bytes:
        path = next(path for folder in RECORDINGS if (path := folder / f"{name}.wav").exists())
        with wave.open(str(path)) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
            return file.readframes(file.getnframes())

    return read


@pytest.fixture(scope="session")
def joke() -> list[Message]:
    return [Message("system", "You are a helpful assistant."), Message("user", "tell me a joke")]


@pytest.fixture
def recognizer_copy(weights: Weights, tmp_path: Path) -> Path:
    """A recogniser's folder whose files may be damaged."""
    folder = tmp_path / "recogniser"
    shutil.copytree(weights.recognizer, folder, copy_function=shutil.copyfile)
    return folder


@pytest.fixture
def model_copy(weights: Weights, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(weights.model, tmp_path / "model.gguf"))


@pytest.fixture
def voice_copy(weights: Weights, tmp_path: Path) -> Path:
    copy = tmp_path / "voice.onnx"
    shutil.copyfile(f"{weights.voice}.json", f"{copy}.json")
    return Path(shutil.copyfile(weights.voice, copy))


@pytest.fixture(scope="session")
def edit_gguf() -> Callable[[Path, Path, dict[str, bytes | None]], Path]:
    """Copy a GGUF file with keys replaced by (type and value) bytes, added, or with None left out."""
    return _edit_gguf


@pytest.fixture(scope="session")
def long_model_file(
    weights: Weights,
    tmp_path_factory: pytest.TempPathFactory,
    edit_gguf: Callable[[Path, Path, dict[str, bytes | None]], Path],
) -> Path:
    """The pocket model, made to believe that it was trained for long prompts: slow enough to be stopped within one."""
    target = tmp_path_factory.mktemp("long") / "long.gguf"
    return edit_gguf(weights.model, target, {"llama.context_length": gguf_uint(8192)})


def gguf_uint(value: int) -> bytes:
    return struct.pack("<II", 4, value)


_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}


def _edit_gguf(source: Path, target: Path, changes: dict[str, bytes | None]) -> Path:
    data = source.read_bytes()
    file = io.BytesIO(data)
    magic, version, tensors, count = struct.unpack("<4sIQQ", file.read(24))
    assert magic == b"GGUF"
    pairs: dict[str, bytes | None] = {}
    for _ in range(count):
        key = _gguf_string(file).decode()
        start = file.tell()
        _skip_value(file, struct.unpack("<I", file.read(4))[0])
        pairs[key] = data[start : file.tell()]
    infos = file.tell()
    for _ in range(tensors):
        _gguf_string(file)
        (dimensions,) = struct.unpack("<I", file.read(4))
        file.seek(8 * dimensions + 4 + 8, io.SEEK_CUR)
    end, pairs = file.tell(), pairs | changes
    kept = {key: value for key, value in pairs.items() if value is not None}
    head = struct.pack("<4sIQQ", magic, version, tensors, len(kept))
    head += b"".join(struct.pack("<Q", len(key)) + key.encode() + value for key, value in kept.items())
    head += data[infos:end]
    target.write_bytes(head + bytes(-len(head) % 32) + data[end + -end % 32 :])
    return target


def _gguf_string(file: io.BytesIO) -> bytes:
    return file.read(struct.unpack("<Q", file.read(8))[0])


def _skip_value(file: io.BytesIO, kind: int) -> None:
    if kind == 8:
        _gguf_string(file)
    elif kind == 9:
        inner, count = struct.unpack("<IQ", file.read(12))
        for _ in range(count):
            _skip_value(file, inner)
    else:
        file.seek(_SIZES[kind], io.SEEK_CUR)
