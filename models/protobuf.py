"""Protobuf's wire format, as far as files of networks need it: walk over a message, write a field.

https://protobuf.dev/programming-guides/encoding. Nothing is copied: fields are views of the bytes given, which may
be a mapped file, so that weights that are not looked at are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

VARINT, BYTES = 0, 2
_FIXED = {1: 8, 5: 4}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message."""

    number: int
    whole: memoryview
    """With its key and length, to be copied as it is."""
    value: memoryview
    """Its content; of a number the bytes that encode it."""

    @property
    def text(self) -> str:
        """The content of a string."""
        return bytes(self.value).decode("utf-8", "replace")


def fields(message: memoryview) -> Iterator[Field]:
    """Yield the fields in their order; raises ``ValueError`` when it is no such message."""
    at, end = 0, len(message)
    while at < end:
        key, value = _read_varint(message, at)
        if key & 7 == VARINT:
            _, after = _read_varint(message, value)
        elif key & 7 == BYTES:
            length, value = _read_varint(message, value)
            after = value + length
        elif key & 7 in _FIXED:
            after = value + _FIXED[key & 7]
        else:
            raise ValueError(f"a field of kind {key & 7}")
        if after > end:
            raise ValueError("a field goes on past the end")
        yield Field(key >> 3, message[at:after], message[value:after])
        at = after


def number(value: int) -> bytes:
    """Return a number as a varint."""
    data = bytearray()
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    data.append(value)
    return bytes(data)


def number_field(field: int, value: int) -> bytes:
    """Return a field that holds a number."""
    return number(field << 3 | VARINT) + number(value)


def bytes_field(field: int, *parts: bytes | memoryview) -> bytes:
    """Return a field that holds bytes, a text or a message, given in parts."""
    return b"".join((number(field << 3 | BYTES), number(sum(map(len, parts))), *parts))


def _read_varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    raise ValueError("a number goes on past the end")
