"""What a service tells systemd, over the socket that systemd names in ``NOTIFY_SOCKET``.

Every method says whether the message was handed over, and none raises or waits: a service manager that is busy
or gone is no reason for an assistant to fall silent.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass

_LONGEST_STATUS = 200


@dataclass(frozen=True, slots=True)
class Notify:
    """``address`` is a path, or a name in the abstract namespace after an ``@``; empty: nobody listens."""

    address: str = ""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Notify:
        """Return the one that systemd asked for, or one that is silent."""
        return cls(environ.get("NOTIFY_SOCKET", ""))

    def __bool__(self) -> bool:
        """Whether anybody listens."""
        return bool(self.address)

    def ready(self) -> bool:
        """Say that it can hear, or that a reload is over."""
        return self._send("READY=1")

    def status(self, text: str) -> bool:
        """Set the line that ``systemctl status`` shows; never any words of a conversation."""
        # a line break would begin a message of its own
        return self._send(f"STATUS={' '.join(text.split())[:_LONGEST_STATUS]}")

    def watchdog(self) -> bool:
        """Say that it is well."""
        return self._send("WATCHDOG=1")

    def stopping(self) -> bool:
        """Say that it is about to end."""
        return self._send("STOPPING=1")

    def reloading(self) -> bool:
        """Say that it reads its configuration again; ``ready`` ends that."""
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        return self._send(f"RELOADING=1\nMONOTONIC_USEC={now}")

    def extend(self, seconds: float) -> bool:
        """Ask for so much more time, from now on, to become ready."""
        return self._send(f"EXTEND_TIMEOUT_USEC={round(seconds * 1_000_000)}")

    def _send(self, message: str) -> bool:
        if not self.address:
            return False
        name = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
                sock.setblocking(False)  # a full queue drops the message; the dialogue's thread may not wait
                sock.sendto(message.encode("utf-8", "replace"), name)
        except (OSError, ValueError):  # ValueError: a name with a zero byte
            return False
        return True
