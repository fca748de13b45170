"""The journal: every session's events, kept so that a pulled plug loses at most the words of the turn in progress."""

from pipit.fsm.journal.artifacts import place, settle
from pipit.fsm.journal.errors import JournalError, SessionInUse, UnknownSession
from pipit.fsm.journal.keeper import Keeper
from pipit.fsm.journal.rows import Entry, Hit, SessionRow
from pipit.fsm.journal.store import Batch, Journal, Opening

__all__ = [
    "Batch",
    "Entry",
    "Hit",
    "Journal",
    "JournalError",
    "Keeper",
    "Opening",
    "SessionInUse",
    "SessionRow",
    "UnknownSession",
    "place",
    "settle",
]
