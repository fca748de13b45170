"""The buttons: one on a pin, one that follows a script; the one on a keyboard is in ``keys.py``."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pipit.device.controls.pins import claiming, prepare
from pipit.device.controls.switch import Post, Stamp, Switch, nothing
from pipit.device.settings import ButtonSettings
from pipit.errors import BadConfig


class GpioButton(Switch):
    """A button from a pin to ground; the pin's own pull-up holds it high."""

    def __init__(
        self,
        settings: ButtonSettings,
        on_long_press: Callable[[], None] = nothing,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(settings, on_long_press, now)
        if settings.pin is None:
            raise BadConfig(
                "button-pin", "button.pin is not set", "give the GPIO number of the button's pin, such as 17"
            )
        self._pin = settings.pin
        self._device: Any = None

    def start(self, post: Post, stamp: Stamp) -> None:
        """Claim the pin; a button that is down already counts once it was let go."""
        super().start(post, stamp)
        with claiming(f"button on GPIO{self._pin}", "button.pin"):
            # no bounce_time: on a real board it would report a press only when the contact is quiet again
            self._device = prepare().DigitalInputDevice(self._pin, pull_up=True)
            self._device.when_activated = lambda: self.edge(True)
            self._device.when_deactivated = lambda: self.edge(False)

    def close(self) -> None:
        """Let go of the pin."""
        super().close()
        if self._device is not None:
            self._device.close()


@dataclass(frozen=True, slots=True)
class Edge:
    """The line goes down or up, so many seconds after ``run`` began."""

    after_s: float
    down: bool


class ScriptedButton(Switch):
    """Plays a list of edges; for tests and demonstrations without a finger."""

    def __init__(
        self,
        settings: ButtonSettings,
        edges: Sequence[Edge] = (),
        on_long_press: Callable[[], None] = nothing,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(settings, on_long_press, now)
        self._edges = sorted(edges, key=lambda edge: edge.after_s)
        self._stop = threading.Event()

    def run(self) -> None:
        """Play the edges in their time, then go on with what is due."""
        began = self._now()
        for edge in self._edges:
            if not self._wait_until(began + edge.after_s):
                return
            self.edge(edge.down)
        super().run()

    def _wait_until(self, at: float) -> bool:
        """Wait, doing what is due meanwhile; False when closed."""
        while (left := at - self._now()) > 0:
            due = self.tick()
            if self._stop.wait(left if due is None else min(left, due)):
                return False
        return not self._stop.is_set()

    def close(self) -> None:
        """Stop playing."""
        super().close()
        self._stop.set()
