"""What a session keeps beside words: voice notes and files, in a folder of its own.

A file is whole and on the disk before an event names it. One that no event names, because the plug was pulled in
between, is cleared away when the session is taken up again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import numpy as np

from pipit.audio import RATE, write_wav
from pipit.errors import BadInput, Failure
from pipit.fsm.journal.errors import of_system
from pipit.fsm.session.state import SessionState

WAV = "audio/wav"


def place(folder: Path, path: str, data: bytes | Path, media: str = WAV) -> None:
    """Keep an artifact under the name that an event gives it; written twice, it is there once.

    ``data`` is a file to be copied, or the content, which of a voice note is 16 kHz mono PCM (16 bit, little-endian).
    Raises ``BadInput`` for a file that cannot be read, ``JournalError`` when it cannot be written.
    """
    target = folder / _inside(path)
    try:
        _make(target.parent)
        _fill(target, data, media)
        _sync(target.parent)
    except OSError as error:
        raise of_system(error, target) from error


def settle(folder: Path, state: SessionState) -> tuple[str, ...]:
    """Remove what the session does not name, and return it; what it names is left alone."""
    named = {kept.path for kept in state.artifacts.values()}
    gone = []
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder).as_posix()
        if relative not in named and (path.is_symlink() or path.is_file()):
            with suppress(OSError):  # on a disk that cannot be written it does no harm
                path.unlink()
                gone.append(relative)
    return tuple(gone)


def _inside(path: str) -> PurePosixPath:
    """Return a path that stays within the folder it is put in."""
    inside = PurePosixPath(path)
    if inside.is_absolute() or not inside.parts or ".." in inside.parts:
        raise ValueError(f"'{path}' does not lie in the session's folder")
    return inside


def _fill(path: Path, data: bytes | Path, media: str) -> None:
    if isinstance(data, Path):
        with _source(data) as source:
            _write(path, lambda file: shutil.copyfileobj(source, file))
    elif media == WAV:
        try:
            write_wav(path, np.frombuffer(data[: len(data) // 2 * 2], "<i2"), RATE)
        except Failure as error:
            raise (error.__cause__ if isinstance(error.__cause__, OSError) else OSError()) from error
    else:
        _write(path, lambda file: file.write(data))


def _source(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise BadInput("artifact-unreadable", f"{path}: {error.strerror}", "give a file that can be read") from error


def _write(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        with suppress(OSError):  # half a file on a full disk only keeps it full
            part.unlink()
        raise


def _make(folder: Path) -> None:
    """Make a folder whose name is on the disk, and its parents."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
