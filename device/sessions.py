"""Sessions as a device leads them: flows from its folders, a journal on its disk."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import platformdirs
import structlog

from pipit.audio import AudioClock
from pipit.device.flow.find import found_flows, resolve
from pipit.device.settings import EngineChoice, JournalSettings, Reply
from pipit.errors import PipitError
from pipit.fsm import events as ev
from pipit.fsm.chat import Chat
from pipit.fsm.fields import counting
from pipit.fsm.flow.load import load_flow
from pipit.fsm.intents.own import OwnIntent, load_own
from pipit.fsm.intents.sessions import Answering, Knowledge
from pipit.fsm.journal import Journal
from pipit.fsm.session.events import SessionEvent
from pipit.fsm.session.host import Sessions, Surroundings
from pipit.fsm.session.record import JournalRecord, MemoryRecord, Record
from pipit.fsm.session.state import SessionState, fold
from pipit.models.load import pocket_weights

POCKET = "pocket"
_CHANCE = 7
"""With a clock that stands still chance does too: a replay is the same every time."""


class Flows:
    """A ``Library`` over the flows that come with Pipit and those in the user's folder."""

    def __init__(self) -> None:
        self._titles: dict[str, str] | None = None

    def source(self, name: str) -> str:
        """Return a flow file's text, by name or path."""
        path = resolve(name)
        load_flow(path)  # tells what is wrong with the file by its name
        return path.read_text(encoding="utf-8")

    def titles(self) -> Mapping[str, str]:
        """Return the flows that can be started by voice; one with a fault cannot."""
        if self._titles is None:
            self._titles = {flow.title: flow.name for flow in found_flows() if flow.title}
        return self._titles


def record_in(folder: Path | None) -> Record:
    """Return where sessions are kept: a folder, or memory."""
    return JournalRecord(Journal.open(folder)) if folder else MemoryRecord()


def record_for_life(settings: JournalSettings) -> tuple[Record, Callable[[], None]]:
    """Return the journal of a device and how to close it; one that cannot be opened is told, and memory serves."""
    try:
        journal = Journal.open(settings.place)
    except PipitError as error:
        structlog.get_logger().error("journal", code=error.code, message=str(error))
        return MemoryRecord(), lambda: None
    return JournalRecord(journal), journal.close


def led_on(record: Record, state: SessionState | None, home: str) -> ev.SessionOrder:
    """Return the order with which another assistant goes on with a session that is kept, or begins with ``home``."""
    kept = state is not None and isinstance(record, JournalRecord) and not state.ended and state.paused != "stopped"
    if state is None or not kept or state.flow == home:
        return ev.SessionOrder(verb="start", argument=home)
    return ev.SessionOrder(verb="resume", argument=state.id)


def lead_sessions(
    prompt: Callable[[], str],
    clock: AudioClock,
    record: Record,
    *,
    today: Callable[[], date] = date.today,
    home: str | None = None,
    knowledge: Knowledge | None = None,
) -> Sessions:
    """Return the script that a dialogue follows: free talk and sessions; ``knowledge`` answers before the model."""
    talk, flows, around = Chat(prompt), Flows(), Surroundings(clock, today, prompt)
    if knowledge is None:
        return Sessions(talk, flows, record, around, home)
    return Answering(talk, flows, record, around, home, knowledge=knowledge)


def knowledge_for_life(reply: Reply, engines: EngineChoice) -> Knowledge | None:
    """Return what intents know on a device; raises ``BadInput`` when the user's table has a fault."""
    if not reply.intents:
        return None
    draw = random.SystemRandom().randrange
    return Knowledge(lambda: datetime.now().astimezone(), draw, _model(engines), own_intents(reply))


def knowledge_for_replay(reply: Reply, engines: EngineChoice, clock: datetime | None) -> Knowledge | None:
    """Return what intents know in a replay: no clock but its own, and the same chance every time."""
    if not reply.intents:
        return None
    draw = random.Random(_CHANCE).randrange  # noqa: S311
    return Knowledge(lambda: clock, draw, _model(engines), own_intents(reply))


def own_intents(reply: Reply) -> Sequence[OwnIntent]:
    """Return the user's table: the file that is named, else the one beside the configuration, else nothing."""
    usual = platformdirs.user_config_path("pipit") / "intents.yaml"
    if reply.own_intents is None and not usual.is_file():
        return ()
    return load_own(reply.own_intents or usual)


def _model(engines: EngineChoice) -> str:
    """Return what the model is, to be said; of the pocket model its size is told, so that nobody expects much."""
    if engines.weights != POCKET or engines.model is not None:
        return "a language model"
    path = pocket_weights().model
    megabytes = round(path.stat().st_size / 1e6) if path.is_file() else 0
    return f"a pocket model of {counting.in_words(megabytes)} megabytes" if megabytes > 1 else "a pocket model"


def told_of(events: Sequence[SessionEvent]) -> dict[str, Any] | None:
    """Return where the last of the sessions stands, for a report; None when there was none."""
    if not events:
        return None
    session = events[-1].session
    return outline(fold(event for event in events if event.session == session))


def outline(state: SessionState) -> dict[str, Any]:
    """Return a session as a JSON object."""
    return {
        "session": state.id,
        "flow": state.flow,
        "title": state.title,
        "phase": state.phase,
        "visited": list(state.visited),
        "fields": state.values(),
        "artifacts": {name: kept.path for name, kept in state.artifacts.items()},
        "answers": [{"question": a.question, "text": a.text, "answer": a.answer} for a in state.asked],
        "paused": state.paused,
        "ended": state.ended,
        "elapsed_s": round(state.elapsed, 1),
        "summary": state.summary,
    }
