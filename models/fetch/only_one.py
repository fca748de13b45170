"""One at a time: two that fetch into the same folder would write into the same part."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipit.models.fetch.files import disk_errors, stage

_EVERY_S = 0.2


@contextmanager
def only_one(folder: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the folder's lock, waiting for whoever holds it; it is the kernel's, so that no death leaves it locked."""
    with disk_errors(folder):
        # read only: whoever shares the folder may lock it, whoever made the file
        handle = os.open(stage(folder) / "lock", os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o664)
    try:
        if not _taken(handle):
            say("another pull is at work in this folder: waiting until it is done")
            while not _taken(handle):
                time.sleep(_EVERY_S)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
