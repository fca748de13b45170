"""The first part of a GGUF file's header: enough to know what it is and how large its cache will be.

Reading stops at the tokenizer, whose hundreds of thousands of strings would cost more than all the rest.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipit.models.checks import require_file, truncated, wrong_format

_SCALARS = {
    0: "<B",
    1: "<b",
    2: "<H",
    3: "<h",
    4: "<I",
    5: "<i",
    6: "<f",
    7: "<?",
    10: "<Q",
    11: "<q",
    12: "<d",
}
_STRING, _ARRAY = 8, 9
_HALF_FLOAT = 2
_LONGEST = 1 << 20

Value = int | float | str | None


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """Keys and values before the tokenizer's; arrays are None."""

    version: int
    values: Mapping[str, Value]

    @property
    def architecture(self) -> str:
        """Such as ``llama`` or ``qwen2``; empty when the file does not say."""
        return str(self.values.get("general.architecture", ""))

    @property
    def cache_bytes_per_token(self) -> int:
        """Bytes of keys and values that one token takes, in half floats; 0 when the shape is not told."""
        layers, width, heads = (
            self._count("block_count"),
            self._count("embedding_length"),
            self._count("attention.head_count"),
        )
        if not (layers and width and heads):
            return 0
        shared = self._count("attention.head_count_kv") or heads
        key = self._count("attention.key_length") or width // heads
        value = self._count("attention.value_length") or width // heads
        return _HALF_FLOAT * layers * shared * (key + value)

    def _count(self, key: str) -> int:
        value = self.values.get(f"{self.architecture}.{key}")
        return value if isinstance(value, int) else 0


def read_gguf_header(path: Path) -> GgufHeader:
    """Read what comes before the tokenizer.

    Raises ``WeightsError``: missing, another format, a version that is not known, or cut within the header.
    """
    require_file(path, "the model")
    with path.open("rb") as file:
        magic = file.read(4)
        if magic != b"GGUF"[: len(magic)]:
            raise wrong_format(path, "not a GGUF file", "give a language model in the GGUF format")
        try:
            version, _tensors, keys = struct.unpack("<IQQ", _take(file, 20))
            if version not in (2, 3):
                raise wrong_format(path, f"GGUF version {version}", "versions 2 and 3 can be read")
            return GgufHeader(version, dict(_pairs(file, keys)))
        except EOFError:
            raise truncated(path, f"{path.stat().st_size} bytes, the header goes on") from None
        except (KeyError, ValueError) as error:
            raise wrong_format(path, "its header makes no sense", "fetch it again") from error


def _pairs(file: BinaryIO, keys: int) -> Iterator[tuple[str, Value]]:
    for _ in range(keys):
        key = _string(file)
        if key.startswith("tokenizer."):
            return
        (kind,) = struct.unpack("<I", _take(file, 4))
        yield key, _value(file, kind)


def _value(file: BinaryIO, kind: int) -> Value:
    if kind == _STRING:
        return _string(file)
    if kind == _ARRAY:
        inner, count = struct.unpack("<IQ", _take(file, 12))
        if count > _LONGEST:
            raise ValueError(count)
        for _ in range(count):
            _value(file, inner)
        return None
    form = _SCALARS[kind]
    scalar: int | float = struct.unpack(form, _take(file, struct.calcsize(form)))[0]
    return scalar


def _string(file: BinaryIO) -> str:
    (length,) = struct.unpack("<Q", _take(file, 8))
    if length > _LONGEST:
        raise ValueError(length)
    return _take(file, length).decode("utf-8", "replace")


def _take(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise EOFError
    return data
