"""Lines on their way out: the dialogue puts events in without ever waiting, one session takes them."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from pipit.fsm import events as ev

EVENTS = 256
"""Most events that wait for a slow reader."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """So many events were dropped at this place."""

    count: int


Entry = ev.Event | Dropped | str


class Wake:
    """Wakes a thread that waits in ``poll``; harmless after ``close``, whatever number its descriptor then has."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read, self._write = os.pipe()
        self._set = self._closed = False

    def fileno(self) -> int:
        """Return what to poll for reading."""
        return self._read

    def set(self) -> None:
        """Wake it; from any thread, never waits: at most one byte lies in the pipe."""
        with self._lock:
            if not self._set and not self._closed:
                self._set = True
                os.write(self._write, b"!")

    def clear(self) -> None:
        """Be ready for the next time."""
        with self._lock:
            if self._set and not self._closed:
                self._set = False
                os.read(self._read, 1)

    def close(self) -> None:
        """Free the descriptors."""
        with self._lock:
            if not self._closed:
                self._closed = True
                os.close(self._read)
                os.close(self._write)


@dataclass(frozen=True, slots=True)
class OutboxStatistics:
    """How a console's reader keeps up."""

    events: int
    answers: int
    dropped: int


class Outbox:
    """Events are dropped and counted when it is full; answers never are, so who asks must be slowed down."""

    def __init__(self, wake: Callable[[], None], limit: int = EVENTS) -> None:
        self._wake, self._limit = wake, limit
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque()
        self._events = self._answers = self._missing = self._dropped = 0

    def publish(self, event: ev.Event) -> None:
        """Put an event in, if there is room."""
        with self._lock:
            if self._events >= self._limit:
                self._missing += 1
                self._dropped += 1
                return
            self._own_up()
            self._entries.append(event)
            self._events += 1
        self._wake()

    def answer(self, lines: list[str]) -> None:
        """Put a whole answer in; no event comes between its lines."""
        with self._lock:
            self._own_up()
            self._entries.extend(lines)
            self._answers += len(lines)
        self._wake()

    def take(self) -> Entry | None:
        """Take the oldest entry out, None when there is nothing."""
        with self._lock:
            if not self._entries:
                self._own_up()
            if not self._entries:
                return None
            entry = self._entries.popleft()
            self._events -= isinstance(entry, ev.Event)
            self._answers -= isinstance(entry, str)
            return entry

    def _own_up(self) -> None:
        if self._missing:
            self._entries.append(Dropped(self._missing))
            self._missing = 0

    def statistics(self) -> OutboxStatistics:
        """Return what waits, and how many events were dropped in all."""
        with self._lock:
            return OutboxStatistics(self._events, self._answers, self._dropped)
