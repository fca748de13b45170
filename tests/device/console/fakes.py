"""A running assistant that only writes down what it was asked; other ends of lines."""

from __future__ import annotations

import os
import pty
import select
import tempfile
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipit.errors import BadAudio
from pipit.fsm import Outcome, TurnRecord
from pipit.fsm import events as ev
from pipit.fsm.journal import Journal

PATIENCE_S = 5.0


class FakeControl:
    """Implements ``Control``; every call lands in ``calls``."""

    def __init__(self, journal_folder: Path | None = None) -> None:
        self.journal_folder = journal_folder or Path(tempfile.mkdtemp())
        self.calls: list[tuple[Any, ...]] = []
        self.subscribers: list[Callable[[ev.Event], None]] = []
        self.breaks: Exception | None = None

    def _called(self, *call: Any) -> None:
        if self.breaks is not None:
            raise self.breaks
        self.calls.append(call)

    def post(self, event: ev.Event) -> None:
        self._called("post", event)

    def subscribe(self, subscriber: Callable[[ev.Event], None]) -> Callable[[], None]:
        self.subscribers.append(subscriber)
        return lambda: self.subscribers.remove(subscriber)

    def publish(self, event: ev.Event) -> None:
        for subscriber in tuple(self.subscribers):
            subscriber(event)

    def status(self) -> dict[str, Any]:
        self._called("status")
        return {"state": "idle", "turn": None, "microphone": {"open": True, "frames": 120_000_123}, "queues": [0, 2]}

    def session(self) -> dict[str, Any]:
        self._called("session")
        return {"session": "chat-1", "flow": "chat", "phase": "talk", "fields": {}}

    def journal(self) -> Journal:
        self._called("journal")
        return Journal.open(self.journal_folder)

    def latency(self) -> dict[str, Any]:
        self._called("latency")
        return {"first_audio": 812.5, "barge_in_ms": 0.3}

    def say(self, text: str) -> None:
        self._called("say", text)

    def play(self, path: Path) -> None:
        if not path.exists():
            raise BadAudio("wav-missing", f"{path}: no such file", "check the\nname")
        self._called("play", path)

    def mute(self, muted: bool) -> None:
        self._called("mute", muted)

    def volume(self, level: float) -> None:
        self._called("volume", level)

    def log_level(self, level: str) -> None:
        self._called("log_level", level)

    def quit(self) -> None:
        self._called("quit")


def ended(outcome: Outcome = Outcome.INTERRUPTED, heard: str = "once upon", **more: Any) -> ev.TurnEnded:
    """Return the end of a turn."""
    facts: dict[str, Any] = {"transcript": "tell me a story", "error": "", "latency_ms": {}, "barge_in_ms": 0.3, **more}
    record = TurnRecord("s-001", outcome, facts.pop("transcript"), "once upon a time", heard, (0, 16000), **facts)
    return ev.TurnEnded(session="s", turn="s-001", at=16_000, record=record)


class Terminal:
    """The far end of a line: writes bytes, reads lines."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._rest = b""

    def send(self, data: bytes | str) -> None:
        data = data.encode() if isinstance(data, str) else data
        while data:
            data = data[os.write(self.fd, data) :]

    def line(self, patience_s: float = PATIENCE_S) -> str:
        """Return the next line, whatever ends it; ``EOFError`` when the line drops or nothing comes."""
        until = time.monotonic() + patience_s
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self.fd], [], [], max(0, until - time.monotonic()))
            data = os.read(self.fd, 65536) if ready else b""
            if not data:
                raise EOFError(f"no line; so far {self._rest!r}")
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode().rstrip("\r")

    def skim(self) -> None:
        """Take what is there by now."""
        while select.select([self.fd], [], [], 0)[0]:
            self._rest += os.read(self.fd, 65536)

    def answer(self) -> list[str]:
        """Return all lines up to the one that ends an answer."""
        lines = [self.line()]
        while lines[-1] != "ok" and not lines[-1].startswith("error: "):
            lines.append(self.line())
        return lines

    def ask(self, text: str) -> list[str]:
        """Send one line and return its answer."""
        self.send(text + "\n")
        return self.answer()


class Cable:
    """A pty behind a link that stays the same, as a device node does; it can be pulled and plugged in again."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.plug()

    def plug(self) -> Terminal:
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.link.symlink_to(os.ttyname(self._slave))
        self.terminal = Terminal(self._master)
        return self.terminal

    def pull(self) -> None:
        self.link.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._slave)


class Threads:
    """Starts threads as the composition root does, and sees them end."""

    def __init__(self) -> None:
        self.all: list[threading.Thread] = []

    def spawn(self, name: str, target: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self.all.append(thread)
        thread.start()
        return thread

    def join(self) -> None:
        for thread in self.all:
            thread.join(PATIENCE_S)
            assert not thread.is_alive(), thread.name


def eventually(fact: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Wait until something is so."""
    until = time.monotonic() + patience_s
    while not fact():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(0.005)


def open_descriptors() -> set[str]:
    """Return what this process has open, as Linux names it."""
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.add(f"{entry.name} {entry.readlink()}")
        except OSError:
            continue  # the one that lists them
    return {name for name in found if "/proc/" not in name}
