"""Makes language models of real shapes with random weights, to measure speed where no real model can be had.

    python tools/bench/model.py qwen05

The layout is GGUF version 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md), the weights are quantised as
in the published files. Every byte of a text is a token: a prompt has as many tokens as letters.
"""

from __future__ import annotations

import argparse
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pipit" / "bench"
_ALIGNMENT = 32
_U32, _F32, _STRING, _ARRAY, _I32 = 4, 6, 8, 9, 5
F32, Q4_0, Q8_0 = 0, 2, 8
_NORMAL, _UNKNOWN, _CONTROL, _OURS, _BYTE = 1, 2, 3, 4, 6
_BLOCK = 32
_CONTROLS = ("<s>", "</s>", "<|im_start|>", "<|im_end|>")
_ROLES = ("system", "user", "assistant")
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{{ '<|im_start|>assistant\n' }}"  # written bare, the last line's end would be dropped
)


@dataclass(frozen=True)
class Shape:
    """A model's sizes."""

    kind: str
    layers: int
    width: int
    heads: int
    shared_heads: int
    inner: int
    tokens: int
    bias: bool


SHAPES = {
    "qwen05": Shape("qwen2", 24, 896, 14, 2, 4864, 151_936, bias=True),  # Qwen2.5-0.5B
    "smol135": Shape("llama", 30, 576, 9, 3, 1536, 49_152, bias=False),  # SmolLM2-135M
}


def write(path: Path, shape: Shape) -> None:
    """Write the file; every tensor is drawn as it is written."""
    tensors = list(_tensors(shape))
    pairs = [*_settings(shape), *_vocabulary(shape)]
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(pairs))
    head += b"".join(_text(key) + value for key, value in pairs)
    at = 0
    for name, sizes, kind, _ in tensors:
        head += _text(name) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes[::-1], kind, at)
        at += _aligned(_bytes(sizes, kind))
    rng = np.random.default_rng(0)
    with path.open("wb") as file:
        file.write(head + bytes(-len(head) % _ALIGNMENT))
        for _, sizes, kind, scale in tensors:
            _write_tensor(file, sizes, kind, scale, rng)


def _tensors(shape: Shape) -> Iterator[tuple[str, tuple[int, ...], int, float]]:
    """Yield name, sizes, kind and scale; a scale of 0 stands for ones."""
    width, keys = shape.width, shape.width // shape.heads * shape.shared_heads
    yield "token_embd.weight", (shape.tokens, width), Q8_0, 0.02
    yield "output_norm.weight", (width,), F32, 0
    for n in range(shape.layers):
        part = f"blk.{n}."
        yield f"{part}attn_norm.weight", (width,), F32, 0
        yield f"{part}ffn_norm.weight", (width,), F32, 0
        for name, size in (("q", width), ("k", keys), ("v", keys)):
            yield f"{part}attn_{name}.weight", (size, width), Q4_0, 0.03
            if shape.bias:
                yield f"{part}attn_{name}.bias", (size,), F32, 0.01
        yield f"{part}attn_output.weight", (width, width), Q4_0, 0.03
        yield f"{part}ffn_gate.weight", (shape.inner, width), Q4_0, 0.03
        yield f"{part}ffn_up.weight", (shape.inner, width), Q4_0, 0.03
        yield f"{part}ffn_down.weight", (width, shape.inner), Q4_0, 0.03


def _write_tensor(file: BinaryIO, sizes: tuple[int, ...], kind: int, scale: float, rng: np.random.Generator) -> None:
    count = int(np.prod(sizes))
    if kind == F32:
        values = rng.standard_normal(count) * scale if scale else np.ones(count)
        data = values.astype("<f4").tobytes()
    else:  # blocks of 32 weights: a half float that scales them, then 4 or 8 bits each
        half = np.float16(scale / (4 if kind == Q4_0 else 64)).tobytes()
        blocks = np.empty((count // _BLOCK, 2 + (16 if kind == Q4_0 else 32)), np.uint8)
        blocks[:, :2] = np.frombuffer(half, np.uint8)
        blocks[:, 2:] = rng.integers(0, 256, (len(blocks), blocks.shape[1] - 2), np.uint8)
        data = blocks.tobytes()
    file.write(data + bytes(_aligned(len(data)) - len(data)))


def _bytes(sizes: tuple[int, ...], kind: int) -> int:
    count = int(np.prod(sizes))
    return 4 * count if kind == F32 else count // _BLOCK * (18 if kind == Q4_0 else 34)


def _aligned(size: int) -> int:
    return size + -size % _ALIGNMENT


def _settings(shape: Shape) -> list[tuple[str, bytes]]:
    counts = {
        "context_length": 4096, "embedding_length": shape.width, "block_count": shape.layers,
        "feed_forward_length": shape.inner, "attention.head_count": shape.heads,
        "attention.head_count_kv": shape.shared_heads, "vocab_size": shape.tokens,
        "rope.dimension_count": shape.width // shape.heads,
    }  # fmt: skip
    floats = {"attention.layer_norm_rms_epsilon": 1e-6, "rope.freq_base": 1e6}
    pairs = [("general.architecture", _string(shape.kind))]
    pairs += [(f"{shape.kind}.{key}", struct.pack("<II", _U32, value)) for key, value in counts.items()]
    return pairs + [(f"{shape.kind}.{key}", struct.pack("<If", _F32, value)) for key, value in floats.items()]


def _vocabulary(shape: Shape) -> list[tuple[str, bytes]]:
    words = ["<unk>", *_CONTROLS, *_ROLES, *(f"<0x{byte:02X}>" for byte in range(256))]
    kinds = [_UNKNOWN] + [_CONTROL] * len(_CONTROLS) + [_OURS] * len(_ROLES) + [_BYTE] * 256
    words += [f"▁w{n}" for n in range(len(words), shape.tokens)]
    kinds += [_NORMAL] * (len(words) - len(kinds))
    ids = {"bos": 1, "eos": 4, "unknown": 0}
    scores = struct.pack(f"<IIQ{len(words)}f", _ARRAY, _F32, len(words), *(-float(n) for n in range(len(words))))
    return [
        ("tokenizer.ggml.model", _string("llama")),
        ("tokenizer.ggml.tokens", struct.pack("<IIQ", _ARRAY, _STRING, len(words)) + b"".join(map(_text, words))),
        ("tokenizer.ggml.scores", scores),
        ("tokenizer.ggml.token_type", struct.pack(f"<IIQ{len(kinds)}i", _ARRAY, _I32, len(kinds), *kinds)),
        *((f"tokenizer.ggml.{name}_token_id", struct.pack("<II", _U32, n)) for name, n in ids.items()),
        *((f"tokenizer.ggml.{name}", struct.pack("<I?", 7, False)) for name in ("add_bos_token", "add_space_prefix")),
        ("tokenizer.chat_template", _string(TEMPLATE)),
    ]


def _text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def _string(value: str) -> bytes:
    return struct.pack("<I", _STRING) + _text(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shapes", nargs="*", choices=list(SHAPES), default=["qwen05"])
    parser.add_argument("--out", type=Path, default=_CACHE)
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    for name in chosen.shapes:
        path = chosen.out / f"{name}.gguf"
        write(path, SHAPES[name])
        print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
