"""What the host of sessions needs of the world around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from pipit.audio.clock import AudioClock
from pipit.fsm.flow.schema import Flow


class Library(Protocol):
    """Where flows come from."""

    def source(self, name: str) -> str:
        """Return a flow file's text; raises ``BadInput`` when there is no such flow."""
        ...

    def titles(self) -> Mapping[str, str]:
        """Return the flows that can be started by voice: title to name."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """A flow that is to be started."""

    flow: Flow
    source: str
    minutes: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every session needs to know of the world; ``system`` is who the assistant is."""

    clock: AudioClock
    today: Callable[[], date]
    system: Callable[[], str]
