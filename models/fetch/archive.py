"""Unpacking a ZIP archive that may be anybody's: nothing lands outside, nothing grows without bounds."""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from pipit.errors import PipitError, WeightsError
from pipit.models.fetch.files import MiB, require_space

_MOST_FILES = 5_000
_MOST_BYTES = 8 << 30
_MOST_RATIO = 50
"""Graphs of a recogniser shrink to a half or a third; a bomb to a thousandth."""
_SMALL = 64 * MiB
"""So little is unpacked whatever the ratio."""


def unpack(archive: Path, target: Path, advance: Callable[[int, int], None] = lambda done, total: None) -> Path:
    """Unpack into ``target``, a new folder, and return it, or the only folder in it.

    ``advance`` is called with bytes done and in all. Raises ``WeightsError`` for what is no sound archive, ``Failure``
    when there is no room.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            total = _require_sound(archive, members)
            require_space(target.parent, total)
            target.mkdir(parents=True)
            done = 0
            for member in members:
                done += _unpack_one(opened, member, target)
                advance(done, total)
    except PipitError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeError) as error:
        raise _unsound(archive, str(error) or "cut off") from error
    inside = [path for path in target.iterdir() if path.name != "__MACOSX"]
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else target


def _require_sound(archive: Path, members: list[zipfile.ZipInfo]) -> int:
    """Return how many bytes it unpacks to."""
    total, names = sum(member.file_size for member in members), set[str]()
    if not members or len(members) > _MOST_FILES:
        raise _unsound(archive, f"{len(members)} files")
    if total > min(_MOST_BYTES, max(_SMALL, _MOST_RATIO * archive.stat().st_size)):
        raise _unsound(archive, f"it would unpack to {total / MiB:,.0f} MiB")
    for member in members:
        path, mode = PurePosixPath(member.filename), member.external_attr >> 16
        if path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in member.filename:
            raise _unsound(archive, f"{member.filename!r} leads out of the folder")
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _unsound(archive, f"{member.filename!r} is a link or a device")
        if member.flag_bits & 1:
            raise _unsound(archive, "it is encrypted")
        if path.as_posix() in names:
            raise _unsound(archive, f"{member.filename!r} is in it twice")
        names.add(path.as_posix())
    return total


def _unpack_one(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> int:
    """zipfile reads no more than the size that was checked, and compares the checksum at the end."""
    path = target / member.filename
    if member.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with opened.open(member) as source, path.open("xb") as file:
        shutil.copyfileobj(source, file, 1 << 20)
    return member.file_size


def _unsound(archive: Path, detail: str) -> WeightsError:
    return WeightsError("archive", f"{archive.name} cannot be unpacked ({detail})", "give another archive")
