"""A tiny Llama of random weights, with the tokenizer of a real one: what it writes is noise."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np

WIDTH, HIDDEN = 32, 64
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_STRING, _ARRAY, _UINT32, _FLOAT = 8, 9, 4, 6
_ALIGNMENT = 32
_SHAPE = {
    "llama.embedding_length": WIDTH,
    "llama.block_count": 1,
    "llama.feed_forward_length": HIDDEN,
    "llama.attention.head_count": 1,
    "llama.attention.head_count_kv": 1,
    "llama.rope.dimension_count": WIDTH,
}


def make_random_model(path: Path, like: Path, seed: int) -> Path:
    """Write a model file; equal seeds give equal files."""
    keys, vocabulary = _keys_of(like)
    rng = np.random.default_rng(seed)
    tensors = {name: _drawn(rng, shape) for name, shape in _tensors(vocabulary).items()}
    with path.open("wb") as file:
        file.write(struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(keys)))
        for name, value in keys.items():
            file.write(_text(name) + value)
        _write(file, tensors)
    return path


def _tensors(vocabulary: int) -> dict[str, tuple[int, ...]]:
    square = {f"blk.0.attn_{name}.weight": (WIDTH, WIDTH) for name in ("q", "k", "v", "output")}
    norms = dict.fromkeys(("blk.0.attn_norm.weight", "blk.0.ffn_norm.weight", "output_norm.weight"), (WIDTH,))
    wide = dict.fromkeys(("blk.0.ffn_gate.weight", "blk.0.ffn_up.weight"), (HIDDEN, WIDTH))
    return {
        "token_embd.weight": (vocabulary, WIDTH),
        **square,
        **norms,
        **wide,
        "blk.0.ffn_down.weight": (WIDTH, HIDDEN),
    }


def _drawn(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.normal(0.0, 1.0, shape).astype("<f4")


def _write(file: BinaryIO, tensors: dict[str, np.ndarray]) -> None:
    offset = 0
    for name, values in tensors.items():
        shape = values.shape[::-1]
        file.write(_text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, offset))
        offset += -(-values.nbytes // _ALIGNMENT) * _ALIGNMENT
    for values in tensors.values():
        file.write(bytes(-file.tell() % _ALIGNMENT))
        file.write(values.tobytes())
    file.write(bytes(-file.tell() % _ALIGNMENT))


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


def _keys_of(like: Path) -> tuple[dict[str, bytes], int]:
    """Return the keys of a model file as they stand there, with another shape, and how many tokens it knows."""
    with like.open("rb") as file:
        data = BytesIO(file.read())
    _, _, _, count = struct.unpack("<4sIQQ", data.read(24))
    keys: dict[str, bytes] = {}
    for _ in range(count):
        (size,) = struct.unpack("<Q", data.read(8))
        name, start = data.read(size).decode(), data.tell()
        _skip(data, *struct.unpack("<I", data.read(4)))
        end = data.tell()
        data.seek(start)
        keys[name] = data.read(end - start)
    (vocabulary,) = struct.unpack("<I", keys["llama.vocab_size"][4:])
    return {**keys, **{name: struct.pack("<II", _UINT32, size) for name, size in _SHAPE.items()}}, vocabulary


def _skip(data: BytesIO, kind: int, times: int = 1) -> None:
    for _ in range(times):
        if kind == _STRING:
            data.seek(*struct.unpack("<Q", data.read(8)), 1)
        elif kind == _ARRAY:
            _skip(data, *struct.unpack("<IQ", data.read(12)))
        else:
            data.seek(_SIZES[kind], 1)
