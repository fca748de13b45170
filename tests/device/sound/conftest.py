"""Private sound servers with virtual devices; programs that may hang run in a process that can be killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

CHILD = Path(__file__).with_name("child.py")
Child = Callable[..., dict[str, Any]]


@dataclass
class Server:
    """A PulseAudio of our own, without a sound card."""

    folder: Path
    pid: int = 0

    @property
    def address(self) -> str:
        return f"unix:{self.folder}/native"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder),
            "PULSE_SERVER": self.address,
            "PULSE_COOKIE": str(self.folder / "cookie"),
            "ALSA_CONFIG_PATH": str(self.folder / "asound.conf"),
        }

    def start(self, sinks: dict[str, tuple[int, int]]) -> None:
        lines = [f"load-module module-native-protocol-unix socket={self.folder}/native auth-anonymous=1"]
        for name, (rate, channels) in sinks.items():
            form = f"rate={rate} channels={channels} format=s16le norewinds=1"
            lines.append(f"load-module module-null-sink sink_name={name} {form}")
        (self.folder / "test.pa").write_text("\n".join(lines) + "\n")
        names = list(sinks)
        pcms = [f'pcm.{name} {{ type pulse server "{self.address}" device "{name}" {HINT} }}' for name in names]
        pcms += [
            f'pcm.{name}_in {{ type pulse server "{self.address}" device "{name}.monitor" {HINT} }}' for name in names
        ]
        pcms.append(f"pcm.!default {{ type asym capture.pcm {names[0]}_in playback.pcm {names[-1]} }}")
        (self.folder / "asound.conf").write_text("\n".join(pcms) + "\n")
        command = ["pulseaudio", "-n", "-F", self.folder / "test.pa", "--daemonize=no", "--exit-idle-time=-1"]
        log = self.folder / "log"
        with log.open("wb") as out:
            self.pid = subprocess.Popen(command, env=self.environment, stdout=out, stderr=out).pid
        for _ in range(100):
            if (self.folder / "native").exists() and not subprocess.call(
                ["pactl", "info"], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ):
                return
            time.sleep(0.05)
        pytest.skip(f"the private PulseAudio does not start: {log.read_text('utf-8', 'replace')[-300:]}")

    def stop(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGCONT)
            os.kill(self.pid, signal.SIGTERM)
            for _ in range(40):
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    return
                time.sleep(0.05)
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def child(self, task: str, timeout: float = 30.0, **options: Any) -> dict[str, Any]:
        """Run one task of ``child.py`` against this server; its standard error must stay empty."""
        return run_child(task, self.environment, timeout, {**options, "pulse_pid": self.pid})

    @contextmanager
    def recording(self, sink: str, rate: int, channels: int = 1) -> Iterator[list[np.ndarray]]:
        """Record what a virtual speaker plays; the list holds it afterwards."""
        raw = self.folder / f"{sink}-{time.monotonic_ns()}.raw"
        form = ["--raw", f"--rate={rate}", f"--channels={channels}", "--format=s16le", "--latency-msec=20"]
        program = subprocess.Popen(["parec", *form, "-d", f"{sink}.monitor", str(raw)], env=self.environment)
        time.sleep(0.3)
        heard: list[np.ndarray] = []
        try:
            yield heard
            time.sleep(0.3)
        finally:
            program.terminate()
            program.wait(5)
            heard.append(np.fromfile(raw, "<i2"))


HINT = "hint { show on description x }"


def run_child(task: str, environment: dict[str, str], timeout: float, options: dict[str, Any]) -> dict[str, Any]:
    """Run a task in a process of its own that is killed when it hangs."""
    run = subprocess.run(
        [sys.executable, CHILD, task, json.dumps(options)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    # a device that goes while it is in use: PortAudio's own thread says so, and cannot be told not to
    noise = [line for line in run.stderr.splitlines() if not line.startswith("Expression '")]
    assert noise == [], "\n".join(noise[:5])
    assert run.stderr == "" or task.startswith("unplug")
    result = json.loads(run.stdout.splitlines()[-1])
    assert isinstance(result, dict)
    return result


def private_server(folder: Path, sinks: dict[str, tuple[int, int]]) -> Iterator[Server]:
    """Yield a running server with these virtual devices (Hz, channels), or skip where there can be none."""
    for program, package in (("pulseaudio", "pulseaudio"), ("parec", "pulseaudio-utils")):
        if shutil.which(program) is None:
            pytest.skip(f"no {program} here: sudo apt install {package}")
    plugins = [*Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so")]
    if not plugins:
        pytest.skip("no ALSA plugin for PulseAudio here: sudo apt install libasound2-plugins")
    server = Server(folder)
    server.start(sinks)
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def pulse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a microphone and a speaker as we want them, and with two as we may get them."""
    sinks = {"mic": (16_000, 1), "wide": (48_000, 2), "cd": (44_100, 2), "speaker": (16_000, 1)}
    yield from private_server(tmp_path_factory.mktemp("pulse"), sinks)


@pytest.fixture(scope="session")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one device, so that nothing else takes over when that goes."""
    yield from private_server(tmp_path_factory.mktemp("lonely"), {"mic": (16_000, 1)})


@pytest.fixture
def nothing(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine whose only device is on a server that is gone."""
    conf = tmp_path / "asound.conf"
    conf.write_text(f'pcm.!default {{ type pulse server "unix:{tmp_path}/none" {HINT} }}\n')
    return {**os.environ, "ALSA_CONFIG_PATH": str(conf), "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
