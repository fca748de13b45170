"""One SQLite file: how it is opened, and what one transaction is. Its errors come out as ``JournalError``."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipit.fsm.journal.errors import DISK_FULL, JournalError, of_sqlite, of_system

_BUSY_S = 3.0
_PASSING = (DISK_FULL, "journal-busy")
"""After these the connection is as good as before."""

Prepare = Callable[[sqlite3.Connection], None]


class Database:
    """A connection that is made anew after a failure; ``prepare`` is run in a transaction on every new one.

    It belongs to one thread at a time.
    """

    def __init__(self, path: Path, prepare: Prepare, *, read_only: bool = False) -> None:
        self.path, self.read_only = path, read_only
        self._prepare = prepare
        self._connection: sqlite3.Connection | None = None
        with self.reading():
            pass

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection; raises ``JournalError``."""
        with self._telling():
            yield self._connected()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection in a transaction that is on the disk at the end, or never was."""
        with self._telling():
            db = self._connected()
            with _transaction(db):
                yield db

    def close(self) -> None:
        """Let go of the file; a later use opens it again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            told = of_sqlite(error, self.path)
            if told is None:
                raise
            if told.code not in _PASSING:
                self.close()
            raise told from error

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            db = self._open_to_read() if self.read_only else self._open()
            try:
                self._set_up(db)
            except BaseException:
                db.close()
                raise
            self._connection = db
        return self._connection

    def _open(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise of_system(error, self.path.parent) from error
        return sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)

    def _open_to_read(self) -> sqlite3.Connection:
        """On a disk that cannot be written, SQLite must be told so when no process has the journal open."""
        if not os.path.lexists(self.path):
            raise JournalError("journal-none", f"{self.path}: there is no journal yet", "start a session first")
        last: sqlite3.Error | None = None
        closed = not self.path.with_name(self.path.name + "-wal").exists()
        for how in ("mode=ro", "mode=ro&immutable=1")[: 1 + closed]:
            uri = f"{self.path.absolute().as_uri()}?{how}"
            db = sqlite3.connect(uri, timeout=_BUSY_S, isolation_level=None, check_same_thread=False, uri=True)
            try:
                db.execute("SELECT 1 FROM sqlite_master")
            except sqlite3.Error as error:
                db.close()
                last = error
            else:
                return db
        raise last or sqlite3.OperationalError

    def _set_up(self, db: sqlite3.Connection) -> None:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA synchronous = FULL")
        if self.read_only:
            self._prepare(db)
            return
        db.execute("PRAGMA journal_mode = WAL")
        with _transaction(db):  # takes the right to write, so that a disk without it is noticed at once
            self._prepare(db)


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # some failures have rolled back already
            db.execute("ROLLBACK")
        raise
