"""A service manager of a few lines, as far as a service can see it."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipit.device.service.notify import Notify


class Manager:
    """Receives what a service says; ``address`` is what NOTIFY_SOCKET would be."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address.replace("@", "\0", 1))

    def next(self, timeout: float = 2.0) -> dict[str, str]:
        """Return the next message; empty when there comes none."""
        self._socket.settimeout(timeout)
        try:
            lines = self._socket.recv(4096).decode().splitlines()
        except TimeoutError:
            return {}
        return dict(line.split("=", 1) for line in lines)

    def until(self, wanted: Callable[[dict[str, str]], bool], timeout: float = 3.0) -> dict[str, str]:
        """Return the first message that is wanted, or fail."""
        end = time.monotonic() + timeout
        while (left := end - time.monotonic()) > 0:
            message = self.next(left)
            if message and wanted(message):
                return message
        raise AssertionError("the message did not come")

    def drain(self) -> list[dict[str, str]]:
        """Return all that waits."""
        messages = []
        while message := self.next(0.001):
            messages.append(message)
        return messages

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    made = Manager(str(tmp_path / "notify"))
    yield made
    made.close()


@pytest.fixture
def abstract() -> Iterator[Manager]:
    made = Manager(f"@pipit-test-{os.getpid()}")
    yield made
    made.close()


@pytest.fixture
def notify(manager: Manager) -> Notify:
    return Notify(manager.address)
