"""What a session keeps beside words: voice notes and files, in a folder of its own.

A file is whole and on the disk before an event names it. One that no event names, because the plug was pulled in
between, is cleared away when the session is taken up again.
"""

from __future__ import annotations

import mimetypes
import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np

from pipit.audio import RATE, Samples, write_wav
from pipit.errors import BadInput, Failure
from pipit.fsm.journal.errors import of_system
from pipit.fsm.session.state import SessionState

WAV = "audio/wav"
_OTHER = re.compile(r"[^A-Za-z0-9_]+")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")

Data = Samples | bytes | Path
"""16 kHz mono PCM as samples or as 16-bit little-endian bytes; the bytes of another medium; a file to be copied."""


def stage(folder: Path, phase: str, name: str, data: Data, media: str = WAV) -> str:
    """Keep an artifact under a name that is still free; return its path in the session's folder.

    Raises ``BadInput`` for a file that cannot be read, ``JournalError`` when it cannot be written.
    """
    place = folder / _safe(phase)
    try:
        _make(place)
        path = _free(place, _safe(name), _suffix(data, media))
        _fill(path, data, media)
        _sync(place)
    except OSError as error:
        raise of_system(error, place) from error
    return path.relative_to(folder).as_posix()


def place(folder: Path, path: str, data: bytes, media: str = WAV) -> None:
    """Keep an artifact under the name that an event gives it; written twice, it is there once.

    Raises ``JournalError`` when it cannot be written.
    """
    target = folder / _safe(Path(path).parent.name) / Path(path).name
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


def seconds_of(samples: Samples | bytes) -> float:
    """Return how long a voice note lasts."""
    return len(_samples(samples)) / RATE


def _fill(path: Path, data: Data, media: str) -> None:
    if isinstance(data, Path):
        with _source(data) as source:
            _write(path, lambda file: shutil.copyfileobj(source, file))
    elif isinstance(data, bytes) and media != WAV:
        _write(path, lambda file: file.write(data))
    else:
        try:
            write_wav(path, _samples(data), RATE)
        except Failure as error:
            raise (error.__cause__ if isinstance(error.__cause__, OSError) else OSError()) from error


def _samples(data: Samples | bytes) -> Samples:
    return np.frombuffer(data[: len(data) // 2 * 2], "<i2") if isinstance(data, bytes) else data


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


def _free(folder: Path, name: str, suffix: str) -> Path:
    """Return a name that no earlier take has: an event may still name that one."""
    path, number = folder / f"{name}{suffix}", 1
    while path.exists() or path.is_symlink():
        number += 1
        path = folder / f"{name}-{number}{suffix}"
    return path


def _safe(name: str) -> str:
    return _OTHER.sub("-", name).strip("-")[:64] or "item"


def _suffix(data: Data, media: str) -> str:
    given = data.suffix if isinstance(data, Path) else mimetypes.guess_extension(media) or ""
    given = ".wav" if media == WAV and not isinstance(data, Path) else given
    return given.lower() if _SUFFIX.fullmatch(given) else ".bin"
