"""Words around the start of a session: which flow is meant, and what to do with one that is unfinished."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from pipit.errors import BadInput
from pipit.fsm.flow.schema import Flow
from pipit.fsm.session.state import SessionState

How = Literal["continue", "restart", "new"]
HOWS: Mapping[str, How] = {"continue": "continue", "restart": "restart", "new": "new"}

_WORDS: Mapping[How, frozenset[str]] = {
    "continue": frozenset({"continue", "resume", "on", "yes", "carry", "finish"}),
    "restart": frozenset({"restart", "over", "beginning", "again"}),
    "new": frozenset({"new", "another", "fresh"}),
}
_START = re.compile(r"^(?:please )?(?:start|begin|open|run|(?:let's )?do) (?:the |a |an |my )?(.+?)(?: please)?$")


def asks(flow: Flow, state: SessionState) -> str:
    """Return the question what to do with a session that is unfinished."""
    phase = flow.phase(state.phase) if state.phase else flow.phases[0]
    where = phase.title or phase.name.replace("_", " ").replace("-", " ")
    return f"There is an unfinished {flow.title}, at {where}. Continue, restart, or new?"


def chosen_by(said: str) -> How | None:
    """Return what the person wants; None when that is not clear."""
    words = set(re.findall(r"\w+", said.lower()))
    meant = [how for how, sayings in _WORDS.items() if words & sayings]
    return meant[0] if len(meant) == 1 else None


def flow_named(said: str, titles: Mapping[str, str]) -> str | None:
    """Return the flow that a sentence starts: "start the daily forklift check"."""
    match = _START.match(" ".join(re.findall(r"[\w']+", said.lower())))
    if match is None:
        return None
    wanted = match.group(1)
    return next((name for title, name in titles.items() if wanted in (_plain(title), _plain(name))), None)


def _plain(title: str) -> str:
    return " ".join(re.findall(r"[\w']+", title.lower().replace("_", " ").replace("-", " ")))


def start_of(argument: str) -> tuple[str, How | None, float]:
    """Read ``FLOW [continue|restart|new] [MINUTES]``; a file's name may have spaces. Raises ``BadInput``."""
    words = argument.split()
    how: How | None = None
    minutes = 0.0
    while len(words) > 1 and (words[-1] in HOWS or words[-1].replace(".", "", 1).isdigit()):
        word = words.pop()
        how, minutes = (HOWS[word], minutes) if word in HOWS else (how, float(word))
    if not words:
        raise BadInput("session-start", "no flow is named", "give FLOW [continue|restart|new] [MINUTES]")
    return argument[: argument.rindex(words[-1]) + len(words[-1])].strip(), how, minutes
