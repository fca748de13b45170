"""SIGHUP on the live process: other settings, the same process, and nothing left of the assistant before."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from .assistant import REAL, Assistant, living, sound_card
from .conftest import Server, private_server

DEVICES = {"mic": (16_000, 1), "speaker": (16_000, 1)}
QUIET = "[listen]\nopen_mic = false\n[lights]\nearcons = false\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from private_server(tmp_path_factory.mktemp("pulse"), DEVICES)


class Running:
    """An assistant with a configuration file, a log and somebody who is told by it, as systemd would be."""

    def __init__(self, assistant: Assistant, folder: Path, notify: socket.socket) -> None:
        self.assistant, self.folder, self.notify = assistant, folder, notify

    def configure(self, text: str) -> None:
        """Write the file, send SIGHUP, wait until the service says that it is ready again."""
        (self.folder / "pipit.toml").write_text(QUIET + text)
        self._drain()
        os.kill(self.assistant.process.pid, signal.SIGHUP)
        self.until_told("RELOADING=1")
        self.until_told("READY=1")

    def until_told(self, word: str, seconds: float = 10) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.notify.settimeout(left)
            if word in self.notify.recv(4096).decode().splitlines():
                return
        raise AssertionError(f"it was not told {word}")

    def _drain(self) -> None:
        self.notify.setblocking(False)
        while True:
            try:
                self.notify.recv(4096)
            except BlockingIOError:
                return

    def complaints(self) -> list[dict[str, str]]:
        lines = (self.folder / "log").read_text().splitlines()
        return [entry for entry in map(json.loads, lines) if entry["event"] == "reload"]

    def answers(self) -> None:
        since = len(self.assistant.events)
        self.assistant.do("ask hello")
        record = self.assistant.until_ended(since)
        assert (record["outcome"], record["heard"]) == ("done", "You said hello.")
        self.assistant.until_state("idle", since)


@pytest.fixture
def running(server: Server, tmp_path: Path) -> Iterator[Running]:
    (tmp_path / "pipit.toml").write_text(QUIET)
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as notify:
        notify.bind(str(tmp_path / "notify"))
        environment = sound_card(tmp_path, server, server)
        environment |= {"PIPIT_CONFIG": str(tmp_path / "pipit.toml"), "NOTIFY_SOCKET": str(tmp_path / "notify")}
        environment["GPIOZERO_PIN_FACTORY"] = "mock"
        with living(environment, tmp_path, log__file=tmp_path / "log", lights__led=17) as assistant:
            made = Running(assistant, tmp_path, notify)
            made.until_told("READY=1")
            yield made


def test_twenty_reloads_leave_nothing_behind(running: Running) -> None:
    assistant, latency = running.assistant, (40, 80)
    for n in range(20):
        running.configure(f"[sound]\nlatency_ms = {latency[n % 2]}\n[engines]\nseed = {1 + n // 4}\n")
        assistant.connect()
        running.answers()
        if n == 2:
            held = assistant.held()
    assert assistant.holds_again(held) <= held
    assert running.complaints() == []


def test_what_has_changed_is_used_and_a_turn_in_progress_is_ended(running: Running, server: Server) -> None:
    assistant = running.assistant
    since = len(assistant.events)
    with server.recording("speaker", 16_000) as before:
        assistant.do("ask tell me a story")
        assistant.until(lambda e: e["event"] == "PlaybackStarted", since)
        time.sleep(0.2)
        running.configure("[sound]\nvolume = 0.5\n")
    assert assistant.until_ended(since)["outcome"] == "interrupted"
    assistant.connect()
    with server.recording("speaker", 16_000) as after:
        running.answers()
    loud, half = (int(np.abs(heard[0]).max()) for heard in (before, after))
    assert half == pytest.approx(loud / 2, rel=0.05)


def test_only_the_log_changes_without_a_break(running: Running) -> None:
    assistant = running.assistant
    uptime = assistant.status()["uptime_s"]
    running.configure("[log]\nlevel = 'info'\n")
    running.answers()  # on the console that is open
    assert assistant.status()["uptime_s"] > uptime
    turns = [line for line in (running.folder / "log").read_text().splitlines() if '"event": "turn"' in line]
    assert len(turns) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[sound]\nvolume = 7\n", "sound.volume"),
        ("[sound]\nvolum = 1\n", "did you mean"),
        ("[[", "TOML"),
        ("[engines]\nseed = 13\n", "no such weights"),
        ("[button]\npin = 17\n", "GPIO17"),  # the light is there: told only when the button is claimed
        ("[button]\nkey = 'KEY_NONE'\n", "KEY_NONE"),
    ],
)
def test_a_wrong_configuration_is_one_line_and_the_old_one_goes_on(running: Running, text: str, says: str) -> None:
    running.configure(text)
    (complaint,) = running.complaints()
    assert says in complaint["error"]
    assert "\n" not in complaint["error"]
    running.assistant.connect()
    running.answers()


def test_a_session_goes_on_in_the_next_assistant(running: Running) -> None:
    assistant = running.assistant
    assistant.do("session start forklift-check new")
    assistant.wait(lambda: assistant.status()["session"].get("flow") == "forklift-check")
    led = assistant.status()["session"]
    running.configure("[sound]\nvolume = 0.5\n")
    assistant.connect()
    assistant.wait(lambda: assistant.status()["session"].get("id") == led["id"])


def test_engines_that_are_no_longer_wanted_give_their_memory_back(server: Server, tmp_path: Path) -> None:
    (tmp_path / "pipit.toml").write_text(QUIET)
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as notify:
        notify.bind(str(tmp_path / "notify"))
        environment = sound_card(tmp_path, server, server)
        environment |= {"PIPIT_CONFIG": str(tmp_path / "pipit.toml"), "NOTIFY_SOCKET": str(tmp_path / "notify")}
        with living(environment, tmp_path, REAL, log__file=tmp_path / "log") as assistant:
            running, kept = Running(assistant, tmp_path, notify), []
            running.until_told("READY=1")
            for n in range(6):
                running.configure(f"[engines]\nseed = {n + 20}\n")
                assistant.connect()
                kept.append(_resident_mib(assistant.process.pid))
    assert kept[-1] < kept[0] + 80  # each set has more than that


def _resident_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
