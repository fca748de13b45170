"""The whole assistant, live: a recording through a virtual microphone, the answer out of a virtual speaker."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from pipit.fsm.clauses import ClauseCutter, speakable
from pipit.models import CancelToken, Engines

from .conftest import Server
from .test_live import _aligned, _gap

DEMO = Path(__file__).resolve().parents[3] / "device" / "demo"


@dataclass
class Running:
    """`pipit run` on a private sound server, with a console to ask it things."""

    server: Server
    process: subprocess.Popen[bytes]
    screen: Path
    console: Path

    def speak(self, name: str) -> None:
        wav = DEMO / f"{name}.wav"
        subprocess.run(["paplay", "-d", "mic", wav], env=self.server.environment, check=True)

    def ask(self, *lines: str) -> str:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(str(self.console))
            answers = ""
            for number, command in enumerate(lines, start=1):
                line.sendall(command.encode() + b"\n")
                while sum(part in ("ok",) or part.startswith("error: ") for part in answers.split("\n")) < number:
                    answers += line.recv(4096).decode()
        return answers

    def until(self, words: str, seconds: float = 20) -> str:
        end = time.monotonic() + seconds
        while words not in (shown := " ".join(self.screen.read_text().split())):
            assert time.monotonic() < end, f"no '{words}' in: {shown}"
            assert self.process.poll() is None, shown
            time.sleep(0.05)
        return shown

    def until_state(self, state: str, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while f"state: {state}\n" not in (told := self.ask("status")):
            assert time.monotonic() < end, told
            time.sleep(0.05)


@pytest.fixture
def running(pulse: Server, tmp_path: Path) -> Iterator[Running]:
    screen, console = tmp_path / "screen", tmp_path / "c.sock"
    settings = {"GPIOZERO_PIN_FACTORY": "mock", "PIPIT_BUTTON__PIN": "17", "PIPIT_LIGHTS__LED": "27", "COLUMNS": "200"}
    settings |= {"PIPIT_CONSOLE__SOCKET": str(console), "PIPIT_SOUND__MICROPHONE": "mic_in"}
    settings |= {"PIPIT_SOUND__SPEAKER": "speaker", "PIPIT_LIGHTS__EARCONS": "false"}
    with screen.open("wb") as out:
        command = [sys.executable, "-m", "pipit.device.cli", "run"]
        process = subprocess.Popen(
            command, env={**pulse.environment, **settings}, stdout=out, stderr=subprocess.STDOUT, cwd=tmp_path
        )
    live = Running(pulse, process, screen, console)
    try:
        live.until("Ready")
        end = time.monotonic() + 20
        while not console.exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        time.sleep(0.5)
        yield live
    finally:
        process.kill()
        process.wait(10)


def synthesized(engines: Engines, reply: str) -> np.ndarray:
    cutter = ClauseCutter()
    clauses = (*cutter.feed(reply), *cutter.finish())
    return np.concatenate([part for c in clauses for part in engines.voice.synthesize(speakable(c), CancelToken())])


def test_what_is_said_is_heard_and_the_answer_is_played_whole(running: Running, engines: Engines) -> None:
    with running.server.recording("speaker", 16_000) as heard:
        running.speak("turn_on_the_living_room_lamp")
        shown = running.until("ms after the last word")
    assert "You turn on the living room lamp" in shown  # the first word is whole
    reply = shown.split("Pipit ")[-1].split(" sound ")[0].strip()
    said = synthesized(engines, reply)
    at, correlation = _aligned(heard[0], said)
    assert correlation > 0.99
    assert _gap(heard[0][at : at + len(said)], said) > 0.95


def test_a_press_silences_within_a_period(running: Running) -> None:
    running.speak("tell_me_a_story")
    running.until_state("speaking")
    time.sleep(0.4)
    running.ask("press")
    running.until_state("listening")
    running.until("interrupted: silent after")
    told = running.ask("status", "latency", "release")
    facts = dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)
    assert int(facts["speaker.last_flush_samples"]) <= 160  # one period of 10 ms was on its way
    assert float(facts["barge_in_ms"].removesuffix(" ms")) < 100


def test_sigterm_ends_it_cleanly_within_two_seconds(running: Running) -> None:
    running.ask("say this is a rather long sentence that takes its time to be spoken")
    running.until_state("speaking")
    began = time.monotonic()
    running.process.terminate()
    assert running.process.wait(5) == 0
    assert time.monotonic() - began < 2
    assert not running.console.exists()
