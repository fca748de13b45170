"""A running assistant in a process of its own, seen through its console, and the machine around it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .conftest import HINT, Server

Event = dict[str, Any]
LIVING = Path(__file__).with_name("living.py")


@dataclass
class Assistant:
    """Started by ``living``; ``events`` is everything that was published since."""

    process: subprocess.Popen[bytes]
    console: Path
    go: Path
    """While it is missing, the model thinks when it is asked to."""
    events: list[Event] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    _news: threading.Condition = field(default_factory=threading.Condition)

    def connect(self, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        self._line = socket.socket(socket.AF_UNIX)
        while self._line.connect_ex(str(self.console)):
            assert self.process.poll() is None, "it ended"
            assert time.monotonic() < end, "no console"
            time.sleep(0.05)
        threading.Thread(target=self._read, args=(self._line,), daemon=True).start()
        self.do("mode json", "events on")

    def _read(self, line: socket.socket) -> None:
        rest = b""
        while data := line.recv(65_536):
            *lines, rest = (rest + data).split(b"\n")
            with self._news:
                for text in lines:
                    is_event = text.startswith(b'{"event"')
                    (self.events if is_event else self.answers).append(json.loads(text) if is_event else text.decode())  # type: ignore[arg-type]
                self._news.notify_all()

    def do(self, *commands: str) -> None:
        """Give commands on the console; each must be answered with ok."""
        for command in commands:
            before = len(self.answers)
            self._line.sendall(command.encode() + b"\n")
            with self._news:
                assert self._news.wait_for(lambda n=before: "ok" in self.answers[n:], 10), (
                    command,
                    self.answers[before:],
                )

    def status(self) -> dict[str, Any]:
        before = len(self.answers)
        self.do("status")
        found: dict[str, Any] = json.loads(self.answers[before])["status"]
        return found

    def until(self, what: Callable[[Event], bool], since: int, seconds: float = 15) -> Event:
        """Wait for an event, from number ``since`` on."""
        found: list[Event] = []

        def there() -> bool:
            found[:] = [event for event in self.events[since:] if what(event)]
            return bool(found)

        with self._news:
            assert self._news.wait_for(there, seconds), self.told(since)
        return found[0]

    def wait(self, true: Callable[[], bool], seconds: float = 15) -> None:
        """Look again and again."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, (self.status(), self.told(0))
            time.sleep(0.1)

    def until_state(self, state: str, since: int, seconds: float = 15) -> None:
        self.until(lambda e: e["event"] == "StateChanged" and e["dest"] == state, since, seconds)

    def until_ended(self, since: int, seconds: float = 20) -> Event:
        record: Event = self.until(lambda e: e["event"] == "TurnEnded", since, seconds)["record"]
        return record

    def told(self, since: int) -> str:
        return "\n".join(str(event) for event in self.events[since:])

    def held(self) -> tuple[int, int]:
        """File descriptors and threads, those of native code included."""
        proc = Path(f"/proc/{self.process.pid}")
        return len(list((proc / "fd").iterdir())), len(list((proc / "task").iterdir()))

    def holds_again(self, held: tuple[int, int], seconds: float = 8) -> tuple[int, int]:
        """Return what it holds, once that is no more than before; what was just opened may take a moment to close."""
        end = time.monotonic() + seconds
        while (now := self.held()) > held and time.monotonic() < end:
            time.sleep(0.1)
        return now


SCRIPTED = (sys.executable, str(LIVING))
REAL = (sys.executable, "-m", "pipit.device.cli", "run", "--live")


@contextmanager
def living(
    environment: dict[str, str], folder: Path, program: Sequence[str] = SCRIPTED, **settings: object
) -> Iterator[Assistant]:
    """Start an assistant with these settings (``listen__open_mic="false"``)."""
    console = folder / "c.sock"
    chosen = {f"PIPIT_{name.upper()}": str(value) for name, value in settings.items()}
    chosen |= {"PIPIT_CONSOLE__SOCKET": str(console)}
    chosen |= {"PIPIT_SOUND__MICROPHONE": "mic_in", "PIPIT_SOUND__SPEAKER": "speaker"}
    go = folder / "go"
    with (folder / "screen").open("wb") as out:
        process = subprocess.Popen(
            program,
            env={**environment, **chosen, "TEST_GO": str(go)},
            stdout=out,
            stderr=out,
            cwd=folder,
        )
    assistant = Assistant(process, console, go)
    try:
        assistant.connect()
        yield assistant
        assert process.poll() is None, (folder / "screen").read_text()[-2000:]
    finally:
        process.kill()
        process.wait(10)


@dataclass
class Plug:
    """One virtual device on a server of its own, so that no other takes its place when it goes."""

    server: Server
    name: str

    def _pactl(self, *words: str) -> str:
        run = subprocess.run(["pactl", *words], env=self.server.environment, check=True, capture_output=True, text=True)
        return run.stdout.strip()

    def out(self) -> None:
        """Take it away."""
        (module,) = (line.split()[0] for line in self._pactl("list", "short", "modules").splitlines() if "null" in line)
        self._pactl("unload-module", module)

    def back(self) -> None:
        """Give it back."""
        form = ("rate=16000", "channels=1", "format=s16le", "norewinds=1")
        self._pactl("load-module", "module-null-sink", f"sink_name={self.name}", *form)

    @contextmanager
    def tone(self, raw: Path) -> Iterator[None]:
        """Play raw samples into it, until the block is left or the device is gone."""
        form = ["--raw", "--rate=16000", "--channels=1", "--format=s16le"]
        with raw.open("rb") as sound:
            program = subprocess.Popen(
                ["pacat", *form, "-d", self.name], stdin=sound, stderr=subprocess.DEVNULL, env=self.server.environment
            )
        try:
            yield
        finally:
            program.kill()
            program.wait(5)


def sound_card(folder: Path, mic: Server, speaker: Server) -> dict[str, str]:
    """Return the environment of a program whose microphone and speaker hang on two servers."""
    conf = folder / "asound.conf"
    conf.write_text(
        f'pcm.mic_in {{ type pulse server "{mic.address}" device "mic.monitor" {HINT} }}\n'
        f'pcm.speaker {{ type pulse server "{speaker.address}" device "speaker" {HINT} }}\n'
        "pcm.!default { type asym capture.pcm mic_in playback.pcm speaker }\n"
    )
    return {**mic.environment, "ALSA_CONFIG_PATH": str(conf)}
