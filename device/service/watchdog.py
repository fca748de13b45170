"""The watchdog is fed only while frames advance and no turn is overdue; whoever starves it is started anew.

``Health`` decides, from instants that it is given; ``Watchdog`` looks at the clocks and tells systemd.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from pipit.audio.frames import RATE
from pipit.device.config import Settings
from pipit.device.service.notify import Notify
from pipit.fsm import State
from pipit.fsm import events as ev

_BY_AUDIO = frozenset({State.LISTENING.value})
"""States whose length the ear bounds, in audio; in the others an engine works, and the wall clock counts."""
_NO_MICROPHONE = "no microphone: waiting for one"
_START_S = 0.1
_WITHOUT_WATCHDOG_S = 5.0
_SECONDS_A_TOKEN = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How long what may last, in seconds."""

    frames_s: float = 4.0
    """Without a frame, while the microphone is not known to be lost."""
    lost_s: float = 600.0
    """Without a microphone; a new process may find one that this one does not."""
    states_s: Mapping[str, float] = field(
        default_factory=lambda: {
            State.LISTENING.value: 60.0,
            State.TRANSCRIBING.value: 30.0,
            State.PENDING.value: 30.0,
            State.THINKING.value: 120.0,
            State.SPEAKING.value: 240.0,
        }
    )
    """In one state of a turn; a state that is not here may last."""


def limits_for(settings: Settings) -> Limits:
    """Return limits that nothing which the settings allow can pass."""
    listen, usual = settings.listen, Limits().states_s
    states = {
        **usual,
        State.LISTENING.value: 2 * listen.longest_s + usual[State.TRANSCRIBING.value],
        State.PENDING.value: usual[State.PENDING.value] + listen.hold_off_ms / 1000,
        State.SPEAKING.value: usual[State.SPEAKING.value] + settings.reply.tokens * _SECONDS_A_TOKEN,
    }
    # it takes the microphone itself so long to find out that it is lost
    stuck_s = settings.sound.stuck_ms / 1000
    return Limits(frames_s=max(Limits().frames_s, 2 * stuck_s + 1), states_s=states)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the watchdog is fed; ``reason`` says what is amiss, for people."""

    alive: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Entered:
    """A state, and the instants at which it was entered: seconds of the wall clock, samples of audio."""

    state: str
    now: float
    samples: int


class Health:
    """Judges whether the assistant still works; pure but for what it was told, instants in seconds."""

    def __init__(self, limits: Limits, now: float, samples: int = 0) -> None:
        self._limits = limits
        # each is replaced whole: one thread tells the state, another judges
        self._entered = _Entered(State.IDLE.value, now, samples)
        self._samples, self._advanced = samples, now
        self._found = now

    @property
    def state(self) -> str:
        """The state that was told last."""
        return self._entered.state

    def enter(self, state: str, now: float, samples: int) -> None:
        """Note that the machine came into ``state``."""
        if self._entered.state == State.SUSPENDED.value:
            self._found = now  # a microphone that is back has just begun
        self._entered = _Entered(state, now, samples)

    def judge(self, now: float, samples: int, excused: bool = False) -> Verdict:
        """Return the verdict; ``excused`` means that no frames are expected, because it was muted."""
        if samples != self._samples or excused:
            self._samples, self._advanced = samples, now
        entered = self._entered
        wall_s = now - entered.now
        if entered.state == State.SUSPENDED.value:
            return Verdict(wall_s <= self._limits.lost_s, f"no microphone for {wall_s:.0f} s")
        still_s = now - max(self._advanced, self._found)
        if still_s > self._limits.frames_s:
            return Verdict(False, f"no sound from the microphone for {still_s:.0f} s")
        age_s = (samples - entered.samples) / RATE if entered.state in _BY_AUDIO else wall_s
        limit_s = self._limits.states_s.get(entered.state)
        if limit_s is not None and age_s > limit_s:
            return Verdict(False, f"{entered.state} for {age_s:.0f} s")
        return Verdict(True)


class SampleClock(Protocol):
    """The ear's clock."""

    @property
    def samples(self) -> int:
        """Samples consumed."""
        ...


def watchdog_seconds(environ: Mapping[str, str] = os.environ) -> float | None:
    """Return within which time systemd wants to be told, or None when it does not watch this process."""
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    text = environ.get("WATCHDOG_USEC", "")
    return int(text) / 1_000_000 if text.isascii() and text.isdigit() and int(text) else None


class Watchdog:
    """Says READY with the first frame, then feeds systemd's watchdog for as long as all is well.

    One that begins ``ready``, after a reload, says nothing: the service was ready all along.
    """

    def __init__(
        self,
        clock: SampleClock,
        notify: Notify,
        limits: Limits,
        *,
        muted: Callable[[], bool] = lambda: False,
        every_s: float | None = None,
        ready: bool = False,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock, self._notify, self._limits = clock, notify, limits
        self._muted, self._now = muted, now
        watched = watchdog_seconds()
        self._feeds = every_s is not None or watched is not None
        self._every_s = every_s or (watched / 3 if watched else _WITHOUT_WATCHDOG_S)
        self._health = Health(limits, now(), clock.samples)
        self._first = clock.samples
        self._ready = ready
        self._told = ""
        self._well = True
        self._closed = threading.Event()

    def on_event(self, event: ev.Event) -> None:
        """Take one published event; it waits for nothing."""
        if isinstance(event, ev.StateChanged):
            self._health.enter(event.dest, self._now(), self._clock.samples)
            self._tell(_NO_MICROPHONE if event.dest == State.SUSPENDED.value else event.dest)

    def run(self) -> None:
        """Watch until ``close``; the body of a thread."""
        if self._ready or self._become_ready():
            self._tell(self._health.state)
            while True:
                self._look()
                if self._closed.wait(self._every_s):
                    return

    def close(self) -> None:
        """End ``run`` at once; from any thread, any number of times."""
        self._closed.set()

    def _become_ready(self) -> bool:
        """Wait for the first frame: before it, nothing can be heard. False when closed before."""
        self._tell("waiting for the microphone")
        began = extended = self._now()
        while not (self._hears() and self._notify.ready()):
            now = self._now()
            if self._closed.wait(_START_S) or not self._notify:
                return False
            if self._waits_for_one(now - began) and now - extended >= 1:
                extended = now
                self._notify.extend(30)
        return True

    def _hears(self) -> bool:
        return self._clock.samples != self._first or self._muted()

    def _waits_for_one(self, seconds: float) -> bool:
        """Whether it is known that there is no microphone, and there may still come one."""
        return self._health.state == State.SUSPENDED.value and seconds <= self._limits.lost_s

    def _look(self) -> None:
        verdict = self._health.judge(self._now(), self._clock.samples, self._muted())
        if verdict.alive and self._feeds:
            self._notify.watchdog()
        if verdict.alive is not self._well:
            self._well = verdict.alive
            log = structlog.get_logger()
            log.warning("watchdog", fed=True) if self._well else log.error("watchdog", fed=False, reason=verdict.reason)
        self._tell(f"{self._health.state}: {verdict.reason}" if verdict.reason else self._health.state)

    def _tell(self, text: str) -> None:
        if text != self._told and self._notify.status(text):
            self._told = text
