"""The shipped conversation, on the real engines: what `make run` does on a machine without a microphone."""

from __future__ import annotations

import json
import wave
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from pipit.device.cli import DEMO
from pipit.device.config import Settings
from pipit.device.replay import ReplayResult, read_scenario, replay
from pipit.fsm.turn import MILESTONES
from pipit.models import Engines


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, engines: Engines) -> ReplayResult:
    return replay(read_scenario(DEMO), engines, Settings(), tmp_path_factory.mktemp("demo"))


def test_everything_comes_as_expected(demo: ReplayResult) -> None:
    assert demo.faults == []
    assert [turn["outcome"] for turn in demo.report["turns"]].count("interrupted") == 1
    assert len(demo.report["turns"]) >= 4


def test_report_is_what_is_documented(demo: ReplayResult) -> None:
    report = json.loads((demo.folder / "report.json").read_text())
    assert report["version"] == 1
    assert set(report["engines"]) == {"stt", "llm", "tts"}
    assert report["session_id"]
    assert (demo.folder / report["events"]).is_file()
    for turn in report["turns"]:
        start, end = turn["speech_s"]
        assert 0 <= start < end
        assert list(turn["latency_ms"]) == list(MILESTONES)
        milestones = [turn["latency_ms"][name] for name in MILESTONES]
        assert None not in milestones
        assert milestones == sorted(milestones)


def test_every_reply_is_a_recording_of_the_length_that_was_audible(demo: ReplayResult) -> None:
    for turn in demo.report["turns"]:
        with wave.open(str(demo.folder / turn["audio"])) as file:
            seconds = file.getnframes() / file.getframerate()
            sound = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        assert abs(sound).max() > 1000
        assert seconds == pytest.approx(turn["playback_s"][1] - turn["playback_s"][0], abs=0.05)


def test_only_what_was_heard_is_remembered(demo: ReplayResult) -> None:
    turns = demo.report["turns"]
    cut = next(n for n, turn in enumerate(turns) if turn["outcome"] == "interrupted")
    reply, heard = turns[cut]["reply"], turns[cut]["heard"]
    assert heard
    assert reply.startswith(heard)
    assert heard != reply
    prompts = [event for event in demo.events if event["event"] == "Prompted"]
    after = next(p for p in prompts if p["turn"] == turns[cut + 1]["turn_id"])
    replies = [m["text"] for m in after["messages"] if m["role"] == "assistant"]
    assert replies[-1] == heard
    assert reply[len(heard) :].strip() not in json.dumps(after["messages"])


def test_the_press_silences_at_once(demo: ReplayResult) -> None:
    cut = next(turn for turn in demo.report["turns"] if turn["outcome"] == "interrupted")
    pressed = [e["at"] for e in demo.events if e["event"] == "ButtonDown"]
    silent = cut["playback_s"][1]
    assert any(0 <= at - silent <= 0.02 for at in pressed)
    assert 0 <= cut["barge_in_ms"] < 1000


def test_timeline_is_a_picture(demo: ReplayResult) -> None:
    root = ElementTree.parse(demo.folder / "timeline.svg").getroot()  # noqa: S314 - our own file
    assert root.tag.endswith("svg")
    words = " ".join("".join(root.itertext()).split())
    assert "tell me a story" in words


def test_a_replay_is_repeatable(demo: ReplayResult, engines: Engines, tmp_path: Path) -> None:
    again = replay(read_scenario(DEMO), engines, Settings(), tmp_path)
    assert (tmp_path / "events.jsonl").read_bytes() == (demo.folder / "events.jsonl").read_bytes()
    for first, second in zip(demo.report["turns"], again.report["turns"], strict=True):
        timed = ("latency_ms", "barge_in_ms")
        assert {k: v for k, v in first.items() if k not in timed} == {k: v for k, v in second.items() if k not in timed}
        assert (tmp_path / second["audio"]).read_bytes() == (demo.folder / first["audio"]).read_bytes()
