"""One assistant after the other in one process: a reload ends the one that runs and begins the next."""

from __future__ import annotations

import ctypes
import gc
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from pipit.device.app import Assistant
from pipit.device.config import Settings
from pipit.device.control import Control
from pipit.device.log import set_up
from pipit.device.service.attend import Service
from pipit.device.service.watchdog import limits_for
from pipit.errors import PipitError
from pipit.fsm import events as ev
from pipit.models import Engines

_UP_S = 30.0
"""A reload waits so long for the assistant that the one before has begun."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an assistant is made of, and what it begins with; ``number`` counts them from 0."""

    settings: Settings
    engines: Engines
    order: ev.SessionOrder
    number: int = 0


@dataclass(frozen=True, slots=True)
class Life:
    """An assistant that is put together and not started, how it is talked to, and how another goes on after it."""

    assistant: Assistant
    control: Control
    goes_on: Callable[[], ev.SessionOrder]


class Lives:
    """``run`` in the main thread; ``build`` puts an assistant together, ``load`` its engines.

    ``reread`` returns the settings as they are now, or raises; None: there is nothing to read again.
    """

    def __init__(
        self,
        first: Plan,
        build: Callable[[Plan], Life],
        load: Callable[[Settings], Engines],
        reread: Callable[[], Settings] | None,
    ) -> None:
        self._build, self._load, self._reread = build, load, reread
        self._plan = first
        del first  # its engines may be replaced
        self._next: Plan | None = None
        self._control: Control | None = None
        self._up = threading.Event()

    def run(self) -> None:
        """Live until told to end; raises what broke beyond repair, and what the first assistant cannot be made of."""
        life: Life | None = self._build(self._plan)
        with Service(self.reload) as service:
            while life is not None:
                self._live(life, service)
                del life
                life = None if service.ending else self._following()

    def reload(self) -> bool:
        """Read the settings again, load what they need, and only then end the assistant that runs.

        Returns whether another follows; raises ``PipitError`` when the settings are wrong, and nothing changes.
        """
        if self._reread is None or not self._up.wait(_UP_S):
            return False
        old, settings = self._plan, self._reread()
        same = settings.engines == old.settings.engines
        engines = old.engines if same else self._load(settings)
        set_up(settings.log)
        if settings.model_copy(update={"log": old.settings.log}) == old.settings:
            self._plan = replace(old, settings=settings)
            return False
        self._up.clear()
        self._next = Plan(settings, engines, old.order, old.number + 1)
        if (control := self._control) is not None:
            control.quit()
        return True

    def _live(self, life: Life, service: Service) -> None:
        with service.attend(life.control, life.assistant.clock, limits_for(self._plan.settings)):
            self._control = life.control
            life.assistant.post(self._plan.order)
            life.assistant.start()
            self._up.set()
            life.assistant.wait()
        self._control = None
        if self._next is not None:
            self._next = replace(self._next, order=life.goes_on())

    def _following(self) -> Life | None:
        """Return the assistant that a reload asked for; the old settings serve when the new ones turn out not to."""
        old, plan = self._plan, self._next
        self._next = None
        if plan is None:
            return None
        _give_back_memory()
        try:
            life = self._build(plan)
            self._plan = plan
            return life
        except PipitError as error:
            structlog.get_logger().error("reload", code=error.code, error=str(error))
        set_up(old.settings.log)
        self._plan = replace(old, order=plan.order, number=plan.number)
        return self._build(self._plan)


def _give_back_memory() -> None:
    """Free what is over: an assistant refers to itself, and the C library keeps what large weights leave."""
    gc.collect()
    with suppress(OSError, AttributeError):  # another C library than Debian's
        ctypes.CDLL(None).malloc_trim(0)
