"""``pipit console``: ties a terminal to a running assistant."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipit.device.console.paths import socket_to_reach
from pipit.device.console.serial_port import open_port, why
from pipit.device.settings import ConsoleSettings
from pipit.errors import BadInput, Failure

_READ = 4096
_CONNECT_S = 5.0
_QUIET_S = 0.5
"""When the input has ended, a serial line that is silent for so long has answered everything."""
_LONGEST_S = 3.0
"""When the input has ended, answers are waited for so long at most; a socket is ended by the other side."""


def attach(target: str, settings: ConsoleSettings, read_fd: int = 0, write_fd: int = 1) -> None:
    """Tie input and output to the assistant at ``target``, a port or a socket; empty: where one is expected.

    Returns when the input ends. Raises ``Failure`` or ``BadInput`` when nobody is there, or goes away meanwhile.
    """
    is_port = bool(target) and _is_port(target)
    place = target or str(socket_to_reach(settings))
    with _port(place, settings.baud) if is_port else _socket(place) as line:
        if os.isatty(read_fd):
            print(f"{place}: help lists the commands, Ctrl-D leaves", file=sys.stderr)
        _Wire(place, line, read_fd, write_fd).run()


@dataclass(frozen=True, slots=True)
class _Line:
    """A connection that does not block; ``finish`` tells the other side that nothing more will be asked."""

    fd: int
    finish: Callable[[], None]
    quiet_s: float


def _is_port(target: str) -> bool:
    try:
        return stat.S_ISCHR(os.stat(target).st_mode)  # noqa: PTH116 - follows udev's links, as wanted
    except OSError:
        return target.startswith("/dev/")


@contextmanager
def _port(port: str, baud: int) -> Iterator[_Line]:
    try:
        line = open_port(port, baud)
    except (OSError, ValueError) as error:
        raise BadInput("console-port", why(error, port)) from error
    with line:
        yield _Line(line.fileno(), lambda: None, _QUIET_S)


@contextmanager
def _socket(path: str) -> Iterator[_Line]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
        wire.settimeout(_CONNECT_S)
        try:
            wire.connect(path)
        except OSError as error:
            raise _nobody(path, error) from error
        wire.setblocking(False)

        def finish() -> None:
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_WR)

        yield _Line(wire.fileno(), finish, _LONGEST_S)


def _nobody(path: str, error: OSError) -> Failure | BadInput:
    match error.errno:
        case errno.EACCES | errno.EPERM:
            group = "join the group that owns it (sudo adduser $USER pipit), then log in again"
            return Failure("console-permission", f"{path}: no permission", group)
        case errno.ENOENT | errno.ECONNREFUSED:
            if Path(path).exists() and not Path(path).is_socket():
                return BadInput("console-target", f"{path}: neither a socket nor a serial port")
            return Failure("console-nobody", f"{path}: nothing listens there", "is Pipit running? start it: pipit run")
    return Failure("console-nobody", f"{path}: {error.strerror or error}", "is Pipit running?")


class _Wire:
    """Carries bytes both ways until one side ends."""

    def __init__(self, place: str, line: _Line, read_fd: int, write_fd: int) -> None:
        self._place, self._line, self._fd = place, line, line.fd
        self._read_fd, self._write_fd = read_fd, write_fd
        self._waiting = b""
        self._last_line = b"\n"
        self._ended = self._finished = False
        self._limit = 0.0

    def run(self) -> None:
        try:
            while self._step():
                pass
        except OSError as error:
            if not (self._finished or self._asked_to_quit()):
                raise self._lost() from error

    def _step(self) -> bool:
        """Wait for something and carry it; False at the end."""
        poller = select.poll()
        poller.register(self._fd, select.POLLIN | (select.POLLOUT if self._waiting else 0))
        if not self._waiting and not self._ended:
            poller.register(self._read_fd, select.POLLIN)
        ready = dict(poller.poll(self._line.quiet_s * 1000 if self._finished else None))
        if self._read_fd in ready:
            self._from_person()
        happened = ready.get(self._fd, 0)
        if happened & select.POLLOUT:
            with contextlib.suppress(BlockingIOError):
                self._waiting = self._waiting[os.write(self._fd, self._waiting) :]
        if happened & ~select.POLLOUT and not self._from_assistant():
            return False
        if self._ended and not self._waiting and not self._finished:
            self._finished, self._limit = True, time.monotonic() + _LONGEST_S
            self._line.finish()
            return True
        return not self._finished or (bool(ready) and time.monotonic() < self._limit)

    def _from_person(self) -> None:
        data = os.read(self._read_fd, _READ)
        self._ended = not data
        if self._ended and not self._last_line.endswith(b"\n"):
            data = b"\n"  # nobody typed it, but nothing can follow: the last line is complete
        self._waiting = data
        self._last_line = (self._last_line + data)[-64:]

    def _from_assistant(self) -> bool:
        try:
            data = os.read(self._fd, _READ)
        except BlockingIOError:
            return True
        if not data and not self._finished and not self._asked_to_quit():
            raise self._lost()
        return bool(data) and self._show(data)

    def _show(self, data: bytes) -> bool:
        """Print; False when nobody reads it any more."""
        try:
            while data:
                data = data[os.write(self._write_fd, data) :]
        except BrokenPipeError:
            return False
        return True

    def _asked_to_quit(self) -> bool:
        lines = self._last_line.strip().splitlines()
        return bool(lines) and lines[-1].lower() == b"quit"

    def _lost(self) -> Failure:
        return Failure("console-lost", f"{self._place}: the assistant is gone", "its log says why")
