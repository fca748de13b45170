"""The tables that follow from the events: event by event as they come, or all anew.

``fields`` and ``artifacts`` hold what is committed: they are taken from the fold when a phase is complete.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipit.fsm.journal.errors import NEWER, JournalError
from pipit.fsm.journal.rows import Course, Entry
from pipit.fsm.session import events as se
from pipit.fsm.session.state import SessionState, apply


@dataclass(frozen=True, slots=True)
class Folded:
    """A session after ``n`` events."""

    n: int = 0
    state: SessionState = field(default_factory=SessionState)


def write(
    db: sqlite3.Connection, session: str, before: Folded, events: Sequence[se.SessionEvent], wall: datetime
) -> Folded:
    """Append events and let the tables follow; return the session after them."""
    at, n, state = wall.isoformat(), before.n, before.state
    for event in events:
        n, state = n + 1, apply(state, event)
        row = (session, n, event.kind, json.dumps(se.to_json(event)), at)
        db.execute("INSERT INTO events (session, n, kind, json, wall) VALUES (?, ?, ?, ?, ?)", row)
        _project(db, session, n, state, event, at)
    if events:
        _update(db, session, state, at)
    return Folded(n, state)


def read(db: sqlite3.Connection, session: str) -> Iterator[Entry]:
    """Yield a session's events in order; raises ``JournalError`` for one that this edition does not know."""
    rows = db.execute("SELECT n, wall, json FROM events WHERE session = ? ORDER BY n", (session,))
    for n, wall, body in rows:
        try:
            event = se.from_json(session, json.loads(body))
        except (KeyError, TypeError, ValueError) as error:
            message = f"event {n} of {session} cannot be read: {body[:60]}"
            raise JournalError(NEWER, message, "it was written by a later edition: upgrade Pipit") from error
        yield Entry(n, datetime.fromisoformat(wall), event)


def count(db: sqlite3.Connection, session: str) -> int:
    """Return how many events a session has."""
    query = "SELECT coalesce(max(n), 0) FROM events WHERE session = ?"
    return int(db.execute(query, (session,)).fetchone()[0])


def fold_all(db: sqlite3.Connection, session: str) -> Folded:
    """Return a session as its events make it."""
    folded = Folded()
    for entry in read(db, session):
        folded = Folded(entry.n, apply(folded.state, entry.event))
    return folded


def rebuild(db: sqlite3.Connection) -> None:
    """Fill every table but ``events`` anew."""
    for table in ("turns", "fields", "artifacts", "passages"):
        db.execute(f"DELETE FROM {table}")  # noqa: S608 - one of four names
    db.execute("UPDATE sessions SET ended = NULL")
    for (session,) in db.execute("SELECT id FROM sessions").fetchall():
        state, at = SessionState(), ""
        for entry in read(db, session):
            state, at = apply(state, entry.event), entry.wall.isoformat()
            _project(db, session, entry.n, state, entry.event, at)
        if at:
            _update(db, session, state, at)


def course(state: SessionState) -> Course:
    """Return where a session stands, in one word."""
    if state.ended:
        return "ended"
    return "paused" if state.paused else "running"


def _update(db: sqlite3.Connection, session: str, state: SessionState, at: str) -> None:
    values = (at, _plain(state.phase), course(state), state.minutes, state.elapsed, state.turns, _plain(state.summary))
    columns = "updated = ?, phase = ?, state = ?, minutes = ?, elapsed = ?, turns = ?, summary = ?"
    db.execute(f"UPDATE sessions SET {columns} WHERE id = ?", (*values, session))  # noqa: S608


def _project(
    db: sqlite3.Connection, session: str, n: int, state: SessionState, event: se.SessionEvent, at: str
) -> None:
    match event:
        case se.TurnKept():
            turn = (session, n, *map(_plain, (event.turn, event.said, event.heard, event.outcome)), at)
            db.execute("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?)", turn)
            _passage(db, session, "said", "", event.said, at)
            _passage(db, session, "reply", "", event.heard, at)
        case se.PhaseTransition():
            _commit(db, session, state, at)
        case se.SessionEnd():
            _commit(db, session, state, at)
            db.execute("UPDATE sessions SET ended = ? WHERE id = ?", (at, session))
        case se.Summary():
            db.execute("DELETE FROM passages WHERE session = ? AND kind = 'summary'", (session,))
            _passage(db, session, "summary", "", event.text, at)


def _commit(db: sqlite3.Connection, session: str, state: SessionState, at: str) -> None:
    for table in ("fields", "artifacts"):
        db.execute(f"DELETE FROM {table} WHERE session = ?", (session,))  # noqa: S608 - one of two names
    db.execute("DELETE FROM passages WHERE session = ? AND kind IN ('field', 'artifact')", (session,))
    for name, held in state.fields.items():
        texts = map(_plain, (session, name, held.phase, json.dumps(held.value), held.words, held.by))
        db.execute("INSERT INTO fields VALUES (?, ?, ?, ?, ?, ?, ?)", (*texts, held.confirmed))
        _passage(db, session, "field", name, f"{name}: {_shown(held.value)} ({held.words})", at)
    for name, kept in state.artifacts.items():
        texts = map(_plain, (session, name, kept.phase, kept.path, kept.media))
        db.execute("INSERT INTO artifacts VALUES (?, ?, ?, ?, ?, ?)", (*texts, kept.seconds))
        _passage(db, session, "artifact", name, f"{name}: {kept.path}", at)


def _passage(db: sqlite3.Connection, session: str, kind: str, name: str, text: str, at: str) -> None:
    if text.strip():
        row = (session, kind, _plain(name), _plain(text), at)
        db.execute("INSERT INTO passages (session, kind, name, text, wall) VALUES (?, ?, ?, ?, ?)", row)


def _shown(value: se.Value) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _plain(text: str) -> str:
    """Return a text that SQLite takes; the event keeps it as it was."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
