"""The thread that feeds systemd's watchdog: fed while frames advance, starved when they stop, fed again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pipit.device.service.notify import Notify
from pipit.device.service.watchdog import Limits, Watchdog, watchdog_seconds
from pipit.fsm import events as ev

from .conftest import Manager

EVERY_S = 0.02
LIMITS = Limits(frames_s=0.1, lost_s=0.6, states_s={"thinking": 0.2})


class Sound:
    """An ear's clock that somebody else may stop."""

    def __init__(self) -> None:
        self.samples = 0
        self._flows, self._ended = threading.Event(), threading.Event()

    def run(self) -> None:
        while not self._ended.wait(0.01):
            if self._flows.is_set():
                self.samples += 160

    def flow(self, on: bool) -> None:
        (self._flows.set if on else self._flows.clear)()

    def end(self) -> None:
        self._ended.set()


@contextmanager
def threads(*bodies: Callable[[], None]) -> Iterator[None]:
    started = [threading.Thread(target=body, daemon=True) for body in bodies]
    for thread in started:
        thread.start()
    yield
    for thread in started:
        thread.join(2)
        assert not thread.is_alive()


@contextmanager
def watched(notify: Notify, limits: Limits = LIMITS, **more: Callable[[], bool]) -> Iterator[tuple[Sound, Watchdog]]:
    sound = Sound()
    dog = Watchdog(sound, notify, limits, every_s=EVERY_S, **more)
    with threads(sound.run, dog.run):
        try:
            yield sound, dog
        finally:
            dog.close()
            sound.end()


def feeding(manager: Manager) -> bool:
    """Whether it is being fed just now."""
    manager.drain()
    end = time.monotonic() + 10 * EVERY_S
    while time.monotonic() < end:
        if "WATCHDOG" in manager.next(EVERY_S):
            return True
    return False


def starves(manager: Manager) -> None:
    end = time.monotonic() + 3
    while feeding(manager):
        assert time.monotonic() < end, "it is fed on and on"


def moved(dest: str, source: str = "idle") -> ev.StateChanged:
    return ev.StateChanged(source=source, dest=dest)


def test_ready_with_the_first_frame_and_not_before(manager: Manager, notify: Notify) -> None:
    with watched(notify) as (sound, _):
        assert manager.next() == {"STATUS": "waiting for the microphone"}
        assert manager.next(0.3) == {}
        sound.flow(True)
        assert manager.until(lambda m: "STATUS" not in m) == {"READY": "1"}
        manager.until(lambda m: m == {"STATUS": "idle"})
        assert feeding(manager)


def test_frames_stop_and_come_again(manager: Manager, notify: Notify) -> None:
    with watched(notify) as (sound, _):
        sound.flow(True)
        manager.until(lambda m: "WATCHDOG" in m)
        sound.flow(False)
        manager.until(lambda m: m.get("STATUS", "").startswith("idle: no sound from the microphone"))
        starves(manager)
        sound.flow(True)
        manager.until(lambda m: "WATCHDOG" in m)


def test_a_turn_that_is_overdue(manager: Manager, notify: Notify) -> None:
    with watched(notify) as (sound, dog):
        sound.flow(True)
        manager.until(lambda m: "WATCHDOG" in m)
        dog.on_event(moved("thinking"))
        manager.until(lambda m: m == {"STATUS": "thinking"})
        starves(manager)
        dog.on_event(moved("idle", "thinking"))
        manager.until(lambda m: m == {"STATUS": "idle"})
        assert feeding(manager)


def test_a_lost_microphone_is_waited_for_but_not_for_ever(manager: Manager, notify: Notify) -> None:
    with watched(notify) as (sound, dog):
        sound.flow(True)
        manager.until(lambda m: "WATCHDOG" in m)
        sound.flow(False)
        dog.on_event(moved("suspended"))
        assert feeding(manager)
        starves(manager)
        sound.flow(True)
        dog.on_event(moved("idle", "suspended"))
        manager.until(lambda m: "WATCHDOG" in m)


def test_muted_is_not_dead(manager: Manager, notify: Notify) -> None:
    muted = threading.Event()
    with watched(notify, muted=muted.is_set) as (sound, _):
        sound.flow(True)
        manager.until(lambda m: "WATCHDOG" in m)
        muted.set()
        sound.flow(False)
        time.sleep(3 * LIMITS.frames_s)
        assert feeding(manager)


def test_a_board_that_starts_without_microphone_asks_for_time(manager: Manager, notify: Notify) -> None:
    with watched(notify, Limits(lost_s=60)) as (sound, dog):
        dog.on_event(moved("suspended"))
        manager.until(lambda m: m == {"STATUS": "no microphone: waiting for one"})
        assert manager.until(lambda m: "EXTEND_TIMEOUT_USEC" in m) == {"EXTEND_TIMEOUT_USEC": "30000000"}
        sound.flow(True)
        manager.until(lambda m: "READY" in m)


@pytest.mark.parametrize("heard", [True, False], ids=["ready", "not-ready"])
def test_close_ends_it_at_once(notify: Notify, heard: bool) -> None:
    sound = Sound()
    dog = Watchdog(sound, notify, LIMITS, every_s=3600)
    with threads(dog.run):
        sound.samples += 320 * heard
        time.sleep(0.2)
        began = time.monotonic()
        dog.close()
        dog.close()
    assert time.monotonic() - began < 0.2


def test_without_systemd_it_has_nothing_to_do() -> None:
    sound = Sound()
    with threads(Watchdog(sound, Notify(), LIMITS).run):
        sound.samples += 320


def test_how_often_systemd_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    assert watchdog_seconds({}) is None
    assert watchdog_seconds({"WATCHDOG_USEC": "15000000"}) == 15
    assert watchdog_seconds({"WATCHDOG_USEC": "15000000", "WATCHDOG_PID": str(os.getpid())}) == 15
    assert watchdog_seconds({"WATCHDOG_USEC": "15000000", "WATCHDOG_PID": "1"}) is None
    for nonsense in ("", "0", "-1", "soon", "²"):
        assert watchdog_seconds({"WATCHDOG_USEC": nonsense}) is None
