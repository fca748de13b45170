"""The console steers sessions, and reads the journal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipit.device.console.lines import Line
from pipit.device.console.protocol import Desk, answer
from pipit.fsm import events as ev
from pipit.fsm.journal import Journal
from pipit.fsm.session import events as se

from .fakes import FakeControl


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    journal = Journal.open(tmp_path)
    begun = (
        se.SessionStart(session="check-1", flow="check", title="Daily check"),
        se.PhaseStart(session="check-1", phase="intake", index=0),
        se.FieldSet(session="check-1", phase="intake", field="truck", value="nine", words="nine"),
        se.PhaseTransition(session="check-1", source="intake", dest="review"),
    )
    journal.begin("check-1", "check", "Daily check", "flow: check", begun)
    journal.close()
    return Desk(FakeControl(tmp_path), lambda shown: None)


def typed(desk: Desk, text: str) -> list[str]:
    return answer(desk, Line(text))


@pytest.mark.parametrize(
    ("line", "verb", "argument"),
    [
        ("session start forklift-check new", "start", "forklift-check new"),
        ("session resume", "resume", ""),
        ("session resume check-1", "resume", "check-1"),
        ("SESSION Pause", "pause", ""),
        ("session end force", "end", "force"),
        ("phase complete", "complete", ""),
        ("phase override the horn is on order", "override", "the horn is on order"),
    ],
)
def test_orders_go_to_the_dialogue(desk: Desk, line: str, verb: str, argument: str) -> None:
    assert typed(desk, line) == ["ok"]
    assert desk.control.calls == [("post", ev.SessionOrder(verb=verb, argument=argument))]  # type: ignore[attr-defined]


def test_the_sessions_of_the_journal_are_listed(desk: Desk) -> None:
    shown, end = typed(desk, "session list")
    assert "check-1" in shown
    assert "Daily check" in shown
    assert end == "ok"


def test_a_session_is_shown_from_the_journal_or_as_it_is_led(desk: Desk) -> None:
    desk.json = True
    kept, led = json.loads(typed(desk, "session show check-1")[0]), json.loads(typed(desk, "session show")[0])
    assert kept["session"]["fields"] == {"truck": "nine"}
    assert led["session"]["session"] == "chat-1"


def test_its_events_are_told_in_order(desk: Desk) -> None:
    desk.json = True
    told = [json.loads(line)["session"]["event"] for line in typed(desk, "session timeline check-1")[:-1]]
    assert told == ["session_start", "phase_start", "field_set", "phase_transition"]


def test_what_was_said_is_found(desk: Desk) -> None:
    assert "check-1" in typed(desk, "session search nine")[0]
    assert typed(desk, "session search xylophone") == ["ok"]


def test_a_session_that_is_not_there_is_an_error_line(desk: Desk) -> None:
    (line,) = typed(desk, "session show nobody")
    assert line.startswith("error: there is no session 'nobody'")
