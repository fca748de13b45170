"""The end of the program, while engines may still be at work in threads of their own.

Native libraries take their global state down when a process exits; a thread that computes in one of them at that
moment brings the process down with an abort. So at exit what runs is waited for, and nothing new begins.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_PATIENCE_S = 5.0
"""A call that takes longer is left behind: better an ugly end than none."""
_calls = threading.Condition()
_running = 0
_ending = False


@contextmanager
def native() -> Iterator[None]:
    """Mark a long native call; once the program ends, whoever wants to begin one waits for the end instead."""
    global _running
    with _calls:
        while _ending:
            _calls.wait()
        _running += 1
    try:
        yield
    finally:
        with _calls:
            _running -= 1
            if not _running:
                _calls.notify_all()


def _end() -> None:
    global _ending
    with _calls:
        _ending = True
        _calls.wait_for(lambda: not _running, _PATIENCE_S)


atexit.register(_end)
