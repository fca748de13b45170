"""Whether an assistant is running already: its socket is called, and hung up on at once."""

from __future__ import annotations

import re
import socket
import struct
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipit.device.console.paths import SERVICE_SOCKET, user_socket
from pipit.device.doctor.case import Case, Finding
from pipit.device.settings import ConsoleSettings

_CALL_S = 1.0
_PEER = struct.Struct("3i")


@dataclass(frozen=True, slots=True)
class Running:
    """An assistant that answers."""

    place: Path
    pid: int


def running_assistant(case: Case) -> Running | None:
    """Return the assistant that answers, if there is one; it takes no notice of a call without words."""
    return assistant_at(case.settings.console, case.machine.path(SERVICE_SOCKET))


def assistant_at(console: ConsoleSettings, service: Path = SERVICE_SOCKET) -> Running | None:
    """Return the assistant that answers at one of the places where it may."""
    places = [console.socket, service, _user_socket()]
    calls = (_call(place) for place in places if place is not None)
    return next((running for running in calls if isinstance(running, Running)), None)


def memory_of(case: Case, pid: int) -> int:
    """Return the bytes that a process takes; 0 when that cannot be seen."""
    found = re.search(r"^VmRSS:\s+(\d+) kB", case.machine.read(f"proc/{pid}/status"), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def running(case: Case) -> list[Finding]:
    """Say whether an assistant runs: a second one finds microphone and pins taken."""
    if found := running_assistant(case):
        what = f"an assistant answers at {found.place} (process {found.pid}); a second one finds no microphone"
        return [Finding("running", "ok", what)]
    service = case.machine.path(SERVICE_SOCKET)
    if isinstance(_call(service), PermissionError):
        mend = f"sudo usermod -aG pipit {case.machine.me.name}, then log in again"
        return [Finding("running", "warn", f"{service} may not be used by {case.machine.me.name}", mend)]
    return [Finding("running", "ok", "no assistant is running")]


def _user_socket() -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a missing XDG_RUNTIME_DIR; the fallback is the assistant's, too
        return user_socket()


def _call(place: Path) -> Running | OSError:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
        wire.settimeout(_CALL_S)
        try:
            wire.connect(str(place))
        except OSError as error:  # also a path that is too long for a socket
            return error
        pid = 0
        with suppress(OSError):
            pid = _PEER.unpack(wire.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))[0]
        return Running(place, pid)
