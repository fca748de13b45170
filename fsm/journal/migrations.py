"""The journal's tables, as numbered steps that are only ever added to: an old journal takes those it lacks.

Events are the truth, and the other tables follow from them. So a step changes tables only, and whatever it changes is
then filled anew from the events (``projection.rebuild``).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from pipit.fsm.journal.errors import DAMAGED, NEWER, JournalError


@dataclass(frozen=True, slots=True)
class Migration:
    """One step; its number is its place, from 1."""

    why: str
    statements: tuple[str, ...]


_EVENTS = Migration(
    "sessions, their events, and what follows from them",
    (
        """CREATE TABLE sessions (
            number INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of beginning: a board's clock may be wrong
            id TEXT NOT NULL UNIQUE,
            flow TEXT NOT NULL,
            title TEXT NOT NULL,
            source TEXT NOT NULL,                      -- the flow file as it was
            began TEXT NOT NULL,
            updated TEXT NOT NULL,
            ended TEXT,
            phase TEXT NOT NULL DEFAULT '',
            state TEXT NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'paused', 'ended')),
            minutes REAL NOT NULL DEFAULT 0,           -- the length asked for
            elapsed REAL NOT NULL DEFAULT 0,           -- seconds, pauses left out
            turns INTEGER NOT NULL DEFAULT 0,
            summary TEXT NOT NULL DEFAULT '')""",
        "CREATE INDEX sessions_of_flow ON sessions (flow, number)",
        """CREATE TABLE events (
            session TEXT NOT NULL REFERENCES sessions (id),
            n INTEGER NOT NULL,
            kind TEXT NOT NULL,
            json TEXT NOT NULL,
            wall TEXT NOT NULL,
            PRIMARY KEY (session, n)) WITHOUT ROWID""",
        """CREATE TRIGGER events_stay BEFORE UPDATE ON events
            BEGIN SELECT RAISE (ABORT, 'events are never changed'); END""",
        """CREATE TRIGGER events_remain BEFORE DELETE ON events
            BEGIN SELECT RAISE (ABORT, 'events are never deleted'); END""",
        # also what INSERT OR REPLACE would get past the other two
        """CREATE TRIGGER events_follow BEFORE INSERT ON events
            WHEN NEW.n <> (SELECT coalesce(max(n), 0) + 1 FROM events WHERE session = NEW.session)
            BEGIN SELECT RAISE (ABORT, 'events follow one another'); END""",
        """CREATE TABLE turns (
            session TEXT NOT NULL REFERENCES sessions (id),
            n INTEGER NOT NULL,                        -- of its event
            turn TEXT NOT NULL,
            said TEXT NOT NULL,
            heard TEXT NOT NULL,
            outcome TEXT NOT NULL,
            wall TEXT NOT NULL,
            PRIMARY KEY (session, n)) WITHOUT ROWID""",
        """CREATE TABLE fields (
            session TEXT NOT NULL REFERENCES sessions (id),
            name TEXT NOT NULL,
            phase TEXT NOT NULL,
            value TEXT NOT NULL,                       -- JSON
            words TEXT NOT NULL,
            by TEXT NOT NULL,
            confirmed INTEGER NOT NULL,
            PRIMARY KEY (session, name)) WITHOUT ROWID""",
        """CREATE TABLE artifacts (
            session TEXT NOT NULL REFERENCES sessions (id),
            name TEXT NOT NULL,
            phase TEXT NOT NULL,
            path TEXT NOT NULL,                        -- in the session's folder
            media TEXT NOT NULL,
            seconds REAL NOT NULL,
            PRIMARY KEY (session, name)) WITHOUT ROWID""",
    ),
)

_SEARCH = Migration(
    "search over what was said and found out",
    (
        """CREATE TABLE passages (
            id INTEGER PRIMARY KEY,
            session TEXT NOT NULL REFERENCES sessions (id),
            kind TEXT NOT NULL CHECK (kind IN ('said', 'reply', 'field', 'artifact', 'summary')),
            name TEXT NOT NULL,                        -- of the field or artifact
            text TEXT NOT NULL,
            wall TEXT NOT NULL)""",
        "CREATE INDEX passages_of_session ON passages (session, kind)",
        """CREATE VIRTUAL TABLE words USING fts5 (
            text, content = 'passages', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2')""",
        """CREATE TRIGGER passages_in AFTER INSERT ON passages
            BEGIN INSERT INTO words (rowid, text) VALUES (NEW.id, NEW.text); END""",
        """CREATE TRIGGER passages_out AFTER DELETE ON passages
            BEGIN INSERT INTO words (words, rowid, text) VALUES ('delete', OLD.id, OLD.text); END""",
    ),
)

MIGRATIONS = (_EVENTS, _SEARCH)
LATEST = len(MIGRATIONS)


def version_of(db: sqlite3.Connection, where: str) -> int:
    """Return how many steps a journal has taken, 0 for an empty file.

    Raises ``JournalError`` for a database that is no journal, and for a journal of a later edition.
    """
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables and "schema_version" not in tables:
        raise JournalError(
            DAMAGED, f"{where}: is no journal of Pipit", "move it away, or choose another journal.folder"
        )
    version = int(db.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchone()[0]) if tables else 0
    if version > LATEST:
        hint = "upgrade Pipit, or choose another journal.folder"
        raise JournalError(NEWER, f"{where}: is of edition {version}, this Pipit knows {LATEST}", hint)
    return version


def migrate(db: sqlite3.Connection, where: str, now: datetime, latest: int = LATEST) -> tuple[int, int]:
    """Take the steps that are lacking, inside the caller's transaction; return the editions before and after."""
    before = version_of(db, where)
    db.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, wall TEXT NOT NULL)")
    for number in range(before, latest):
        for statement in MIGRATIONS[number].statements:
            db.execute(statement)
        db.execute("INSERT INTO schema_version VALUES (?, ?)", (number + 1, now.isoformat()))
    return before, max(before, latest)
