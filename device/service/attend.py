"""Everything that a running assistant owes its service manager, as one context around it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from pipit.device.control import Control
from pipit.device.service.notify import Notify
from pipit.device.service.signals import Signals
from pipit.device.service.watchdog import Limits, SampleClock, Watchdog
from pipit.errors import PipitError

_JOIN_S = 1.0


@contextmanager
def attend(
    control: Control,
    clock: SampleClock,
    limits: Limits,
    reload: Callable[[], None],
    *,
    muted: Callable[[], bool] = lambda: False,
    notify: Notify | None = None,
) -> Iterator[None]:
    """Feed the watchdog, keep the status line, take signals; in the main thread, until the block is left.

    Without systemd only the signals are left of it. ``reload`` reads the configuration again; a configuration that
    cannot be used is logged, and the old one stays.
    """
    told = notify or Notify.from_environment()
    watchdog = Watchdog(clock, told, limits, muted=muted)

    def quit_() -> None:
        told.stopping()
        watchdog.close()  # a status or a meal after STOPPING would only confuse
        control.quit()

    unsubscribe = control.subscribe(watchdog.on_event)
    with Signals(quit_, lambda: _reload(told, reload)) as signals:
        threads = [_start("watchdog", watchdog.run), _start("signals", signals.run)]
        try:
            yield
        finally:
            told.stopping()
            unsubscribe()
            watchdog.close()
            signals.close()
            for thread in threads:
                thread.join(_JOIN_S)


def _reload(notify: Notify, reload: Callable[[], None]) -> None:
    notify.reloading()
    try:
        reload()
    except PipitError as error:
        structlog.get_logger().error("reload", code=error.code, error=str(error))
    except Exception as error:  # an assistant that speaks does not die of a reload
        structlog.get_logger().error("reload", code="internal", error=f"{type(error).__name__}: {error}")
    finally:
        notify.ready()


def _start(name: str, run: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread
