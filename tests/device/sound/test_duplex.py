"""Speech that interrupts, and an assistant that hears itself: real engines on a virtual sound server."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from .assistant import REAL, Assistant, living
from .conftest import HINT, Server, private_server

QUESTION = Path(__file__).resolve().parents[3] / "device" / "demo" / "what_is_my_name.wav"
LONG = "say once upon a time there was a small bird and it lived in a tall tree and it sang a song every day"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from private_server(tmp_path_factory.mktemp("pulse"), {"mic": (16_000, 1), "speaker": (16_000, 1)})


def _devices(folder: Path, server: Server, hears: str) -> dict[str, str]:
    """Return the environment of a program whose microphone hears what goes into a sink."""
    conf = folder / "asound.conf"
    conf.write_text(
        f'pcm.mic_in {{ type pulse server "{server.address}" device "{hears}.monitor" {HINT} }}\n'
        f'pcm.speaker {{ type pulse server "{server.address}" device "speaker" {HINT} }}\n'
        "pcm.!default { type asym capture.pcm mic_in playback.pcm speaker }\n"
    )
    return {**server.environment, "ALSA_CONFIG_PATH": str(conf)}


def _ask(server: Server, sink: str) -> None:
    subprocess.run(["paplay", "-d", sink, QUESTION], env=server.environment, check=True)


def _speaks(assistant: Assistant) -> int:
    since = len(assistant.events)
    assistant.do(LONG)
    assistant.until(lambda e: e["event"] == "PlaybackStarted", since)
    time.sleep(0.5)
    return since


@pytest.fixture
def duplex(server: Server, tmp_path: Path) -> Iterator[Assistant]:
    settings = {"listen__full_duplex": "true", "lights__earcons": "false", "log__level": "info"}
    settings["log__file"] = str(tmp_path / "log")
    with living(_devices(tmp_path, server, "mic"), tmp_path, REAL, **settings) as assistant:
        yield assistant


def _loud(sound: np.ndarray) -> np.ndarray:
    """Return the hundredths of a second in which there is something to be heard."""
    return np.flatnonzero(np.abs(sound[: len(sound) // 160 * 160]).reshape(-1, 160).max(axis=1) > 300)


def test_in_full_duplex_speech_interrupts(server: Server, duplex: Assistant, tmp_path: Path) -> None:
    with server.recording("mic", 16_000) as said, server.recording("speaker", 16_000) as heard:
        since = _speaks(duplex)
        _ask(server, "mic")
        answer = len(duplex.events)
        interrupted = duplex.until_ended(since)
        assert duplex.until_ended(answer)["transcript"] == "what is my name"
    assert interrupted["outcome"] == "interrupted"
    assert 0 < len(interrupted["heard"]) < len(interrupted["reply"])
    logged = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    (ms,) = [line["barge_in_ms"] for line in logged if line.get("outcome") == "interrupted"]
    assert 80 <= ms < 500  # from the first sound of a voice, which takes 80 ms to be one
    began, sounds = _loud(said[0])[0], _loud(heard[0])
    pause = int(np.argmax(np.diff(sounds)))  # between what was cut off and the answer
    assert sounds[pause + 1] - sounds[pause] > 80
    assert began - 30 < sounds[pause] < began + 80  # the two recorders began at about the same time


def test_in_full_duplex_an_assistant_that_hears_itself_interrupts_itself(server: Server, tmp_path: Path) -> None:
    # why it is off unless chosen; and that the loop of the next test is one
    environment = _devices(tmp_path, server, "speaker")
    with living(environment, tmp_path, REAL, listen__full_duplex="true", lights__earcons="false") as assistant:
        assert assistant.until_ended(_speaks(assistant))["outcome"] == "interrupted"


def test_in_half_duplex_it_does_not(server: Server, tmp_path: Path) -> None:
    environment = _devices(tmp_path, server, "speaker")
    with living(environment, tmp_path, REAL, lights__earcons="false") as assistant:
        since = _speaks(assistant)
        assert assistant.until_ended(since)["outcome"] == "done"
        time.sleep(2)
        assert [e["event"] for e in assistant.events[since:] if e["event"] == "TurnStarted"] == ["TurnStarted"]
        since = len(assistant.events)
        _ask(server, "speaker")  # and it hears a person afterwards
        assert assistant.until_ended(since)["transcript"] == "what is my name"
