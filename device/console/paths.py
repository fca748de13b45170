"""Where the console's socket is."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from pipit.device.settings import ConsoleSettings

SERVICE_SOCKET = Path("/run/pipit/console.sock")
"""Of the system service; systemd makes its folder."""


def user_socket() -> Path:
    """Return the one of an assistant that a person started."""
    return platformdirs.user_runtime_path() / "pipit.sock"


def socket_to_serve(settings: ConsoleSettings) -> Path:
    """Return where a starting assistant listens."""
    if settings.socket is not None:
        return settings.socket
    folder = SERVICE_SOCKET.parent
    return SERVICE_SOCKET if folder.is_dir() and os.access(folder, os.W_OK) else user_socket()


def socket_to_reach(settings: ConsoleSettings) -> Path:
    """Return where a running assistant is expected."""
    if settings.socket is not None:
        return settings.socket
    return SERVICE_SOCKET if SERVICE_SOCKET.exists() else user_socket()
