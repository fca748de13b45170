"""What can go wrong with the journal, and how SQLite's and the system's words for it are told to a person.

PipitError
├── BadInput
│   └── UnknownSession  (LookupError)   no such session, or several
└── Failure
    ├── JournalError    (OSError)       the journal cannot be read or written
    └── SessionInUse                    another process has it
"""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

from pipit.errors import BadInput, Failure

DISK_FULL, READ_ONLY, DAMAGED, NEWER, OLDER = (
    "journal-disk-full",
    "journal-read-only",
    "journal-damaged",
    "journal-newer",
    "journal-older",
)


class JournalError(Failure, OSError):
    """The journal cannot be read or written; what was committed before is still there."""

    exit_code = 2


class UnknownSession(BadInput, LookupError):
    """There is no such session, or the name fits several."""


class SessionInUse(Failure):
    """Another process leads this session."""


_TOLD = {
    DISK_FULL: ("the disk is full", "make room there"),
    READ_ONLY: ("cannot be written", "check who may write there, and whether the disk has become read-only"),
    DAMAGED: ("is damaged", "move it away to begin a new one; 'sqlite3 FILE .recover' may save what it held"),
    "journal-busy": ("another process keeps it locked", "end that one, then try again"),
    "journal-disk": ("the disk fails", "check the disk or card; dmesg tells what the system saw"),
}
_CODES = {
    "SQLITE_FULL": DISK_FULL,
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_CANTOPEN": READ_ONLY,
    "SQLITE_PERM": READ_ONLY,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_FORMAT": DAMAGED,
    "SQLITE_ERROR": DAMAGED,  # a table that is not there: our own SQL is tested
    "SQLITE_BUSY": "journal-busy",
    "SQLITE_LOCKED": "journal-busy",
    "SQLITE_IOERR": "journal-disk",
}
_ERRNO = {
    errno.ENOSPC: DISK_FULL,
    errno.EDQUOT: DISK_FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
    errno.ENOTDIR: READ_ONLY,
    errno.EEXIST: READ_ONLY,
}


def failed(code: str, path: Path, why: str = "") -> JournalError:
    """Return the error of a code, for a file or folder."""
    what, hint = _TOLD[code]
    return JournalError(code, f"{path}: {what}{f' ({why})' if why else ''}", hint.replace("FILE", path.name))


def of_sqlite(error: sqlite3.Error, path: Path) -> JournalError | None:
    """Return what an error of SQLite means, or None for one that is a fault of ours."""
    name = str(getattr(error, "sqlite_errorname", ""))
    code = next((code for known, code in _CODES.items() if name == known or name.startswith(f"{known}_")), "")
    if not code:
        return None
    # a full disk shows itself in many ways, such as shared memory that cannot grow
    return failed(
        DISK_FULL if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")) and full(path) else code, path, str(error)
    )


def of_system(error: OSError, path: Path) -> JournalError:
    """Return what an error of the system means."""
    return failed(_ERRNO.get(error.errno or 0, "journal-disk"), path, error.strerror or "")


def full(path: Path) -> bool:
    """Tell whether the disk has no room left for us."""
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    return not disk.f_bavail or bool(disk.f_files and not disk.f_favail)
