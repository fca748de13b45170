"""One file, whole or not at all, and never in place of another."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pipit.device.doctor.case import MiB
from pipit.errors import BadInput, Failure

MOST = 64 * MiB
"""Of all files together, before they are packed."""
_TRIES = 100


def target_for(wanted: Path | None, now: datetime) -> Path:
    """Return the file to write; raises ``BadInput`` for one that is there, or whose folder cannot be written."""
    if wanted is None:
        stem = f"pipit-report-{now:%Y%m%d-%H%M}"
        names = [f"{stem}.tar.gz", *(f"{stem}-{n}.tar.gz" for n in range(2, _TRIES))]
        wanted = next((Path(name) for name in names if not os.path.lexists(name)), Path(names[0]))
    if os.path.lexists(wanted):
        raise BadInput("bundle-exists", f"{wanted} is there already", "choose another name, or move it away")
    try:
        with tempfile.TemporaryFile(dir=wanted.parent):
            pass
    except OSError as error:
        raise BadInput(
            "bundle-folder", f"{wanted.parent}: {error.strerror}", "name a file in another folder"
        ) from error
    return wanted


def pack(target: Path, files: Mapping[str, bytes], now: datetime) -> int:
    """Write the files into one archive and return its size; raises ``Failure``, and then there is none."""
    if sum(map(len, files.values())) > MOST:
        raise Failure(
            "bundle-size", f"more than {MOST // MiB} MiB to pack", "leave --with-audio or --with-transcripts away"
        )
    data = _archive(target.name.removesuffix(".gz").removesuffix(".tar"), files, now)
    try:
        _write(target, data)
    except FileExistsError as error:
        raise BadInput("bundle-exists", f"{target} is there already", "choose another name") from error
    except OSError as error:
        raise Failure("bundle-write", f"{target}: {error.strerror}", "make room, or name a file elsewhere") from error
    return len(data)


def _archive(folder: str, files: Mapping[str, bytes], now: datetime) -> bytes:
    packed = io.BytesIO()
    # no name of the file within, nor of whoever made it
    with gzip.GzipFile("", "wb", fileobj=packed, mtime=0) as stream, tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size, info.mode, info.mtime = len(data), 0o600, int(now.timestamp())
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def _write(target: Path, data: bytes) -> None:
    handle, part = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # for the owner only
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, target)  # unlike a rename, never onto another file
        except FileExistsError:
            raise
        except OSError:  # a memory stick's FAT has no links
            if os.path.lexists(target):
                raise FileExistsError(str(target)) from None
            Path(part).replace(target)
    finally:
        with suppress(OSError):
            Path(part).unlink()
