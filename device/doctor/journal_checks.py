"""The journal's health, seen without writing to it."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from pipit.device.doctor.case import Case, Finding, MiB
from pipit.fsm.journal import JournalError
from pipit.fsm.journal.database import Database
from pipit.fsm.journal.migrations import LATEST, version_of
from pipit.fsm.journal.store import FILE

_LONGEST_S = 20.0
"""For looking at every page; a thorough examination takes its time."""
_STEPS = 10_000
_LARGE = 1024 * MiB
_OLD = timedelta(days=30)
_AHEAD = timedelta(days=1)


def journal(case: Case) -> list[Finding]:
    """Open each journal, look at every page, count what is unfinished."""
    return [finding for folder in case.journals for finding in _journal(case, folder)]


def _journal(case: Case, folder: Path) -> list[Finding]:
    path = folder / FILE
    try:
        # whoever may not enter the folder would see nothing in it, and nothing wrong
        readable = not folder.exists() or case.machine.me.may(folder, os.R_OK | os.X_OK)
        if readable and not os.path.lexists(path):
            return [Finding("journal", "ok", f"{path}: none yet")]
        if not readable or not case.machine.me.may(path, os.R_OK):
            mend = "sudo pipit doctor looks into it"
            return [Finding("journal", "warn", f"{path} may not be read by {case.machine.me.name}", mend)]
        return _look(case, path)
    except JournalError as error:
        return [Finding("journal", "fail", error.message, error.hint)]


def _look(case: Case, path: Path) -> list[Finding]:
    edition = 0

    def prepare(db: sqlite3.Connection) -> None:
        nonlocal edition
        edition = version_of(db, str(path))

    database = Database(path, prepare, read_only=True)
    try:
        with database.reading() as db:
            fault = _fault(db, None if case.thorough else _LONGEST_S)
            if fault:
                mend = f"sqlite3 {path} .recover > saved.sql, then move it away: a new one is begun"
                return [Finding("journal", "fail", f"{path} is damaged: {fault}", mend)]
            if edition == 0:
                return [Finding("journal", "ok", f"{path}: empty")]
            return [_size(path, edition, db), *_dates(case, db), *_unfinished(case, db)]
    finally:
        database.close()


def _fault(db: sqlite3.Connection, seconds: float | None) -> str:
    """Return the first thing that is wrong with the file; empty when nothing is, or when it takes too long."""
    ends = None if seconds is None else time.monotonic() + seconds
    db.set_progress_handler(lambda: int(ends is not None and time.monotonic() > ends), _STEPS)
    try:
        told = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname == "SQLITE_INTERRUPT":
            return ""
        raise
    finally:
        db.set_progress_handler(None, 0)
    return "" if told == "ok" else " ".join(told.split())


def _size(path: Path, edition: int, db: sqlite3.Connection) -> Finding:
    count = db.execute("SELECT count(*) FROM sessions").fetchone()[0]
    size = sum(_bytes(path.parent))
    older = "" if edition == LATEST else f", of edition {edition}: it is brought up to date when it is next written"
    what = f"{path}: whole, {count} session{'' if count == 1 else 's'}, {size / MiB:.1f} MiB{older}"
    if size > _LARGE:
        mend = f"voice notes take most of it: look at {path.parent / 'sessions'}, move what is kept elsewhere"
        return Finding("journal", "warn", what, mend)
    return Finding("journal", "ok", what)


def _bytes(folder: Path) -> Iterator[int]:
    for path in [*folder.glob(f"{FILE}*"), *(folder / "sessions").rglob("*")]:
        try:
            yield path.lstat().st_size
        except OSError:  # it went away meanwhile
            continue


def _dates(case: Case, db: sqlite3.Connection) -> list[Finding]:
    """A clock that was wrong has left wrong dates behind."""
    now, newest = case.machine.now(), db.execute("SELECT max(updated) FROM sessions").fetchone()[0]
    if newest is None or datetime.fromisoformat(newest) <= now + _AHEAD:
        return []
    what = f"its newest entry is of {newest[:10]}, the clock says {now:%Y-%m-%d}"
    return [Finding("journal dates", "warn", what, "check the clock: timedatectl")]


def _unfinished(case: Case, db: sqlite3.Connection) -> list[Finding]:
    rows = db.execute("SELECT id, updated FROM sessions WHERE state <> 'ended' ORDER BY updated").fetchall()
    if not rows:
        return []
    name, updated = rows[0]
    age = case.machine.now() - datetime.fromisoformat(updated)
    what = f"{len(rows)} unfinished, the oldest of {updated[:10]} ({name})"
    if age > _OLD:
        return [Finding("sessions", "warn", what, f"pipit session resume {name}, or: pipit session end {name} --force")]
    return [Finding("sessions", "ok", what)]
