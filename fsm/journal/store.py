"""The journal: what is told to it is on the disk when the call returns, whole batches or nothing."""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from json import loads
from pathlib import Path

from pipit.errors import BadInput
from pipit.fsm.journal import projection
from pipit.fsm.journal.claims import Claims
from pipit.fsm.journal.database import Database
from pipit.fsm.journal.errors import OLDER, JournalError, UnknownSession
from pipit.fsm.journal.migrations import LATEST, migrate, version_of
from pipit.fsm.journal.projection import Folded
from pipit.fsm.journal.rows import SESSION_COLUMNS, Entry, Hit, SessionRow, session_row
from pipit.fsm.journal.search import find
from pipit.fsm.session.events import SessionEvent, Value
from pipit.fsm.session.state import SessionState

Now = Callable[[], datetime]
FILE = "journal.db"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,120}")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known of a session before its first event; ``source`` is the flow file's text."""

    flow: str
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that belong together, and when they happened.

    ``first`` is set on what is tried once more: the number of its first event. A disk that fails while it is asked
    whether it has written may have written all the same, and then the batch is there already.
    """

    session: str
    events: tuple[SessionEvent, ...]
    wall: datetime
    opening: Opening | None = None
    first: int | None = None


class Journal:
    """All sessions of one folder. It belongs to one thread at a time; other processes may read and write beside it."""

    def __init__(self, folder: Path, *, read_only: bool = False, now: Now = _now) -> None:
        self.path = folder / FILE
        self.now = now
        self._folder = folder
        self._folded: dict[str, Folded] = {}
        self._claims = Claims(folder / "locks")
        self._database = Database(self.path, self._check if read_only else self._migrate, read_only=read_only)

    @classmethod
    def open(cls, folder: Path, *, read_only: bool = False) -> Journal:
        """Open the journal of a folder; unless it is only read, make what is missing and bring it up to date.

        Raises ``JournalError``: disk full, not writable, damaged, of a later edition.
        """
        return cls(folder, read_only=read_only)

    def close(self) -> None:
        """Let go of the file and of every claim."""
        self._claims.give_all()
        self._database.close()

    # ---- writing -------------------------------------------------------------------------------------

    def new_id(self, flow: str) -> str:
        """Return a name for a new session: readable, unique, in order of time."""
        stamp = self.now().astimezone().strftime("%Y%m%d-%H%M")
        while True:
            session = _checked(f"{flow}-{stamp}-{secrets.token_hex(2)[1:]}")
            if not self._known(session):
                return session

    def begin(self, session: str, flow: str, title: str, source: str, events: Sequence[SessionEvent]) -> None:
        """Begin a session with its first events; raises ``BadInput`` when there is one of this name."""
        self.write([Batch(_checked(session), tuple(events), self.now(), Opening(flow, title, source))])

    def append(self, session: str, events: Sequence[SessionEvent]) -> None:
        """Write events down, together; raises ``JournalError``, and then nothing was written."""
        self.write([Batch(session, tuple(events), self.now())])

    def write(self, batches: Iterable[Batch]) -> None:
        """Write batches in order, in one transaction."""
        after: dict[str, Folded] = {}
        with self._database.writing() as db:
            for batch in batches:
                if _is_there(db, batch):
                    continue
                if batch.opening is not None:
                    _open(db, batch, batch.opening)
                before = after.get(batch.session) or self._fold(db, batch.session)
                after[batch.session] = projection.write(db, batch.session, before, _own(batch), batch.wall)
        self._folded.update(after)

    def rebuild(self) -> None:
        """Fill every table anew from the events."""
        with self._database.writing() as db:
            projection.rebuild(db)

    # ---- reading -------------------------------------------------------------------------------------

    def events(self, session: str) -> tuple[SessionEvent, ...]:
        """Return all events of a session, in order."""
        return tuple(entry.event for entry in self.entries(session))

    def entries(self, session: str) -> tuple[Entry, ...]:
        """Return all events of a session, each with its number and the time it was written down."""
        with self._database.reading() as db:
            _require(db, session)
            return tuple(projection.read(db, session))

    def count(self, session: str) -> int:
        """Return how many events a session has."""
        with self._database.reading() as db:
            _require(db, session)
            return projection.count(db, session)

    def state(self, session: str) -> SessionState:
        """Return a session as it stands."""
        with self._database.reading() as db:
            return self._fold(db, session).state

    def source(self, session: str) -> str:
        """Return the flow file's text as it was when the session began."""
        with self._database.reading() as db:
            return _require(db, session)

    def committed(self, session: str) -> Mapping[str, Value]:
        """Return the fields of completed phases: what no later failure takes away."""
        with self._database.reading() as db:
            _require(db, session)
            rows = db.execute("SELECT name, value FROM fields WHERE session = ?", (session,)).fetchall()
        return {name: loads(value) for name, value in rows}

    def sessions(self, flow: str | None = None, unfinished: bool = False) -> tuple[SessionRow, ...]:
        """Return the sessions, newest first."""
        sql = f"""SELECT {SESSION_COLUMNS} FROM sessions WHERE (flow = :flow OR :flow IS NULL)
            AND (state <> 'ended' OR NOT :unfinished) ORDER BY number DESC"""  # noqa: S608
        with self._database.reading() as db:
            rows = db.execute(sql, {"flow": flow, "unfinished": unfinished}).fetchall()
        return tuple(map(session_row, rows))

    def unfinished(self, flow: str) -> SessionRow | None:
        """Return the newest session of a flow that has not ended."""
        return next(iter(self.sessions(flow, unfinished=True)), None)

    def search(self, text: str, scope: str = "all") -> tuple[Hit, ...]:
        """Return where the words stand, best first; ``scope`` is ``all``, ``flow:NAME`` or ``session:ID``."""
        with self._database.reading() as db:
            return find(db, text, scope)

    def folder(self, session: str) -> Path:
        """Return where a session's artifacts lie; it need not be there yet."""
        return self._folder / "sessions" / _checked(session)

    # ---- who leads a session -------------------------------------------------------------------------

    def claim(self, session: str) -> None:
        """Take the lead of a session; raises ``SessionInUse`` when another process has it."""
        self._claims.take(_checked(session))

    def release(self, session: str) -> None:
        """Give up the lead of a session."""
        self._claims.give(session)

    # ---- within --------------------------------------------------------------------------------------

    def _migrate(self, db: sqlite3.Connection) -> None:
        before, after = migrate(db, str(self.path), self.now())
        if 0 < before < after:
            projection.rebuild(db)

    def _check(self, db: sqlite3.Connection) -> None:
        version = version_of(db, str(self.path))
        if version < LATEST:
            raise JournalError(OLDER, f"{self.path}: is of edition {version}", "open it for writing once")

    def _known(self, session: str) -> bool:
        with suppress(JournalError), self._database.reading() as db:  # a bad disk is no reason not to begin
            return db.execute("SELECT 1 FROM sessions WHERE id = ?", (session,)).fetchone() is not None
        return False

    def _fold(self, db: sqlite3.Connection, session: str) -> Folded:
        """Return a session as it stands; what is remembered of it holds unless another process wrote since."""
        _require(db, session)
        known = self._folded.get(session)
        if known is None or known.n != projection.count(db, session):
            known = self._folded[session] = projection.fold_all(db, session)
        return known


