"""A conversation goes on when its journal cannot be written: events wait in memory until it can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipit.fsm.journal.errors import JournalError
from pipit.fsm.journal.store import Batch, Journal, Opening
from pipit.fsm.session.events import SessionEvent


class Keeper:
    """Writes to a journal; what is written is always a beginning of what happened, in order.

    Methods return the error with which an outage begins, and None after that: it is told once.
    """

    def __init__(self, journal: Journal, most: int = 10_000) -> None:
        self.journal = journal
        self._most = most
        self._waiting: list[Batch] = []
        self._held = 0
        self._lost = False
        self._told: dict[str, int | None] = {}
        """How many events each session has, those that wait included; None where it could not be read."""

    @property
    def waiting(self) -> int:
        """How many events are not on the disk yet."""
        return self._held

    def begin(
        self, session: str, flow: str, title: str, source: str, events: Sequence[SessionEvent]
    ) -> JournalError | None:
        """Begin a session, as ``Journal.begin``."""
        return self._keep(Batch(session, tuple(events), self.journal.now(), Opening(flow, title, source)))

    def append(self, session: str, events: Sequence[SessionEvent]) -> JournalError | None:
        """Write events down, as ``Journal.append``, and those that wait before them."""
        return self._keep(Batch(session, tuple(events), self.journal.now()))

    def flush(self) -> JournalError | None:
        """Try once more to write what waits; return the error if it still cannot be."""
        try:
            if self._waiting:
                self._write(self._waiting)
        except JournalError as error:
            return error
        return None

    def _keep(self, batch: Batch) -> JournalError | None:
        if self._lost:
            return None
        before = self._count(batch)
        try:
            self._write([*self._waiting, batch])
        except JournalError as error:
            return self._queue(replace(batch, first=None if before is None else before + 1), error)
        finally:
            self._told[batch.session] = None if before is None else before + len(batch.events)
        return None

    def _count(self, batch: Batch) -> int | None:
        if batch.opening is not None:
            return 0
        if batch.session not in self._told:
            try:
                return self.journal.count(batch.session)
            except JournalError:
                return None
        return self._told[batch.session]

    def _write(self, batches: Sequence[Batch]) -> None:
        self.journal.write(batches)
        self._waiting, self._held = [], 0

    def _queue(self, batch: Batch, error: JournalError) -> JournalError | None:
        """Let a batch wait. Past the bound nothing more is taken: with a gap, a session would be another."""
        if self._held + len(batch.events) > self._most:
            self._lost = True
            message = f"{error.message}; {self._held} events wait, and no more are taken"
            return JournalError("journal-memory-full", message, error.hint)
        first = not self._waiting
        self._waiting.append(batch)
        self._held += len(batch.events)
        return error if first else None
