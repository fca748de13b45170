"""SIGTERM and SIGINT end the assistant cleanly, SIGHUP reloads its configuration.

Python runs a handler between two instructions of the main thread, which may just hold a lock that ending or
reloading needs too. So a handler only puts a word into a queue that is made for this; ``run`` acts on it.
"""

from __future__ import annotations

import os
import queue
import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

_ENDING = (signal.SIGTERM, signal.SIGINT)


class Signals:
    """A context: inside it the three signals are ours; it is entered in the main thread."""

    def __init__(self, quit_: Callable[[], None], reload: Callable[[], None]) -> None:
        self._quit, self._reload = quit_, reload
        self._words: queue.SimpleQueue[signal.Signals | None] = queue.SimpleQueue()
        self._ending = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Signals:
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
        self.close()

    def run(self) -> None:
        """Act on signals until ``close``; the body of a thread."""
        while (word := self._words.get()) is not None:
            if word in _ENDING:
                self._quit()
            else:
                self._reload()

    def close(self) -> None:
        """End ``run``."""
        self._words.put(None)

    def _on_ending(self, number: int, frame: FrameType | None) -> None:
        if self._ending:
            os._exit(128 + number)  # whoever asks twice does not want to wait
        self._ending = True
        self._words.put(signal.Signals(number))

    def _on_reload(self, number: int, frame: FrameType | None) -> None:
        if not self._ending:
            self._words.put(signal.Signals(number))
