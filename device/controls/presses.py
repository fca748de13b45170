"""Edges of a switch in, presses out: debounce, hold and toggle, long press, a switch that is stuck.

It has no clock, no thread and no lock: whoever drives it says when an edge came, in seconds of any clock that
runs forward, and comes back when ``due`` has passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Literal

from pipit.fsm import events as ev
from pipit.fsm.machine import State
from pipit.fsm.transcript import is_noise

STUCK_S = 60.0
"""A switch that is down for so long is jammed, or something lies on it: it counts as let go."""


_HEARING = (State.LISTENING.value, State.SUSPENDED.value)


class Press(Enum):
    """What came of the edges."""

    DOWN = "down"
    UP = "up"
    LONG = "long"
    STUCK = "stuck"


class Presses:
    """Downs and ups alternate, whatever the switch does.

    An edge counts at once if the line was quiet before it for ``bounce_s``: to interrupt must not wait for a
    debounce. What comes sooner only tells where the contact is once the line is quiet again.
    """

    def __init__(
        self,
        mode: Literal["hold", "toggle"] = "hold",
        bounce_s: float = 0.03,
        long_press_s: float = 2.5,
        stuck_s: float = STUCK_S,
    ) -> None:
        self.talking = False
        """Whether a down was given that no up has followed yet."""
        self._toggle = mode == "toggle"
        self._bounce_s, self._long_s, self._stuck_s = bounce_s, long_press_s, max(stuck_s, long_press_s)
        self._line = self._pressed = self._words = self._long_told = self._stuck = False
        self._last_edge: float | None = None
        self._since = 0.0

    # ---- the switch ----------------------------------------------------------------------------------

    def edge(self, down: bool, at: float) -> Sequence[Press]:
        """Take an edge of the line at second ``at``."""
        told = self.tick(at)
        if down == self._line:
            return told
        quiet = self._last_edge is None or at - self._last_edge >= self._bounce_s
        self._line, self._last_edge = down, at
        return [*told, *self._moved(at)] if quiet else told

    def tick(self, at: float) -> Sequence[Press]:
        """Do what has become due by second ``at``."""
        told: list[Press] = []
        if self._settles_at is not None and at >= self._settles_at:
            told += self._settled(at)
        if self._long_at is not None and at >= self._long_at:
            self._long_told = True
            told += [Press.LONG, *self._up()]
        if self._stuck_at is not None and at >= self._stuck_at:
            self._stuck = True
            told += [Press.STUCK, *self._up()]
        return told

    @property
    def due(self) -> float | None:
        """The second at which ``tick`` has something to do; None when nothing is to come."""
        instants = (self._settles_at, self._long_at, self._stuck_at)
        return min((at for at in instants if at is not None), default=None)

    # ---- the conversation ----------------------------------------------------------------------------

    def reset(self) -> None:
        """The turn is over without us: the next press is a down."""
        self.talking = False

    def follow(self, event: ev.Event) -> None:
        """Learn from a published event what a press would mean now.

        It only sets flags and takes no lock, so the dialogue never waits for a finger.
        """
        match event:
            case ev.PartialTranscript() if not is_noise(event.text):
                self._words = True  # holding on to talk is no wish to end
            case ev.StateChanged() if self._toggle:
                if event.dest == State.LISTENING.value:
                    self.talking = True  # opened by voice: the next tap ends it
                elif event.source in _HEARING and event.dest != State.SUSPENDED.value:
                    self.reset()  # a turn that is suspended still listens: a tap ends what was said
            case ev.Ignored(of="ButtonDown") if self._toggle:
                self.talking = event.state == State.LISTENING.value

    # ---- inside --------------------------------------------------------------------------------------

    @property
    def _settles_at(self) -> float | None:
        unsettled = self._line != self._pressed and self._last_edge is not None
        return self._last_edge + self._bounce_s if unsettled and self._last_edge is not None else None

    @property
    def _long_at(self) -> float | None:
        waits = self._pressed and not (self._long_told or self._words or self._stuck)
        return self._since + self._long_s if waits else None

    @property
    def _stuck_at(self) -> float | None:
        return self._since + self._stuck_s if self._pressed and not self._stuck else None

    def _moved(self, at: float) -> Sequence[Press]:
        """The contact is where the line says."""
        self._pressed = self._line
        if not self._pressed:
            return [] if self._toggle else self._up()
        self._since, self._words, self._long_told, self._stuck = at, False, False, False
        if self._toggle and self.talking:
            return self._up()
        if self.talking:
            return []
        self.talking = True
        return [Press.DOWN]

    def _settled(self, at: float) -> Sequence[Press]:
        """The line is quiet, and the contact is not where its first edge had put it."""
        if self._toggle and self._line:
            self._pressed = True  # a finger that slipped is no second tap: it never left
            return []
        return self._moved(at)

    def _up(self) -> Sequence[Press]:
        was, self.talking = self.talking, False
        return [Press.UP] if was else []
