"""Language models of any shape with random weights, small enough to be made and run in milliseconds.

The layout is GGUF version 3: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"
_NORMAL, _UNKNOWN, _CONTROL, _BYTE = 1, 2, 3, 6
_ALIGNMENT = 32


@dataclass(frozen=True)
class Shape:
    """A model's sizes; ``tokenizer`` is ``llama`` (bytes by name) or ``gpt2`` (bytes as letters)."""

    width: int = 32
    layers: int = 1
    heads: int = 2
    shared_heads: int = 1
    inner: int = 64
    tokens: int = 400
    tokenizer: str = "llama"
    sharpness: float = 1.0
    """How far apart the scores of tokens are."""


def write_model(path: Path, shape: Shape, seed: int) -> Path:
    """Write a model file whose weights are drawn with ``seed``."""
    pairs = _settings(shape) + _vocabulary(shape, np.random.default_rng(seed))
    tensors = list(_tensors(shape, np.random.default_rng(seed)))
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(pairs))
    head += b"".join(_text(key) + value for key, value in pairs)
    at = 0
    for name, values in tensors:
        sizes = values.shape[::-1]
        head += _text(name) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, 0, at)
        at += values.nbytes + -values.nbytes % _ALIGNMENT
    blocks = [values.tobytes() + bytes(-values.nbytes % _ALIGNMENT) for _, values in tensors]
    path.write_bytes(head + bytes(-len(head) % _ALIGNMENT) + b"".join(blocks))
    return path


def _settings(shape: Shape) -> list[tuple[str, bytes]]:
    counts = {
        "context_length": 4096,
        "embedding_length": shape.width,
        "block_count": shape.layers,
        "feed_forward_length": shape.inner,
        "attention.head_count": shape.heads,
        "attention.head_count_kv": shape.shared_heads,
        "rope.dimension_count": shape.width // shape.heads,
        "vocab_size": shape.tokens,
    }
    pairs = [("general.architecture", _string("llama"))]
    pairs += [(f"llama.{key}", struct.pack("<II", 4, value)) for key, value in counts.items()]
    return [*pairs, ("llama.attention.layer_norm_rms_epsilon", struct.pack("<If", 6, 1e-5))]


def _vocabulary(shape: Shape, rng: np.random.Generator) -> list[tuple[str, bytes]]:
    words, kinds = (_named_bytes if shape.tokenizer == "llama" else _lettered_bytes)(shape.tokens, rng)
    pairs = [
        ("tokenizer.ggml.model", _string(shape.tokenizer)),
        ("tokenizer.ggml.tokens", struct.pack("<IIQ", 9, 8, len(words)) + b"".join(map(_text, words))),
        ("tokenizer.ggml.scores", _array(6, "f", [-float(n) for n in range(len(words))])),
        ("tokenizer.ggml.token_type", _array(5, "i", kinds)),
        ("tokenizer.ggml.bos_token_id", struct.pack("<II", 4, 1)),
        ("tokenizer.ggml.eos_token_id", struct.pack("<II", 4, 2)),
        ("tokenizer.chat_template", _string(TEMPLATE)),
    ]
    if shape.tokenizer == "gpt2":
        merges = struct.pack("<IIQ", 9, 8, 1) + _text("a b")
        pairs += [("tokenizer.ggml.pre", _string("smollm")), ("tokenizer.ggml.merges", merges)]
    return pairs


def _named_bytes(count: int, rng: np.random.Generator) -> tuple[list[str], list[int]]:
    words = ["<unk>", "<s>", "</s>", *[f"<0x{byte:02X}>" for byte in range(256)]]
    kinds = [_UNKNOWN, _CONTROL, _CONTROL] + [_BYTE] * 256
    words += _made_up(count - len(words), "▁", rng)
    return words, kinds + [_NORMAL] * (len(words) - len(kinds))


def _lettered_bytes(count: int, rng: np.random.Generator) -> tuple[list[str], list[int]]:
    """The alphabet of GPT-2: printable bytes are themselves, the others letters from U+0100 on."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    letters = [chr(byte) for byte in printable] + [chr(256 + n) for n in range(len(others))]
    words = ["<unk>", "<s>", "</s>", *letters, "ab"]
    words += _made_up(count - len(words), "Ġ", rng)
    return words, [_UNKNOWN, _CONTROL, _CONTROL] + [_NORMAL] * (len(words) - 3)


def _made_up(count: int, space: str, rng: np.random.Generator) -> list[str]:
    """Words that a grammar of JSON likes and dislikes, each once."""
    parts = ["a", "e", "true", "null", '"', '":', "{", "}", "[", "]", ",", "\\", "0", "17", ".", "-", space]
    words: dict[str, None] = {}
    while len(words) < count:
        chosen = rng.integers(0, len(parts), rng.integers(2, 6))
        words["".join(parts[n] for n in chosen)] = None
    words.pop("ab", None)
    return list(words)


def _tensors(shape: Shape, rng: np.random.Generator) -> list[tuple[str, np.ndarray]]:
    def drawn(*sizes: int) -> np.ndarray:
        return (rng.standard_normal(sizes) * shape.sharpness / np.sqrt(sizes[-1])).astype("<f4")

    ones = np.ones(shape.width, "<f4")
    keys = shape.width // shape.heads * shape.shared_heads
    tensors = [("token_embd.weight", drawn(shape.tokens, shape.width) * 3), ("output_norm.weight", ones)]
    for n in range(shape.layers):
        tensors += [
            (f"blk.{n}.attn_norm.weight", ones),
            (f"blk.{n}.attn_q.weight", drawn(shape.width, shape.width)),
            (f"blk.{n}.attn_k.weight", drawn(keys, shape.width)),
            (f"blk.{n}.attn_v.weight", drawn(keys, shape.width)),
            (f"blk.{n}.attn_output.weight", drawn(shape.width, shape.width)),
            (f"blk.{n}.ffn_norm.weight", ones),
            (f"blk.{n}.ffn_gate.weight", drawn(shape.inner, shape.width)),
            (f"blk.{n}.ffn_up.weight", drawn(shape.inner, shape.width)),
            (f"blk.{n}.ffn_down.weight", drawn(shape.width, shape.inner)),
        ]
    return tensors


def _text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def _string(value: str) -> bytes:
    return struct.pack("<I", 8) + _text(value)


def _array(kind: int, form: str, values: Sequence[float]) -> bytes:
    return struct.pack(f"<IIQ{len(values)}{form}", 9, kind, len(values), *values)
