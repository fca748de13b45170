"""Where sessions are written down: a journal on disk, or nothing but memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pipit.errors import BadInput, PipitError
from pipit.fsm.journal import Journal, Keeper, artifacts
from pipit.fsm.session.events import SessionEvent
from pipit.fsm.session.scene import Note
from pipit.fsm.session.state import SessionState, fold


class Record(Protocol):
    """What the host of sessions needs of it."""

    def begin(self, flow: str, title: str, source: str) -> str:
        """Return the name of a new session; it is written down with its first events."""
        ...

    def take_up(self, session: str) -> tuple[str, SessionState]:
        """Return a session's flow file and where it stands; raises ``BadInput``, also when it is led elsewhere."""
        ...

    def release(self, session: str) -> None:
        """Let another process lead a session."""
        ...

    def unfinished(self, flow: str) -> str | None:
        """Return the newest session of a flow that has not ended."""
        ...

    def latest(self) -> str:
        """Return the newest session that has not ended; raises ``BadInput`` when there is none."""
        ...

    def state(self, session: str) -> SessionState:
        """Return where a session stands."""
        ...

    def write(self, session: str, events: Sequence[SessionEvent], notes: Sequence[Note]) -> PipitError | None:
        """Write down what happened; return what went wrong, once for an outage. Nothing is lost by it."""
        ...


class MemoryRecord:
    """Keeps sessions as long as the process lives: for replays, and for trying a flow."""

    def __init__(self) -> None:
        self.events: dict[str, list[SessionEvent]] = {}
        self.notes: list[Note] = []
        self._flows: dict[str, str] = {}

    def begin(self, flow: str, title: str, source: str) -> str:
        """Return a name that is the same in every replay."""
        session = f"{flow}-{len(self.events) + 1}"
        self.events[session], self._flows[session] = [], source
        return session

    def take_up(self, session: str) -> tuple[str, SessionState]:
        """Return a session."""
        if session not in self.events:
            raise BadInput("session-unknown", f"there is no session '{session}'", "start one first")
        return self._flows[session], self.state(session)

    def release(self, session: str) -> None:
        """Nobody else could lead it."""

    def unfinished(self, flow: str) -> str | None:
        """Return the newest that has not ended."""
        states = ((name, self.state(name)) for name in reversed(self.events))
        return next((name for name, state in states if state.flow == flow and not state.ended), None)

    def latest(self) -> str:
        """Return the newest that has not ended."""
        found = next((name for name in reversed(self.events) if not self.state(name).ended), None)
        if found is None:
            raise BadInput("session-none", "no session is unfinished", "start one first")
        return found

    def state(self, session: str) -> SessionState:
        """Return where it stands."""
        return fold(self.events[session])

    def write(self, session: str, events: Sequence[SessionEvent], notes: Sequence[Note]) -> PipitError | None:
        """Remember it."""
        self.events[session] += events
        self.notes += notes
        return None


class JournalRecord:
    """Keeps sessions in a journal; when that cannot be written, in memory until it can."""

    def __init__(self, journal: Journal) -> None:
        self._journal, self._keeper = journal, Keeper(journal)
        self._opening: dict[str, tuple[str, str, str]] = {}
        self._unwritten: list[tuple[str, Note]] = []

    def begin(self, flow: str, title: str, source: str) -> str:
        """Return a new name, and take the lead of it."""
        session = self._journal.new_id(flow)
        self._journal.claim(session)
        self._opening[session] = (flow, title, source)
        return session

    def take_up(self, session: str) -> tuple[str, SessionState]:
        """Take the lead of a session, and clear away what a pulled plug left of an artifact."""
        source, state = self._journal.source(session), self._journal.state(session)
        self._journal.claim(session)
        artifacts.settle(self._journal.folder(session), state)
        return source, state

    def release(self, session: str) -> None:
        """Give up the lead."""
        self._journal.release(session)

    def unfinished(self, flow: str) -> str | None:
        """Return the newest that has not ended."""
        row = self._journal.unfinished(flow)
        return row.id if row else None

    def latest(self) -> str:
        """Return the newest that has not ended."""
        rows = self._journal.sessions(unfinished=True)
        if not rows:
            raise BadInput("session-none", "no session is unfinished", "start one first")
        return rows[0].id

    def state(self, session: str) -> SessionState:
        """Return where it stands."""
        return self._journal.state(session)

    def write(self, session: str, events: Sequence[SessionEvent], notes: Sequence[Note]) -> PipitError | None:
        """Write artifacts first, so that no event names what is not there; then the events, in one transaction."""
        failed = self._write_notes([*self._unwritten, *((session, note) for note in notes)])
        if not events:
            return failed
        if opening := self._opening.pop(session, None):
            return self._keeper.begin(session, *opening, events) or failed
        return self._keeper.append(session, events) or failed

    def _write_notes(self, notes: list[tuple[str, Note]]) -> PipitError | None:
        told = bool(self._unwritten)
        self._unwritten = []
        error: PipitError | None = None
        for session, note in notes:
            try:
                artifacts.place(self._journal.folder(session), note.path, note.data, note.media)
            except PipitError as failure:
                self._unwritten.append((session, note))
                error = failure
        return None if told else error
