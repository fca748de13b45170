"""The console on standard input and output."""

from __future__ import annotations

import os
import stat
import threading

from pipit.device.console.session import Session
from pipit.device.control import Control


class StdinConsole:
    """Serves until the input ends or ``close``; the descriptors stay open, and blocking as they were."""

    def __init__(self, control: Control, read_fd: int = 0, write_fd: int = 1) -> None:
        self._control, self._read_fd, self._write_fd = control, read_fd, write_fd
        self._lock = threading.Lock()
        self._closed = False
        self._session: Session | None = None

    def run(self) -> None:
        """Serve; the body of a thread."""
        out = _patient_copy(self._write_fd)
        try:
            with self._lock:
                if self._closed:
                    return
                self._session = Session(self._control, self._read_fd, out)
            self._session.run()
        finally:
            os.close(out)

    def close(self) -> None:
        """End ``run``, from any thread."""
        with self._lock:
            self._closed = True
            if self._session is not None:
                self._session.close()


def _patient_copy(fd: int) -> int:
    """Return a descriptor of the same terminal or pipe on which writing never waits.

    Opened anew, not merely duplicated: a duplicate would share the mode, and everything else that this process
    and its shell print there would start to fail when the terminal is slow.
    """
    mode = os.fstat(fd).st_mode
    if stat.S_ISFIFO(mode) or os.isatty(fd):
        try:
            return os.open(f"/proc/self/fd/{fd}", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError:
            pass  # another user's terminal: then it may wait, which delays this console alone
    return os.dup(fd)
