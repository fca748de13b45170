"""The console on a serial line: it may be pulled and put back at any time."""

from __future__ import annotations

import threading
import time
from typing import Any

import serial
import structlog

from pipit.device.console.session import Session
from pipit.device.control import Control

_FIRST_S = 0.1
_LONGEST_S = 2.0
_STEADY_S = 5.0
"""A line that held so long is tried again at once when it drops."""
_FLUSH_S = 0.2
_NEWLINE = b"\r\n"
"""What a bare terminal needs to begin the next line on its left."""


def open_port(port: str, baud: int) -> Any:
    """Open a serial line, raw, 8N1, for one user at a time; raises ``OSError`` or ``ValueError``.

    ``write_timeout=0``: an unread line takes what fits and never blocks.
    """
    return serial.Serial(port, baud, timeout=0, write_timeout=0, exclusive=True)


def why(error: Exception, port: str) -> str:
    """Return why a port cannot be opened, and the mend, in one line."""
    match getattr(error, "errno", None):
        case 2:
            return f"{port}: no such port"
        case 13:
            return f"{port}: no permission: add the user to the group 'dialout'"
        case 11:
            return f"{port}: in use by another program"
    return f"{port}: {error}"


class SerialConsole:
    """Serves the line while it is there, and waits for it while it is not."""

    def __init__(self, control: Control, port: str, baud: int = 115_200) -> None:
        self._control, self._port, self._baud = control, port, baud
        self._log: Any = structlog.get_logger()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._session: Session | None = None
        self._said = ""

    def run(self) -> None:
        """Serve until ``close``; the body of a thread."""
        pause = _FIRST_S
        while not self._closed.is_set():
            began = time.monotonic()
            self._connect()
            if time.monotonic() - began > _STEADY_S:
                pause = _FIRST_S
            self._closed.wait(pause)
            pause = min(2 * pause, _LONGEST_S)

    def close(self) -> None:
        """End ``run``, from any thread."""
        with self._lock:
            self._closed.set()
            if self._session is not None:
                self._session.close()

    def _connect(self) -> None:
        try:
            line = open_port(self._port, self._baud)
        except (OSError, ValueError) as error:  # SerialException is an OSError
            self._say(why(error, self._port))
            return
        self._say("")
        try:
            self._serve(line.fileno())
            _let_go(line)
        except OSError:
            pass  # pulled in the middle of a call
        finally:
            line.close()
        if not self._closed.is_set():
            self._say(f"{self._port}: the line dropped")

    def _serve(self, fd: int) -> None:
        with self._lock:
            if self._closed.is_set():
                return
            self._session = Session(self._control, fd, fd, _NEWLINE)
        try:
            self._session.run()
        finally:
            with self._lock:
                self._session = None

    def _say(self, reason: str) -> None:
        """Log why there is no line, once for each reason: it may be missing for days."""
        if reason and reason != self._said:
            self._log.warning("console", waiting=reason)
        self._said = reason


def _let_go(line: Any) -> None:
    """Give what was written a moment, then drop it: closing a line that nobody reads waits for up to 30 s."""
    until = time.monotonic() + _FLUSH_S
    while line.out_waiting and time.monotonic() < until:
        time.sleep(0.01)
    if line.out_waiting:
        line.reset_output_buffer()
