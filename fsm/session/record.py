"""Where sessions are written down: a journal on disk, or nothing but memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Protocol

from pipit.errors import BadInput, PipitError
from pipit.fsm.journal import Journal, JournalError, Keeper, artifacts
from pipit.fsm.session.events import SessionEvent
from pipit.fsm.session.scene import Note
from pipit.fsm.session.state import SessionState, fold

MEMORY_FULL = "journal-memory-full"
"""The code of an outage that has lasted too long: no more can wait."""


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

    def retry(self) -> bool:
        """Try once more to write what waits; tell whether something still does."""
        ...

    @property
    def waits(self) -> bool:
        """Whether something waits to be written."""
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

    def retry(self) -> bool:
        """Nothing ever waits."""
        return False

    @property
    def waits(self) -> bool:
        """Nothing ever waits."""
        return False


class JournalRecord:
    """Keeps sessions in a journal; when that cannot be written, in memory until it can."""

    def __init__(self, journal: Journal) -> None:
        self._journal, self._keeper = journal, Keeper(journal)
        self._opening: dict[str, tuple[str, str, str]] = {}
        self._unwritten: list[tuple[str, Note]] = []
        self._held: dict[str, list[SessionEvent]] = {}
        """What waits for the disk: a session that is taken up again must know it."""
        self._new: dict[str, str] = {}
        """The flow files of sessions that are not on the disk at all."""
        self._told = False

    def begin(self, flow: str, title: str, source: str) -> str:
        """Return a new name, and take the lead of it."""
        session = self._journal.new_id(flow)
        with suppress(JournalError):  # on a disk that takes no lock either, nobody else can know the name
            self._journal.claim(session)
        self._opening[session] = (flow, title, source)
        return session

    def take_up(self, session: str) -> tuple[str, SessionState]:
        """Take the lead of a session, and clear away what a pulled plug left of an artifact."""
        source = self._new.get(session) or self._journal.source(session)
        if session not in self._new:
            self._journal.claim(session)
        state = self.state(session)
        artifacts.settle(self._journal.folder(session), state)
        return source, state

    def release(self, session: str) -> None:
        """Give up the lead."""
        self._journal.release(session)

    def unfinished(self, flow: str) -> str | None:
        """Return the newest that has not ended."""
        return next((name for name in self._names(flow) if not self.state(name).ended), None)

    def latest(self) -> str:
        """Return the newest that has not ended."""
        found = next((name for name in self._names(None) if not self.state(name).ended), None)
        if found is None:
            raise BadInput("session-none", "no session is unfinished", "start one first")
        return found

    def _names(self, flow: str | None) -> Iterator[str]:
        yield from (name for name in reversed(self._new) if flow in (None, self.state(name).flow))
        yield from (row.id for row in self._journal.sessions(flow, unfinished=True))

    def state(self, session: str) -> SessionState:
        """Return where it stands, with what waits for the disk."""
        on_disk = SessionState() if session in self._new else self._journal.state(session)
        return fold(self._held.get(session, ()), on_disk)

    def write(self, session: str, events: Sequence[SessionEvent], notes: Sequence[Note]) -> PipitError | None:
        """Write artifacts first, so that no event names what is not there; then the events, in one transaction."""
        failed = self._write_notes([*self._unwritten, *((session, note) for note in notes)])
        failed = (self._write_events(session, events) if events else None) or failed
        told, self._told = self._told, self.waits
        return None if told and failed and failed.code != MEMORY_FULL else failed

    def _write_events(self, session: str, events: Sequence[SessionEvent]) -> PipitError | None:
        opening = self._opening.pop(session, None)
        if opening is not None:
            self._new[session] = opening[2]
            failed = self._keeper.begin(session, *opening, events)
        else:
            failed = self._keeper.append(session, events)
        self._held.setdefault(session, []).extend(events)
        self._forget()
        return failed

    def _forget(self) -> None:
        if not self._keeper.waiting:
            self._held.clear()
            self._new.clear()

    def retry(self) -> bool:
        """Try once more to write what waits; tell whether something still does."""
        self._write_notes(self._unwritten)
        self._keeper.flush()
        self._forget()
        self._told = self.waits
        return self._told

    @property
    def waits(self) -> bool:
        """Whether something waits for the disk."""
        return bool(self._unwritten or self._keeper.waiting)

    def _write_notes(self, notes: list[tuple[str, Note]]) -> PipitError | None:
        self._unwritten = []
        error: PipitError | None = None
        for session, note in notes:
            try:
                artifacts.place(self._journal.folder(session), note.path, note.data, note.media)
            except PipitError as failure:
                self._unwritten.append((session, note))
                error = failure
        return error
