"""SIGTERM and SIGINT end the assistant cleanly, SIGHUP reloads its configuration.

Python runs a handler between two instructions of the main thread, which may just hold a lock that ending or
reloading needs too; and where another thread caught the signal, not before the main thread wakes up, which waits for
the assistant to end. So the number of a signal comes over a wakeup descriptor, from whichever thread caught it, and
``run`` acts on it.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

_ENDING = (signal.SIGTERM, signal.SIGINT)


class Signals:
    """A context: inside it the three signals are ours; it is entered in the main thread."""

    def __init__(self, quit_: Callable[[], None], reload: Callable[[], None]) -> None:
        self._quit, self._reload = quit_, reload
        self._come, self._write = socket.socketpair()
        self._write.setblocking(False)
        self._wakeup = -1
        self._ending = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Signals:
        self._wakeup = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        for number in _ENDING:
            self._before[number] = signal.signal(number, self._on_ending)
        self._before[signal.SIGHUP] = signal.signal(signal.SIGHUP, self._on_reload)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ending:
            self._before[signal.SIGHUP] = signal.SIG_IGN  # by default it kills, and the process is ending well
        for number, handler in self._before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        self._before.clear()
        signal.set_wakeup_fd(self._wakeup)
        self.close()

    def run(self) -> None:
        """Act on signals until ``close``; the body of a thread."""
        ending = False  # not the handlers': that of the same signal may run before or after
        while number := self._come.recv(1):
            if number[0] in _ENDING:
                ending = True
                self._quit()
            elif number[0] == signal.SIGHUP and not ending:
                self._reload()
        self._come.close()

    def close(self) -> None:
        """End ``run``."""
        self._write.close()

    def _on_ending(self, number: int, frame: FrameType | None) -> None:
        if self._ending:
            os._exit(128 + number)  # whoever asks twice does not want to wait
        self._ending = True

    def _on_reload(self, number: int, frame: FrameType | None) -> None:
        """Its number is on its way to ``run``."""
