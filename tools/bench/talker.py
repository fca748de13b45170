"""Makes a language model of the shape of Qwen2.5-0.5B-Instruct at Q4_0 with random weights, for `pipit bench`.

Every tensor has the size and the type that the real file has; only the numbers are drawn. Unlike what model.py makes
its tokens are words: common ones, so that a prompt has about as many tokens as a real one, and made-up ones with
commas and full stops, so that what it writes falls into clauses that a voice can speak.

    python tools/bench/talker.py

The file goes to the cache folder (``--out``): 350 MB.
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
_F32, _Q4_0, _Q8_0 = 0, 2, 8
_NORMAL, _UNKNOWN, _CONTROL, _BYTE = 1, 2, 3, 6
_ALIGNMENT, _BLOCK = 32, 32
_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "<|im_start|>assistant\n"
)
_COMMON = """you are a small assistant that lives on board answers in short sentences and never makes things up can tell
me please what the weather will be like mountains tomorrow morning is my name story turn living room lamp pipit offline
voice now again then hello anna set timer for ten minutes it half past nine sun out today this week""".split()


@dataclass(frozen=True)
class Shape:
    layers: int = 24
    width: int = 896
    heads: int = 14
    shared_heads: int = 2
    inner: int = 4864
    tokens: int = 151_936
    context: int = 32_768


@dataclass(frozen=True)
class Tensor:
    name: str
    sizes: tuple[int, ...]
    kind: int
    spread: float

    @property
    def nbytes(self) -> int:
        count = int(np.prod(self.sizes))
        return {_F32: count * 4, _Q4_0: count // _BLOCK * 18, _Q8_0: count // _BLOCK * 34}[self.kind]


def tensors(shape: Shape) -> Iterator[Tensor]:
    width, keys = shape.width, shape.width // shape.heads * shape.shared_heads
    yield Tensor("token_embd.weight", (shape.tokens, width), _Q8_0, 0.05)
    yield Tensor("output_norm.weight", (width,), _F32, 0.0)
    for n in range(shape.layers):
        at = f"blk.{n}."
        yield Tensor(at + "attn_norm.weight", (width,), _F32, 0.0)
        yield Tensor(at + "ffn_norm.weight", (width,), _F32, 0.0)
        for name, rows in (("attn_q", width), ("attn_k", keys), ("attn_v", keys)):
            yield Tensor(f"{at}{name}.weight", (rows, width), _Q4_0, width**-0.5)
            yield Tensor(f"{at}{name}.bias", (rows,), _F32, 0.0)
        yield Tensor(at + "attn_output.weight", (width, width), _Q4_0, width**-0.5)
        yield Tensor(at + "ffn_gate.weight", (shape.inner, width), _Q4_0, width**-0.5)
        yield Tensor(at + "ffn_up.weight", (shape.inner, width), _Q4_0, width**-0.5)
        yield Tensor(at + "ffn_down.weight", (width, shape.inner), _Q4_0, shape.inner**-0.5)


def drawn(tensor: Tensor, rng: np.random.Generator) -> bytes:
    """Return the numbers of a tensor as its type stores them."""
    count = int(np.prod(tensor.sizes))
    if tensor.kind == _F32:
        return np.full(count, 0.0 if tensor.name.endswith("bias") else 1.0, "<f4").tobytes()
    steps, size = (4.6, 16) if tensor.kind == _Q4_0 else (73.6, 32)  # root mean square of the whole numbers
    blocks = np.empty((count // _BLOCK, 2 + size), np.uint8)
    blocks[:, :2] = np.frombuffer(np.float16(tensor.spread / steps).tobytes(), np.uint8)
    blocks[:, 2:] = rng.integers(0, 256, (len(blocks), size), dtype=np.uint8)
    return blocks.tobytes()


def vocabulary(count: int, rng: np.random.Generator) -> tuple[list[str], list[int]]:
    """Return the tokens and their kinds: common words, made-up ones, and all their beginnings.

    A text is put together from letters, two pieces at a time where the whole is a token. With its beginnings a word
    that was written is read back as the one token that it was, as words of a real vocabulary are.
    """
    words = ["<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>", *[f"<0x{byte:02X}>" for byte in range(256)]]
    kinds = [_UNKNOWN] + [_CONTROL] * 4 + [_BYTE] * 256
    more = dict.fromkeys([chr(c) for c in range(97, 123)] + ["▁", ".", ",", "?", "\n", "#"])
    for word in _COMMON:
        more |= dict.fromkeys(_beginnings(f"▁{word}"))
    onsets, nuclei, ends = list("bdfgklmnprstvz"), list("aeiou"), ["", "", "n", "l", "r", "s"]
    while len(more) < count - len(words):
        parts = ["".join(rng.choice(kind) for kind in (onsets, nuclei, ends)) for _ in range(rng.integers(2, 5))]
        word = f"▁{''.join(parts)}"
        stops = rng.choice(["", ",."], p=[0.3, 0.7])
        more |= dict.fromkeys([*_beginnings(word), *(word + stop for stop in stops)])
    every = [*words, *more][:count]  # the shorter beginnings of a word come first, so that none is left without
    return every, kinds + [_NORMAL] * (count - len(kinds))


def _beginnings(word: str) -> list[str]:
    return [word[:n] for n in range(2, len(word) + 1)]


def write(file: BinaryIO, shape: Shape) -> None:
    """Write the file: GGUF version 3."""
    rng = np.random.default_rng(0)
    pairs, all_tensors = settings(shape, rng), list(tensors(shape))
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(all_tensors), len(pairs)) + b"".join(pairs)
    at = 0
    for tensor in all_tensors:
        sizes = tensor.sizes[::-1]
        head += text(tensor.name) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, tensor.kind, at)
        at += tensor.nbytes + -tensor.nbytes % _ALIGNMENT
    file.write(head + bytes(-len(head) % _ALIGNMENT))
    for tensor in all_tensors:
        file.write(drawn(tensor, rng) + bytes(-tensor.nbytes % _ALIGNMENT))


def settings(shape: Shape, rng: np.random.Generator) -> list[bytes]:
    names, kinds = vocabulary(shape.tokens, rng)
    ranks = -np.arange(len(names), dtype="<f4")
    counts = {
        "context_length": shape.context, "embedding_length": shape.width, "block_count": shape.layers,
        "feed_forward_length": shape.inner, "attention.head_count": shape.heads,
        "attention.head_count_kv": shape.shared_heads, "vocab_size": shape.tokens,
    }  # fmt: skip
    pairs = [pair("general.architecture", 8, text("qwen2")), pair("tokenizer.ggml.model", 8, text("llama"))]
    pairs += [pair(f"qwen2.{key}", 4, struct.pack("<I", value)) for key, value in counts.items()]
    pairs += [pair("qwen2.attention.layer_norm_rms_epsilon", 6, struct.pack("<f", 1e-6))]
    pairs += [pair("qwen2.rope.freq_base", 6, struct.pack("<f", 1e6))]
    pairs += [pair("tokenizer.ggml.tokens", 9, array(8, len(names), b"".join(map(text, names))))]
    pairs += [pair("tokenizer.ggml.scores", 9, array(6, len(names), ranks.tobytes()))]
    pairs += [pair("tokenizer.ggml.token_type", 9, array(5, len(kinds), np.array(kinds, "<i4").tobytes()))]
    ids = {"bos": 1, "eos": 4, "unknown": 0}
    pairs += [pair(f"tokenizer.ggml.{key}_token_id", 4, struct.pack("<I", value)) for key, value in ids.items()]
    pairs += [pair("tokenizer.ggml.add_bos_token", 7, b"\0")]
    return [*pairs, pair("tokenizer.chat_template", 8, text(_TEMPLATE))]


def pair(key: str, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def array(kind: int, count: int, values: bytes) -> bytes:
    return struct.pack("<IQ", kind, count) + values


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=_CACHE)
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    part, path = folder / "talker.gguf.part", folder / "talker.gguf"
    with part.open("wb") as file:
        write(file, Shape())
    part.replace(path)
    print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
