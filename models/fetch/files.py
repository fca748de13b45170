"""Small things with files that must survive a pulled plug, and errors of the disk in plain words."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipit.errors import Failure

MiB = 1 << 20
RESERVE = 32 * MiB
"""Left free whatever is fetched: a system with a full disk does not work."""

STAGE = ".fetch"
"""Hidden folder within the models' folder: what is not whole, or not proved, lies there."""


def stage(folder: Path) -> Path:
    """Return the folder of unfinished things, made if need be; whoever may write beside it may write into it."""
    place = folder / STAGE
    with disk_errors(folder):
        if not place.is_dir():
            place.mkdir(parents=True, exist_ok=True)
            place.chmod(folder.stat().st_mode & 0o7777)
    return place


def require_space(folder: Path, need: int) -> None:
    """Raise ``Failure`` unless there is room for so many bytes, and some to spare."""
    place = next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
    free = shutil.disk_usage(place).free
    if need + RESERVE > free:
        raise full(folder, f"{(need + RESERVE) / MiB:,.0f} MiB needed, {free / MiB:,.0f} MiB free")


def full(folder: Path, detail: str) -> Failure:
    """Return the error for a disk without room."""
    hint = "make room, or name a folder on another disk with PIPIT_MODELS_DIR"
    return Failure("disk-full", f"no room in {folder} ({detail})", hint)


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Say what the disk refuses in our words."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise full(folder, "the disk filled up; what came is kept") from error
        place = error.filename or folder
        hint = "check who may write there, or name another folder with PIPIT_MODELS_DIR"
        raise Failure("models-folder", f"{place}: {error.strerror or error}", hint) from error


def sync(path: Path) -> None:
    """Have a file or a folder on the disk, not only on its way there."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def place_file(source: Path, target: Path) -> None:
    """Move a whole file to where it is used, at once; what lay there is replaced."""
    target.parent.mkdir(parents=True, exist_ok=True)
    sync(source)
    source.replace(target)
    sync(target.parent)


def place_folder(source: Path, target: Path) -> None:
    """Move a whole folder to where it is used; what lay there goes away."""
    for path in sorted(source.rglob("*")):
        sync(path)
    sync(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    old = source.with_name(source.name + ".old")
    if target.is_symlink() or target.exists():
        target.replace(old)
    source.replace(target)
    sync(target.parent)
    remove(old)


def remove(path: Path) -> None:
    """Remove a file, a link or a folder, if there is one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    part = path.with_name(f".{path.name}.new")
    part.write_text(text, "utf-8")
    place_file(part, path)
