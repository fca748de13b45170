"""The live process, its microphone pulled and plugged again within a turn: it goes on, and leaks nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipit.models import CancelToken
from pipit.models.scripted import ScriptedVoice

from .assistant import Assistant, Plug, living, sound_card
from .conftest import Server, private_server
from .living import PACE_S, STORY

TIMES = 20


@pytest.fixture(scope="module")
def plug(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plug]:
    for server in private_server(tmp_path_factory.mktemp("mic"), {"mic": (16_000, 1)}):
        yield Plug(server, "mic")


@pytest.fixture(scope="module")
def speaker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from private_server(tmp_path_factory.mktemp("speaker"), {"speaker": (16_000, 1)})


@pytest.fixture(scope="module")
def tones(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, wave = tmp_path_factory.mktemp("tones"), np.sin(np.arange(480_000) * 0.2)
    paths = {"low": folder / "low.raw", "high": folder / "high.raw"}
    for name, loudness in (("low", 1500), ("high", 12_000)):
        (wave * loudness).astype("<i2").tofile(paths[name])
    return paths


@pytest.fixture(scope="module")
def assistant(plug: Plug, speaker: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("living")
    settings = {"listen__open_mic": "false", "lights__earcons": "false"}
    with living(sound_card(folder, plug.server, speaker), folder, **settings) as running:
        yield running


def test_in_the_middle_of_an_utterance(assistant: Assistant, plug: Plug, tones: dict[str, Path]) -> None:
    for n in range(TIMES):
        since = len(assistant.events)
        assistant.do("press")
        with plug.tone(tones["low"]):
            assistant.until(lambda e: e.get("text") == "low", since)
            plug.out()
        assistant.until_state("suspended", since)
        early = n % 4 == 3
        if early:
            assistant.do("release")  # let go before it is back
        gone = len(assistant.events)
        plug.back()
        assistant.until_state("listening", gone)
        if not early:
            with plug.tone(tones["high"]):
                assistant.until(lambda e: e.get("text") == "low high", gone)
            assistant.do("release")
        record = assistant.until_ended(gone)
        said = "low" if early else "low high"
        assert (record["outcome"], record["transcript"]) == ("done", said), assistant.told(since)
        assert record["heard"] == f"You said {said}."
        assistant.until_state("idle", gone)
        if n == 1:
            held = assistant.held()
    assert assistant.holds_again(held) <= held
    assert assistant.status()["microphone"]["losses"] >= TIMES


def test_in_the_middle_of_thinking(assistant: Assistant, plug: Plug) -> None:
    for n in range(TIMES):
        since = len(assistant.events)
        assistant.go.unlink(missing_ok=True)
        assistant.do(f"ask think {n}")
        assistant.until_state("thinking", since)
        plug.out()
        assistant.until_state("suspended", since)
        if n % 2:
            assistant.go.touch()  # the model answers while nobody listens
        gone = len(assistant.events)
        plug.back()
        assistant.until_state("thinking", gone)
        assistant.go.touch()
        record = assistant.until_ended(gone)
        assert (record["outcome"], record["heard"]) == ("done", f"You said think {n}."), assistant.told(since)
        assistant.until_state("idle", gone)
        if n == 1:
            held = assistant.held()
    assert assistant.holds_again(held) <= held


def test_in_the_middle_of_speaking(assistant: Assistant, plug: Plug, speaker: Server) -> None:
    with speaker.recording("speaker", 16_000) as heard:
        for n in range(TIMES):
            since = len(assistant.events)
            assistant.do("ask tell me a story")
            assistant.until(lambda e: e["event"] == "PlaybackStarted", since)
            plug.out()
            assistant.until_state("suspended", since)
            gone = len(assistant.events)
            plug.back()
            assistant.until_state("speaking", gone)
            record = assistant.until_ended(gone)
            assert (record["outcome"], record["heard"]) == ("done", STORY), assistant.told(since)
            assistant.until_state("idle", gone)
            if n == 1:
                held = assistant.held()
    assert assistant.holds_again(held) <= held
    said = np.concatenate(list(ScriptedVoice(seconds_per_character=PACE_S).synthesize(STORY, CancelToken())))
    sounds, wanted = (int(np.count_nonzero(np.abs(part) > 100)) for part in (heard[0], said))
    assert sounds == pytest.approx(TIMES * wanted, rel=0.01)  # nothing is missing and nothing was said twice
