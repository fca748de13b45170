"""Bytes become lines: bounded, whatever arrives, and cut wherever the line happened to cut them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LIMIT = 1024
"""Longest line in bytes, its end not counted."""
_CR, _LF = 0x0D, 0x0A
_ERASE = frozenset({0x08, 0x7F})


@dataclass(frozen=True, slots=True)
class Line:
    """One line that somebody sent; ``error`` says why it is none that can be used."""

    text: str
    error: str = ""


class LineReader:
    """Takes bytes, gives lines. CR, LF and CRLF end one; backspace takes the last character back."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._skipping = False
        self._after_cr = False

    def feed(self, data: bytes) -> Iterator[Line]:
        """Yield the lines that ``data`` completes; one that grows too long at once, then nothing until its end."""
        for byte in data:
            if not byte:
                continue  # a break on a serial line reads as NUL
            after_cr, self._after_cr = self._after_cr, byte == _CR
            if byte in (_CR, _LF):
                if not (byte == _LF and after_cr):
                    yield from self._end()
            elif self._skipping:
                continue
            elif byte in _ERASE:
                self._erase()
            elif len(self._buffer) < self._limit:
                self._buffer.append(byte)
            else:
                self._skipping = True
                self._buffer.clear()
                yield Line("", f"line longer than {self._limit} bytes")

    def _end(self) -> Iterator[Line]:
        skipped, self._skipping = self._skipping, False
        raw = bytes(self._buffer)
        self._buffer.clear()
        if not skipped:
            yield _decode(raw)

    def _erase(self) -> None:
        while self._buffer and self._buffer.pop() & 0xC0 == 0x80:
            pass  # the later bytes of one UTF-8 character


def _decode(raw: bytes) -> Line:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return Line("", f"not text: byte 0x{raw[error.start]:02x} at {error.start + 1}")
    for place, char in enumerate(text, 1):
        if char != "\t" and unicodedata.category(char) == "Cc":
            return Line("", f"not text: character 0x{ord(char):02x} at {place}")
    return Line(text.strip())


def one_line(text: str) -> str:
    """Return a text as one line that no terminal takes for an order: no control, no direction marks."""
    return " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())
