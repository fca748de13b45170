"""The live process when the whole sound server goes, and when a device is in use at the start."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .assistant import Assistant, living, sound_card
from .conftest import Server, private_server
from .living import STORY

DEVICES = {"mic": (16_000, 1), "speaker": (16_000, 1)}
QUIET = {"listen__open_mic": "false", "lights__earcons": "false"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "pulse"
    folder.mkdir()
    yield from private_server(folder, DEVICES)


@pytest.fixture
def busy(tmp_path: Path) -> dict[str, str]:
    """Variables with which ALSA says of a device that it is in use, while ``busy`` is in the folder."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler here: sudo apt install build-essential")
    library = tmp_path / "busy.so"
    source = Path(__file__).with_name("busy.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    (tmp_path / "busy").touch()
    return {"LD_PRELOAD": str(library), "TEST_BUSY": str(tmp_path / "busy")}


def test_a_sound_server_that_is_restarted_costs_nothing_but_time(server: Server, tmp_path: Path) -> None:
    with living(sound_card(tmp_path, server, server), tmp_path, **QUIET) as assistant:
        for n in range(4):
            since = len(assistant.events)
            assistant.do("ask tell me a story")
            assistant.until(lambda e: e["event"] == "PlaybackStarted", since)
            server.stop()
            assistant.until_state("suspended", since)
            gone = len(assistant.events)
            server.start(DEVICES)
            assistant.until_state("speaking", gone, 30)
            record = assistant.until_ended(gone, 30)
            assert (record["outcome"], record["heard"]) == ("done", STORY), assistant.told(since)
            names = [event["event"] for event in assistant.events[since:]]
            assert [names.count(name) for name in ("MicLost", "MicBack", "SpeakerLost", "SpeakerBack")] == [1, 1, 1, 1]
            assistant.until_state("idle", gone)
            if n == 1:
                held = assistant.held()
        assert assistant.holds_again(held) <= held


@pytest.mark.parametrize("name", ["mic_in", "speaker"])
def test_a_device_that_is_in_use_at_the_start_is_waited_for(
    server: Server, busy: dict[str, str], tmp_path: Path, name: str
) -> None:
    environment = {**sound_card(tmp_path, server, server), **busy, "TEST_BUSY_NAME": name}
    with living(environment, tmp_path, **QUIET) as assistant:
        _until_known(assistant, name, lost=True)
        (tmp_path / "busy").unlink()
        _until_known(assistant, name, lost=False)
        since = len(assistant.events)
        assistant.do("ask tell me a story")
        assert assistant.until_ended(since)["heard"] == STORY


def _until_known(assistant: Assistant, name: str, lost: bool) -> None:
    part = {"mic_in": "microphone", "speaker": "speaker"}[name]
    assistant.wait(lambda: assistant.status()[part]["lost"] is lost, 40)
