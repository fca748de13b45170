"""Getting at sessions from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipit.errors import BadInput
from pipit.fsm.journal import Journal, JournalError, SessionRow
from pipit.fsm.journal.errors import OLDER

LAST = "last"


@contextmanager
def reading(folder: Path) -> Iterator[Journal | None]:
    """Open a journal that is only looked at, so also on a disk that cannot be written; None where there is none yet."""
    try:
        journal = Journal.open(folder, read_only=True)
    except JournalError as error:
        if error.code == "journal-none":
            yield None
            return
        if error.code != OLDER:
            raise
        journal = Journal.open(folder)  # brings it up to date
    try:
        yield journal
    finally:
        journal.close()


@contextmanager
def one_session(folder: Path, name: str) -> Iterator[tuple[Journal, SessionRow]]:
    """Open a journal to look at one session; raises ``BadInput``."""
    with reading(folder) as journal:
        if journal is None:
            raise _none()
        yield journal, the_session(journal, name)


def the_session(journal: Journal, name: str) -> SessionRow:
    """Return a session by its name, the beginning of its name, or ``last``; raises ``BadInput``."""
    rows = journal.sessions()
    if not rows:
        raise _none()
    if name == LAST:
        return rows[0]
    found = [row for row in rows if row.id == name] or [row for row in rows if row.id.startswith(name)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise BadInput("session-unknown", f"there is no session '{name}'", "'pipit session list' shows them")
    some = ", ".join(row.id for row in found[:3]) + (", …" if len(found) > 3 else "")
    raise BadInput("session-ambiguous", f"'{name}' begins the names of {len(found)} sessions", f"which: {some}?")


def _none() -> BadInput:
    return BadInput("session-none", "there are no sessions yet", "begin one: pipit session start FLOW")
