"""Logs: one JSON object a line, never a lost turn."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from pipit.device.log import EventLog, set_up
from pipit.device.settings import Log
from pipit.errors import Failure
from pipit.fsm import events as ev
from pipit.fsm.turn import MILESTONES, Outcome, TurnRecord
from pipit.models import Message


@pytest.fixture(autouse=True)
def _structlog_as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pipit.log"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def record(**changes: Any) -> TurnRecord:
    latency = {name: float(10 * n) for n, name in enumerate(MILESTONES, 1)}
    facts: dict[str, Any] = {
        "turn_id": "t1",
        "outcome": Outcome.DONE,
        "transcript": "tell me a joke",
        "reply": "No.",
        "heard": "No.",
        "speech": (0, 16_000),
        "error": "",
        "latency_ms": latency,
        "barge_in_ms": None,
    }
    return TurnRecord(**(facts | changes))


EVENTS: tuple[ev.Event, ...] = (
    ev.ButtonDown(),
    ev.SpeechStarted(utterance=1, start=320),
    ev.PartialTranscript(utterance=1, text='a "quoted"\nword'),
    ev.FinalTranscript(utterance=1, text="tell me a joke", pcm=b"\0\1"),
    ev.Prompted(turn="t1", messages=(Message("user", "tell me a joke"),)),
    ev.Clause(turn="t1", index=0, text="Größe – ok."),
    ev.StateChanged(source="idle", dest="listening"),
    ev.TurnStarted(turn="t1"),
    ev.TurnEnded(session="s", turn="t1", record=record()),
    ev.Failed(turn="t1", part="model", code="model-failed", message="llama.cpp\nfailed"),
    ev.MicLost(reason="unplugged"),
    ev.Ignored(of="ButtonUp", state="idle"),
)


def test_every_event_is_one_json_object_a_line(path: Path) -> None:
    set_up(Log(level="debug", file=path))
    log = EventLog()
    for event in EVENTS:
        log(event)
    found = lines(path)
    assert len(found) == len(EVENTS)
    names = ["turn" if isinstance(event, ev.TurnEnded) else event.name for event in EVENTS]
    assert [line["event"] for line in found] == names
    assert all(line["level"] and line["timestamp"].endswith("Z") for line in found)


def test_a_turn_tells_its_stage_latencies(path: Path) -> None:
    set_up(Log(level="info", file=path))
    EventLog()(ev.TurnEnded(session="s", turn="t1", record=record(barge_in_ms=12.5, outcome=Outcome.INTERRUPTED)))
    (line,) = lines(path)
    assert (line["session"], line["turn"], line["outcome"]) == ("s", "t1", "interrupted")
    assert list(line["latency_ms"]) == list(MILESTONES)
    assert line["latency_ms"]["first_audio"] == 60.0
    assert line["barge_in_ms"] == 12.5
    assert line["error"] is None


def test_what_was_said_is_not_written_unless_debugging(path: Path) -> None:
    set_up(Log(level="info", file=path))
    for event in EVENTS:
        EventLog()(event)
    assert "joke" not in path.read_text()


def test_an_ignored_event_is_named(path: Path) -> None:
    set_up(Log(level="debug", file=path))
    EventLog()(ev.Ignored(of="ButtonUp", state="idle"))
    (line,) = lines(path)
    assert (line["event"], line["of"], line["state"]) == ("Ignored", "ButtonUp", "idle")


@pytest.mark.parametrize(
    ("level", "expected"),
    [("error", []), ("warning", ["Failed", "MicLost"]), ("info", ["turn", "Failed", "MicLost"])],
)
def test_levels(level: Any, expected: list[str], path: Path) -> None:
    set_up(Log(level=level, file=path))
    log = EventLog()
    for event in EVENTS:
        log(event)
    assert [line["event"] for line in lines(path)] == expected


def test_an_event_log_made_before_the_logs_were_set_up_works_too(path: Path) -> None:
    log = EventLog()
    set_up(Log(level="debug", file=path))
    log(ev.ButtonDown())
    assert lines(path)[0]["event"] == "ButtonDown"


def test_lines_are_appended(path: Path) -> None:
    for _ in range(2):
        set_up(Log(level="debug", file=path))
        EventLog()(ev.ButtonDown())
    assert len(lines(path)) == 2


def test_an_exception_stays_in_its_line(path: Path) -> None:
    set_up(Log(file=path))
    try:
        raise ValueError("two\nlines")
    except ValueError:
        structlog.get_logger().exception("broken")
    (line,) = lines(path)
    assert line["event"] == "broken"
    assert "ValueError: two\nlines" in line["exception"]


def test_without_a_file_lines_go_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    set_up(Log())
    EventLog()(ev.MicLost(reason="unplugged"))
    out, err = capfd.readouterr()
    assert not out
    assert json.loads(err)["reason"] == "unplugged"


@pytest.mark.parametrize("place", ["no/such/folder/pipit.log", "."])
def test_a_file_that_cannot_be_opened(place: str, tmp_path: Path) -> None:
    with pytest.raises(Failure) as caught:
        set_up(Log(file=tmp_path / place))
    assert caught.value.code == "log-file"
    assert str(tmp_path / place) in str(caught.value)
    assert caught.value.hint == "choose another log.file"
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_costs_lines_and_says_so_once(capfd: pytest.CaptureFixture[str]) -> None:
    set_up(Log(level="debug", file=Path("/dev/full")))
    for event in EVENTS:
        EventLog()(event)
    assert capfd.readouterr().err.count("log lines are being lost") == 1


def test_a_closed_standard_error_harms_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "closed").open("w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        set_up(Log())
    EventLog()(ev.MicLost(reason="unplugged"))