def _checked(session: str) -> str:
    """Return a name that can be a file's."""
    if not _ID.fullmatch(session):
        raise UnknownSession("session-name", f"'{session}' cannot name a session", "'pipit session list' shows them")
    return session


def _require(db: sqlite3.Connection, session: str) -> str:
    """Return a session's flow file; raises ``UnknownSession``."""
    row = db.execute("SELECT source FROM sessions WHERE id = ?", (session,)).fetchone()
    if row is None:
        raise UnknownSession("session-unknown", f"there is no session '{session}'", "'pipit session list' shows them")
    return str(row[0])


def _open(db: sqlite3.Connection, batch: Batch, opening: Opening) -> None:
    at = batch.wall.isoformat()
    row = (batch.session, opening.flow, opening.title, opening.source, at, at)
    try:
        db.execute("INSERT INTO sessions (id, flow, title, source, began, updated) VALUES (?, ?, ?, ?, ?, ?)", row)
    except sqlite3.IntegrityError as error:
        message = f"there is a session '{batch.session}' already"
        raise BadInput("session-exists", message, "give the new one another name") from error


def _is_there(db: sqlite3.Connection, batch: Batch) -> bool:
    if batch.first is None:
        return False
    begun = db.execute("SELECT 1 FROM sessions WHERE id = ?", (batch.session,)).fetchone()
    return begun is not None and projection.count(db, batch.session) >= batch.first - 1 + len(batch.events)


def _own(batch: Batch) -> tuple[SessionEvent, ...]:
    strange = next((event for event in batch.events if event.session not in ("", batch.session)), None)
    if strange is not None:
        raise ValueError(f"an event of {strange.session} among those of {batch.session}")
    return batch.events
