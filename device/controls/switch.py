"""What every button shares: presses become events, and somebody comes back when one is due."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import structlog

from pipit.device.controls.presses import Press, Presses
from pipit.device.settings import ButtonSettings
from pipit.fsm import events as ev

Post = Callable[[ev.Event], None]
Stamp = Callable[[], float]
"""The assistant's clock, in seconds; for latency figures only."""


class Button(Protocol):
    """Something that is pressed to talk."""

    def start(self, post: Post, stamp: Stamp) -> None:
        """Take hold of the device; raises ``Failure`` or ``BadConfig`` in one line if that cannot be."""
        ...

    def run(self) -> None:
        """Work until ``close``, in a thread of its own."""
        ...

    def follow(self, event: ev.Event) -> None:
        """Take a published event, in the dialogue's thread; never waits."""
        ...

    def close(self) -> None:
        """Let go of the device; ``run`` returns."""
        ...


def nothing() -> None:
    """Do nothing."""


class Switch:
    """Posts what the edges of one switch mean; edges may come from any thread.

    ``on_long_press`` is called in the thread that noticed it, and must not wait.
    """

    def __init__(
        self,
        settings: ButtonSettings,
        on_long_press: Callable[[], None] = nothing,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.presses = Presses(settings.press, settings.bounce_ms / 1000, settings.long_press_s)
        self._on_long_press, self._now = on_long_press, now
        self._changed = threading.Condition()
        self._closed = False
        self._log: Any = structlog.get_logger()

    def start(self, post: Post, stamp: Stamp) -> None:
        """Say where events go, and which clock stamps them."""
        self._post, self._stamp = post, stamp

    def edge(self, down: bool) -> None:
        """The line changed just now."""
        stamp, at = self._stamp(), self._now()
        with self._changed:
            if not self._closed:
                self._tell(self.presses.edge(down, at), stamp)
                self._changed.notify()

    def tick(self) -> float | None:
        """Do what is due; return the seconds until something is again, None when nothing is to come."""
        stamp, at = self._stamp(), self._now()
        with self._changed:
            if not self._closed:
                self._tell(self.presses.tick(at), stamp)
            due = self.presses.due
        return None if due is None else max(due - self._now(), 0.0)

    def run(self) -> None:
        """Come back whenever something is due, until ``close``."""
        while not self._closed:
            self.tick()
            with self._changed:
                due = self.presses.due
                self._changed.wait_for(
                    lambda due=due: self._closed or self.presses.due != due,  # type: ignore[misc]
                    None if due is None else max(due - self._now(), 0.0),
                )

    def follow(self, event: ev.Event) -> None:
        """Learn what a press would mean now; takes no lock."""
        self.presses.follow(event)

    def close(self) -> None:
        """End ``run``; no event follows."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _tell(self, told: Sequence[Press], stamp: float) -> None:
        for press in told:
            match press:
                case Press.DOWN:
                    self._post(ev.ButtonDown(stamp=stamp))
                case Press.UP:
                    self._post(ev.ButtonUp(stamp=stamp))
                case Press.LONG:
                    self._post(ev.Cancel(stamp=stamp))
                    self._on_long_press()
                case Press.STUCK:
                    self._log.warning("button-stuck", hint="something holds it down; it works again once let go")
