"""The console's ``session`` and ``phase``: orders go to the dialogue, what is only read comes from the journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any

from pipit.device.control import Control
from pipit.errors import BadInput
from pipit.fsm import events as ev
from pipit.fsm.journal import Journal
from pipit.fsm.session.events import to_json
from pipit.fsm.session.orders import VERBS

ORDERS = ("start", *VERBS)
READS = ("list", "show", "timeline", "search")
USAGE = (
    "start FLOW, resume [ID], pause, repeat, back, skip, stop, end [force], attach NAME FILE, status, "
    "list, show, timeline, search"
)
_TAKE_ARGUMENT = ("start", "resume", "end", "attach")


def session(control: Control, text: str) -> list[Mapping[str, Any]]:
    """Carry out ``session …``; return what is to be shown. Raises ``BadInput``."""
    verb, _, rest = text.partition(" ")
    verb, rest = verb.lower(), rest.strip()
    if verb == "search" and not rest:
        raise BadInput("console-usage", "session search takes TEXT")
    if verb in READS:
        with closing(control.journal()) as journal:
            return _READ[verb](control, journal, rest)
    if verb not in ORDERS:
        raise BadInput("console-usage", f"session takes {USAGE}")
    if rest and verb not in _TAKE_ARGUMENT:
        raise BadInput("console-usage", f"session {verb} takes nothing")
    if verb == "start" and not rest:
        raise BadInput("console-usage", "session start takes FLOW [continue|restart|new] [MINUTES]")
    control.post(ev.SessionOrder(verb=verb, argument=rest))
    return []


def phase(control: Control, text: str) -> list[Mapping[str, Any]]:
    """Carry out ``phase complete`` or ``phase override WHY``; raises ``BadInput``."""
    verb, _, why = text.partition(" ")
    why = why.strip()
    if verb.lower() == "override" and why:
        control.post(ev.SessionOrder(verb="override", argument=why))
    elif verb.lower() == "complete" and not why:
        control.post(ev.SessionOrder(verb="complete"))
    else:
        raise BadInput("console-usage", "phase takes complete, or override WHY")
    return []


def _list(_: Control, journal: Journal, text: str) -> list[Mapping[str, Any]]:
    return [
        {"session": row.id, "title": row.title, "phase": row.phase, "state": row.state, "began": str(row.began)}
        for row in journal.sessions(text or None)
    ]


def _show(control: Control, journal: Journal, text: str) -> list[Mapping[str, Any]]:
    from pipit.device.sessions import outline

    return [outline(journal.state(text)) if text else control.session() or {"session": None}]


def _timeline(control: Control, journal: Journal, text: str) -> list[Mapping[str, Any]]:
    name = text or str(control.session().get("session") or "")
    if not name:
        raise BadInput("session-none", "there is no session", "name one: session timeline ID")
    return [to_json(event) for event in journal.events(name)]


def _search(_: Control, journal: Journal, text: str) -> list[Mapping[str, Any]]:
    return [{"session": hit.session, "what": hit.kind, "text": hit.snippet} for hit in journal.search(text)]


_READ: Mapping[str, Callable[[Control, Journal, str], list[Mapping[str, Any]]]] = {
    "list": _list,
    "show": _show,
    "timeline": _timeline,
    "search": _search,
}


def lines(values: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a line for each, for people: what is empty is left out."""
    told = ({key: value for key, value in entry.items() if value not in ("", None, [], {})} for entry in values)
    return ["  ".join(f"{key} {value}" for key, value in entry.items()) for entry in told]
