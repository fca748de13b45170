"""A session as a record to be kept elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipit.fsm.fields.saying import duration
from pipit.fsm.flow.load import FlowError, read_flow
from pipit.fsm.flow.schema import Flow
from pipit.fsm.journal.rows import Entry, SessionRow
from pipit.fsm.journal.store import Journal
from pipit.fsm.journal.timeline import shown
from pipit.fsm.session import events as se
from pipit.fsm.session.state import SessionState, fold

VERSION = 1


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """All that there is of a session. ``flow`` is None when this edition cannot read the session's flow file."""

    row: SessionRow
    source: str
    flow: Flow | None
    state: SessionState
    committed: Mapping[str, se.Value]
    entries: tuple[Entry, ...]
    folder: Path

    def value(self, field: str) -> str:
        """Return a field's value as it is read, with its unit."""
        value, phases = self.state.fields[field].value, self.flow.phases if self.flow else ()
        spec = next((spec for phase in phases for spec in phase.collect if spec.field == field), None)
        if spec and spec.type == "duration" and isinstance(value, int | float):
            return duration(value)
        return f"{shown(value)} {spec.unit}" if spec and spec.unit else shown(value)

    def is_committed(self, field: str) -> bool:
        """Tell whether the value is that of a phase that is complete."""
        return field in self.committed and self.committed[field] == self.state.fields[field].value

    def title(self, phase: str) -> str:
        """Return a phase's title, else its name."""
        phases = self.flow.phases if self.flow else ()
        return next((it.title for it in phases if it.name == phase and it.title), phase)

    @property
    def overrides(self) -> Mapping[str, str]:
        """Why phases were completed although they lacked something."""
        moved = (entry.event for entry in self.entries if isinstance(entry.event, se.PhaseTransition))
        return {event.source: event.override for event in moved if event.override}


def record_of(journal: Journal, row: SessionRow) -> SessionRecord:
    """Return a session's record."""
    source, entries = journal.source(row.id), journal.entries(row.id)
    state = fold(entry.event for entry in entries)
    return SessionRecord(
        row, source, _flow(source, row.id), state, journal.committed(row.id), entries, journal.folder(row.id)
    )


def _flow(source: str, session: str) -> Flow | None:
    try:
        return read_flow(source, session)
    except FlowError:
        return None


def row_as_json(row: SessionRow) -> dict[str, Any]:
    """Return a session's line in a list, for programs; times as ISO 8601."""
    times = {name: getattr(row, name) for name in ("began", "updated", "ended")}
    return {**asdict(row), **{name: time.isoformat() if time else None for name, time in times.items()}}


def record_as_json(record: SessionRecord) -> dict[str, Any]:
    """Return the record for programs; what is added later changes no meaning, else ``version`` goes up.

    - ``session``: id, flow, title, phase, state (running, paused, ended), began, updated, ended, minutes (asked for),
      elapsed (seconds), turns, summary;
    - ``flow_file``: the flow's YAML as it was when the session began;
    - ``fields``: by name: value, words, by (parser, model, console), confirmed, phase, committed
      (its phase is complete);
    - ``artifacts``: by name: path (in ``folder``), media, seconds, phase;
    - ``questions``: phase, question, text, parent, answer (null without one), enough;
    - ``skipped``: ``phase/item``; ``overrides``: by phase, why it was completed although it lacked something;
    - ``events``: all, in order: n, wall (clock), event, and what that event carries.
    """
    state = record.state
    return {
        "version": VERSION,
        "session": row_as_json(record.row),
        "flow_file": record.source,
        "folder": str(record.folder),
        "fields": {
            name: {**asdict(held), "committed": record.is_committed(name)} for name, held in state.fields.items()
        },
        "artifacts": {name: asdict(kept) for name, kept in state.artifacts.items()},
        "questions": [asdict(asked) for asked in state.asked],
        "skipped": sorted(state.skipped),
        "overrides": dict(record.overrides),
        "events": [
            {"n": entry.n, "wall": entry.wall.isoformat(), **se.to_json(entry.event)} for entry in record.entries
        ],
    }
