"""Several files at a time, each by its own thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from pipit.errors import PipitError

Result = TypeVar("Result")

_LET_GO_S = 1.0


def in_parallel(
    works: Sequence[Callable[[], Result]], stop: threading.Event, threads: int
) -> tuple[list[Result], list[PipitError]]:
    """Do all the work and return what came of it, and what failed: one that fails does not hold up the others.

    The threads are daemons: one that waits for a silent server must not hold up Ctrl-C.
    """
    todo: queue.SimpleQueue[Callable[[], Result]] = queue.SimpleQueue()
    done: queue.SimpleQueue[Result | BaseException] = queue.SimpleQueue()
    for work in works:
        todo.put(work)
    workers = [_worker(todo, done, stop) for _ in range(min(threads, len(works)))]
    results: list[Result] = []
    failed: list[PipitError] = []
    try:
        for _ in works:
            outcome = done.get()
            if isinstance(outcome, PipitError):
                failed.append(outcome)
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                results.append(outcome)
    finally:
        stop.set()
        for worker in workers:
            worker.join(_LET_GO_S / len(workers))
    return results, failed


def _worker(
    todo: queue.SimpleQueue[Callable[[], Result]],
    done: queue.SimpleQueue[Result | BaseException],
    stop: threading.Event,
) -> threading.Thread:
    def work() -> None:
        while not stop.is_set():
            try:
                task = todo.get_nowait()
            except queue.Empty:
                return
            try:
                done.put(task())
            except BaseException as error:  # whatever it is, the one who waits must hear of it
                done.put(error)

    thread = threading.Thread(target=work, name="fetch", daemon=True)
    thread.start()
    return thread
