"""Every test here leaves as many threads and descriptors as it found."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from .fakes import Cable, FakeControl, Threads, eventually, open_descriptors


@pytest.fixture
def control() -> FakeControl:
    return FakeControl()


@pytest.fixture(autouse=True)
def threads(control: FakeControl) -> Iterator[Threads]:
    before, descriptors = set(threading.enumerate()), open_descriptors()
    started = Threads()
    yield started
    started.join()
    assert not control.subscribers, "a console that is gone is still told"
    eventually(lambda: set(threading.enumerate()) <= before)
    assert open_descriptors() <= descriptors


@pytest.fixture
def cable(tmp_path: Path, threads: Threads) -> Iterator[Cable]:
    cable = Cable(tmp_path / "ttyGS0")
    yield cable
    cable.pull()
