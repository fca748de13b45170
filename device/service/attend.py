"""What a running assistant owes its service manager: signals are taken, the watchdog is fed, the state is told.

The process outlives an assistant: a reload ends one and begins the next, and no signal may find the process without a
handler in between. So ``Service`` is a context around all of them, ``Service.attend`` one around each.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

import structlog

from pipit.device.control import Control
from pipit.device.service.notify import Notify
from pipit.device.service.signals import Signals
from pipit.device.service.watchdog import Limits, SampleClock, Watchdog
from pipit.errors import PipitError

_JOIN_S = 1.0


class Service:
    """Takes signals from the main thread's ``with`` until that is left; without systemd only they are left of it.

    ``reload`` reads the configuration again, in a thread of its own; it returns whether it has ended the assistant
    for another to follow. A configuration that cannot be used is logged, and the old one stays.
    """

    def __init__(self, reload: Callable[[], bool], notify: Notify | None = None) -> None:
        self._reload = reload
        self._told = notify or Notify.from_environment()
        self._signals = Signals(self._quit, lambda: self._orders.put(True))
        self._orders: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._current: tuple[Control, Watchdog] | None = None
        self._ending = self._reloading = False

    @property
    def ending(self) -> bool:
        """Whether it was told to end."""
        return self._ending

    def __enter__(self) -> Service:
        self._signals.__enter__()
        self._threads = [_start("signals", self._signals.run), _start("reload", self._obey)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._told.stopping()
        self._signals.__exit__(kind, error, trace)
        self._orders.put(False)
        for thread in self._threads:
            thread.join(_JOIN_S)

    @contextmanager
    def attend(
        self, control: Control, clock: SampleClock, limits: Limits, *, muted: Callable[[], bool] = lambda: False
    ) -> Iterator[None]:
        """Feed the watchdog and keep the status line for one assistant, until the block is left."""
        watchdog = Watchdog(clock, self._told, limits, muted=muted, ready=self._reloading)
        unsubscribe = control.subscribe(watchdog.on_event)
        with self._lock:
            self._current = (control, watchdog)
        if self._ending:  # told so when there was nobody to end
            control.quit()
        self._reloaded()
        thread = _start("watchdog", watchdog.run)
        try:
            yield
        finally:
            with self._lock:
                self._current = None
            unsubscribe()
            watchdog.close()
            thread.join(_JOIN_S)

    def _quit(self) -> None:
        self._told.stopping()
        with self._lock:
            self._ending, current = True, self._current
        if current is not None:
            control, watchdog = current
            watchdog.close()  # a status or a meal after STOPPING would only confuse
            control.quit()

    def _obey(self) -> None:
        while self._orders.get():
            self._reloading = True
            self._told.reloading()
            if not self._follows():
                self._reloaded()

    def _follows(self) -> bool:
        try:
            return self._reload()
        except PipitError as error:
            structlog.get_logger().error("reload", code=error.code, error=str(error))
        except Exception as error:  # an assistant that speaks does not die of a reload
            structlog.get_logger().error("reload", code="internal", error=f"{type(error).__name__}: {error}")
        return False

    def _reloaded(self) -> None:
        if self._reloading and not self._ending:
            self._reloading = False
            self._told.ready()


def _start(name: str, run: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread
