"""The live speaker: plays what the playout buffer holds.

While a device that was there is gone, what is to be said waits for it. Where there never was one, or after ``hold_s``,
it goes on pulling at the pace of a clock: a turn must end even when nobody can hear it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pipit.audio import Playback, Samples
from pipit.device.settings import Sound
from pipit.device.sound import portaudio
from pipit.device.sound.backoff import Backoff
from pipit.device.sound.convert import Resampler, Signal
from pipit.device.sound.player import Counts, Player
from pipit.device.sound.rewind import Rewind
from pipit.device.sound.session import Format, SoundSystem
from pipit.errors import DeviceLost

_OPEN_S = 5.0
"""A device that takes longer to open hangs."""
_DEAF_S = 1.0
"""A device that took nothing for so long hangs; an opening that lasts longer must not hold up the conversation."""
_STOP_S = 0.8
_LOOK_S = 0.05
_WATCH_S = 0.25
"""How often it is asked whether a device that works still does; of anything else it is told at once."""
_LONGEST_CUE_S = 1.0
_HOLD_S = 60.0
"""So long a reply waits for a device that is gone."""
_REWIND_S = 2.0
"""More than any device holds."""


class LiveSpeaker:
    """``run`` is the body of a thread; everything else may be called from any.

    ``on_lost`` is told, in that thread, why the device went away, ``on_back`` that it is there again. ``formats``
    (Hz, channels) is tried instead of the usual order.
    """

    def __init__(
        self,
        playback: Playback,
        settings: Sound,
        *,
        on_lost: Callable[[DeviceLost], None] = lambda _: None,
        on_back: Callable[[], None] = lambda: None,
        system: SoundSystem = portaudio.library,
        formats: Sequence[Format] = (),
        hold_s: float = _HOLD_S,
    ) -> None:
        self.rate = playback.rate
        self.volume = settings.volume
        self._playback, self._settings, self._system, self._formats = playback, settings, system, formats
        self._on_lost, self._on_back = on_lost, on_back
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._owner: Player | None = None
        self._player: Player | None = None
        self._cue: tuple[int, Signal] | None = None
        self._backoff = Backoff()
        self._counts = Counts()
        self._due = 0.0
        self._lost = False
        self._lost_at = 0.0
        self._hold_s = hold_s
        self._rewind = Rewind(round(_REWIND_S * playback.rate))
        self._flushes = playback.flushes
        self._losses = 0
        self._name = ""
        self._format: Format = (0, 0)
        playback.watch(self._stir)

    def run(self) -> None:
        """Play until ``close``; never raises, never hangs with the device."""
        while not self._closed.is_set():
            player = Player(self._system, self._settings, self, self._counts, self._formats)
            self._player = player
            player.start()
            problem = self._attend(player)
            if self._closed.is_set():
                player.leave()
                player.join(_STOP_S)
            elif problem is not None:
                self._went(problem)
                pause = time.monotonic() + self._backoff.pause()
                # two at a time would only queue up behind what hangs
                self._pull_until(lambda at=pause, old=player: time.monotonic() >= at and old.join(0))  # type: ignore[misc]

    def close(self) -> None:
        """End ``run``; what the device holds is still played, a device that hangs is left behind."""
        self._closed.set()
        player = self._player
        if player is not None:
            player.leave()

    def cue(self, samples: Samples, rate: int) -> bool:
        """Play a short sound (mono int16 at ``rate`` Hz), unless a reply is under way; whether it will be heard.

        What is longer than a second is cut; a new one takes the place of one that still plays.
        """
        if self._playback.busy or self._lost:
            return False
        resampler = Resampler(rate, self.rate)
        tail = np.zeros(resampler.delay, np.float32)
        signal = resampler.feed(np.concatenate([samples[: round(_LONGEST_CUE_S * rate)].astype(np.float32), tail]))
        self._cue = (self._playback.flushes, signal)
        self._stir()
        return True

    def statistics(self) -> dict[str, Any]:
        """Return what it has done so far; see ``Counts`` for what is said of the last flush."""
        counts = self._counts
        return {
            "device": self._name,
            "rate": self._format[0],
            "channels": self._format[1],
            "periods": counts.periods,
            "underflows": counts.underflows,
            "flushes": counts.flushes,
            "last_silence_ms": round(counts.last_silence_ms, 2),
            "last_flush_samples": counts.last_flush_samples,
            "losses": self._losses,
            "lost": self._lost,
        }

    # ---- the source of the player, in its thread -----------------------------------------------------

    @property
    def flushes(self) -> int:
        """How often silence was ordered."""
        return self._playback.flushes

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to say now."""
        return (not self._playback.busy or self._playback.paused) and self._cue is None

    @property
    def idle(self) -> bool:
        """Whether there is nothing to say at all: a reply that is paused is not nothing."""
        return not self._playback.busy and self._cue is None

    def claim(self, player: Player) -> bool:
        """Let a player whose device works pull from now on."""
        with self._lock:
            if self._player is not player:
                return False
            self._owner = player
            self._name, self._format = player.name, (player.rate, player.channels)
            return True

    def next(self, player: Player | None, n: int) -> Signal | None:
        """Return the next ``n`` samples for the player that owns the sound; None to any other."""
        with self._lock:
            if self._owner is not player:
                return None
            signal = self._pull(n)
            if self._cue is not None:
                self._add_cue(signal)
            return signal if self.volume == 1.0 else signal * np.float32(self.volume)

    def _pull(self, n: int) -> Signal:
        flushes, self._flushes = self._flushes, self._playback.flushes
        if not self._playback.busy or flushes != self._flushes:
            self._rewind.forget()
        if not self._playback.busy:
            return np.zeros(n, np.float32)
        again = self._rewind.take(0 if self._playback.paused else n)
        fresh = self._playback.pull(n - len(again)).astype(np.float32)
        signal = np.concatenate([again, fresh])
        self._rewind.keep(signal)
        return signal

    def _add_cue(self, signal: Signal) -> None:
        cue = self._cue
        if cue is None:
            return
        flushes, rest = cue
        if flushes != self._playback.flushes:  # silence was ordered after it
            rest = rest[:0]
        part = rest[: len(signal)]
        signal[: len(part)] += part
        left = (flushes, rest[len(signal) :]) if len(rest) > len(signal) else None
        if self._cue is cue:  # else a new one came meanwhile
            self._cue = left

    # ---- its own thread ------------------------------------------------------------------------------

    def _attend(self, player: Player) -> DeviceLost | None:
        """Wait until the player has ended or hangs; None when it only has to be opened again."""
        while not self._closed.is_set():
            if player.done.is_set():
                self._disown(player)
                return player.problem
            now = time.monotonic()
            if player.serving:
                self._returned()
                patience, since = _DEAF_S + self._settings.latency_ms / 1000, player.beat
            else:
                patience, since = _OPEN_S, player.began
            if now - since > patience:
                self._disown(player)
                player.leave()
                name = f"speaker '{player.name}'" if player.name else "speaker"
                return DeviceLost("speaker-stuck", f"{name} takes no sound", "plug it in again")
            if not player.serving and (self._lost or now - player.began > _DEAF_S):
                self._pull_once()
            else:
                player.done.wait(_WATCH_S if player.serving else _LOOK_S)
        return None

    def _disown(self, player: Player) -> None:
        with self._lock:
            if self._owner is player:
                self._rewind.back(round(player.unheard_s * self.rate))
            self._owner = self._player = None

    def _stir(self) -> None:
        player = self._player
        if player is not None:
            player.stir()

    def _returned(self) -> None:
        self._backoff.reset()
        if self._lost:
            self._lost = False
            self._on_back()

    def _went(self, problem: DeviceLost) -> None:
        if not self._lost:
            self._lost, self._lost_at = True, time.monotonic()
            self._losses += 1
            self._on_lost(problem)

    def _pull_until(self, over: Callable[[], bool]) -> None:
        while not self._closed.is_set() and not over():
            self._pull_once()

    @property
    def _holds(self) -> bool:
        """Whether what is to be said waits for a device that was there, and may be again."""
        return self._lost and bool(self._name) and time.monotonic() - self._lost_at < self._hold_s

    def _pull_once(self) -> None:
        """Pull one period at the pace of a clock, or wait for so long."""
        period = self._settings.period_ms / 1000
        if self._holds:
            self._closed.wait(period)
            return
        # a little late is made up for, what was not ours to pull is not
        self._due = max(self._due + period, time.monotonic() - _LOOK_S)
        self.next(None, self.rate * self._settings.period_ms // 1000)
        self._closed.wait(max(0.0, self._due - time.monotonic()))
