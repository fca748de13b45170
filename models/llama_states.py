"""What the language model made of prompts that come again, kept on disk: keys and values of the first tokens.

A cold start then reads a few MB instead of evaluating hundreds of tokens. A saved prompt need not be the one that is
asked: what both begin with is taken of it. So the date at the end of a system prompt costs only itself.

llama.cpp believes what it is given, down to lengths and counts. So a file carries a checksum and the fingerprint of
the weights, and only one that is whole and ours is handed over. Files can be read by their owner alone: a flow's
prompt may tell what a person said.
"""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
import time
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from operator import eq
from pathlib import Path

from pipit.models.cache import tell

LIMIT = 64 << 20
"""Bytes of all files together; what was not used for the longest goes first."""
WORTH_SAVING = 16
"""Tokens that no file has yet: fewer are evaluated faster than they are written."""
_MAGIC = b"PIPIT-STATE-1\n"
_HEAD = struct.Struct(f"<{len(_MAGIC)}s32sII")
_ENDING = ".state"
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class SavedState:
    """One file."""

    path: Path
    tokens: tuple[int, ...]


class SavedStates:
    """The files of one model in a folder; nothing that goes wrong with them is more than a line in the log."""

    def __init__(self, folder: Path, key: str, limit: int = LIMIT) -> None:
        """``key``, 32 characters, tells the weights and all else that a state depends on."""
        self._folder, self._key, self._limit = folder, key.encode(), limit
        found = (self._look(path) for path in sorted(folder.glob(f"{key}-*{_ENDING}")))
        self.states = [state for state in found if state]

    def best(self, prompt: Sequence[int], whole: bool) -> tuple[SavedState | None, int]:
        """Return the state that has most of the prompt's beginning, and how many tokens that is.

        With ``whole`` only those count whose every token is in the prompt.
        """
        shared = [(common(state.tokens, prompt), state) for state in self.states]
        fit = [(count, state) for count, state in shared if not whole or count == len(state.tokens)]
        count, state = max(fit, key=lambda pair: pair[0], default=(0, None))
        return (state, count) if count else (None, 0)

    def wants(self, tokens: Sequence[int]) -> bool:
        """Whether these tokens are worth a file."""
        return len(tokens) - self.best(tokens, whole=False)[1] >= WORTH_SAVING

    def read(self, state: SavedState) -> bytes | None:
        """Return what llama.cpp takes; None, and it is forgotten, when the file is not what it was."""
        try:
            data = state.path.read_bytes()
            body = _checked(data, self._key)
            if time.time() - state.path.stat().st_mtime > _DAY_S:  # seldom: cards do not like to be written
                os.utime(state.path)
        except (OSError, ValueError) as error:
            self.drop(state, error)
            return None
        return body[4 * len(state.tokens) :]

    def drop(self, state: SavedState, error: Exception | str) -> None:
        """Forget a state that is of no use."""
        tell("saved-state-ignored", state.path, error)
        self.states.remove(state)
        with suppress(OSError):
            state.path.unlink(missing_ok=True)

    def save(self, tokens: Sequence[int], data: bytes) -> None:
        """Write a file, whole or not at all, and make room for it."""
        packed = struct.pack(f"<{len(tokens)}i", *tokens)
        head = _HEAD.pack(_MAGIC, self._key, len(tokens), zlib.crc32(data, zlib.crc32(packed)))
        if len(head) + len(packed) + len(data) > self._limit:
            return
        path = self._folder / f"{self._key.decode()}-{hashlib.sha256(packed).hexdigest()[:16]}{_ENDING}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, head + packed + data)
            self._make_room(path)
        except OSError as error:
            tell("state-not-saved", path, error)
            return
        self.states = [state for state in self.states if state.path.exists()]
        self.states.append(SavedState(path, tuple(tokens)))

    def _make_room(self, new: Path) -> None:
        files = [(path.stat(), path) for path in self._folder.glob(f"*{_ENDING}") if path != new]
        room = self._limit - new.stat().st_size
        for facts, path in sorted(files, key=lambda pair: pair[0].st_mtime, reverse=True):
            room -= facts.st_size
            if room < 0:
                path.unlink(missing_ok=True)

    def _look(self, path: Path) -> SavedState | None:
        """Read the tokens; what follows is looked at when it is wanted."""
        try:
            with path.open("rb") as file:
                count = _count(file.read(_HEAD.size), self._key)
                return SavedState(path, struct.unpack(f"<{count}i", file.read(4 * count)))
        except (OSError, ValueError, struct.error) as error:
            tell("saved-state-ignored", path, error)
            with suppress(OSError):
                path.unlink(missing_ok=True)
            return None


def common(a: Sequence[int], b: Sequence[int]) -> int:
    """Return how many tokens both begin with."""
    return sum(takewhile(bool, map(eq, a, b)))


def _count(head: bytes, key: bytes) -> int:
    magic, found, count, _ = _HEAD.unpack(head)
    if magic != _MAGIC or found != key:
        raise ValueError("not a state of this model")
    return int(count)


def _checked(data: bytes, key: bytes) -> bytes:
    """Return what follows the head; raises ``ValueError`` when it is not whole or another's."""
    if len(data) < _HEAD.size:
        raise ValueError("cut off")
    _count(data[: _HEAD.size], key)
    body = data[_HEAD.size :]
    if zlib.crc32(body) != _HEAD.unpack(data[: _HEAD.size])[3]:
        raise ValueError("not what was written")
    return body


def _write(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - it is open already
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
