"""Bounded queues between the threads, and a count of what is still under way."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipit.errors import PipitError

T = TypeVar("T")


class Activity:
    """Counts jobs that were handed over and are not finished.

    A replay that is faster than real time lets the next 20 ms of audio in only when the count is zero; so
    every engine seems infinitely fast, and the same recording always gives the same conversation.
    """

    def __init__(self) -> None:
        self._count = 0
        self._quiet = threading.Condition()

    def begin(self) -> None:
        """One more job is under way."""
        with self._quiet:
            self._count += 1

    def end(self) -> None:
        """One job is finished."""
        with self._quiet:
            self._count -= 1
            if not self._count:
                self._quiet.notify_all()

    def wait_quiet(self, timeout: float | None = None) -> bool:
        """Wait until nothing is under way; False when that took longer than ``timeout`` seconds."""
        with self._quiet:
            return self._quiet.wait_for(lambda: not self._count, timeout)


@dataclass(frozen=True, slots=True)
class InboxStatistics:
    """How a queue is doing; shown by ``status``."""

    waiting: int
    most: int
    refused: int


class Inbox(Generic[T]):
    """A bounded queue with one reader, who says ``done`` after every item."""

    def __init__(self, activity: Activity, size: int) -> None:
        self._queue: queue.Queue[T | None] = queue.Queue(size)
        self._activity = activity
        self._most = 0
        self._refused = 0

    def put(self, item: T) -> None:
        """Hand over an item, waiting for room: for workers that may be slowed down."""
        self._activity.begin()
        self._queue.put(item)
        self._most = max(self._most, self._queue.qsize())

    def offer(self, item: T) -> bool:
        """Hand over an item if there is room: for the dialogue, which waits for nobody."""
        self._activity.begin()
        try:
            self._queue.put_nowait(item)
        except queue.Full:
            self._activity.end()
            self._refused += 1
            return False
        self._most = max(self._most, self._queue.qsize())
        return True

    def close(self) -> None:
        """Tell the reader that nothing follows; what waits is still read."""
        self._queue.put(None)

    def get(self) -> T | None:
        """Wait for the next item; None after ``close``."""
        return self._queue.get()

    def done(self) -> None:
        """Say that the item last taken is dealt with."""
        self._activity.end()

    def statistics(self) -> InboxStatistics:
        """Return how full it is and was."""
        return InboxStatistics(self._queue.qsize(), self._most, self._refused)


def work_off(inbox: Inbox[T], work: Callable[[T], None], fail: Callable[[T, str, str], None]) -> None:
    """Do jobs until the inbox closes; one that fails is told with code and message, and the next is done."""
    while (job := inbox.get()) is not None:
        try:
            work(job)
        except PipitError as error:
            fail(job, error.code, str(error))
        except Exception as error:
            fail(job, "internal", f"{type(error).__name__}: {error}")
        finally:
            inbox.done()
