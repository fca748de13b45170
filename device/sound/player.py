"""One attempt at the speaker: keeps its stream open and fed, and drops what it holds as soon as silence is ordered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from pipit.device.settings import Sound
from pipit.device.sound import portaudio
from pipit.device.sound.convert import Resampler, Signal, to_device
from pipit.device.sound.devices import Device
from pipit.device.sound.session import Format, Session, SoundSystem

_UNHEARD = 1.0
"""Below this, of 32768, there is nothing to drop."""

_FARTHER_S = 0.05
"""What a sound server, or a card, holds beyond what it tells: measured at 15 to 35 ms. Twice is better than never."""


class Source(Protocol):
    """Where the player gets its sound."""

    rate: int

    @property
    def flushes(self) -> int:
        """How often silence was ordered."""

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to say now."""

    @property
    def idle(self) -> bool:
        """Whether there is nothing to say at all; who waits meanwhile is told by ``stir`` when there is again."""

    def claim(self, player: Player) -> bool:
        """Say that the device works; False when nobody waits for it any more."""

    def next(self, player: Player, n: int) -> Signal | None:
        """Return ``n`` samples at ``rate``; None when nobody waits for this player any more."""


@dataclass(slots=True)
class Counts:
    """What was done, over all attempts."""

    periods: int = 0
    underflows: int = 0
    flushes: int = 0
    last_silence_ms: float = 0.0
    """From the last look before a flush, hence at most from the flush itself, until the device was empty."""
    last_flush_samples: int = 0
    """Audible samples, at the device's rate, that can have been handed over after that flush: at most a period."""


class Player(Session):
    """Writes a period at a time; ``beat`` is when the device last took one."""

    direction = "output"

    def __init__(
        self, system: SoundSystem, settings: Sound, source: Source, counts: Counts, formats: Sequence[Format] = ()
    ) -> None:
        super().__init__(system, settings.speaker, formats)
        self.beat = 0.0
        self.serving = False
        self.held = 0
        """Samples, at its rate, that it was given and that the device had not played at the last look."""
        self._settings, self._source, self._counts = settings, source, counts
        self._flushes = source.flushes
        self._looked = 0.0
        self._ready: Signal = np.zeros(0, np.float32)
        self._last_loud = 0
        self._since_loud = 0
        self._calm = 0
        """Samples, at the source's rate, of silence that were fetched since anything else was, with nothing to say."""
        self._stirred = threading.Event()

    def stir(self) -> None:
        """Look at the source now: there may be something to say, or silence was ordered."""
        self._stirred.set()

    def leave(self) -> None:
        """Let go of the device, at once where it only keeps silent."""
        super().leave()
        self.stir()

    @property
    def unheard_s(self) -> float:
        """Seconds of sound that were fetched from the source and will not be heard if the device is gone."""
        if not self.serving:
            return 0.0
        late = self._resampler.delay / self._source.rate + _FARTHER_S
        return float((self.held + len(self._ready)) / self.rate + late)

    def _order(self, device: Device) -> Iterator[Format]:
        few = [count for count in (1, 2, device.channels) if count <= device.channels]
        for rate in (self._source.rate, device.default_rate, 48_000, 44_100):
            yield from ((rate, count) for count in few)

    def _options(self, rate: int) -> dict[str, Any]:
        # PortAudio asks the device for three times this
        milliseconds = max(self._settings.period_ms, self._settings.latency_ms / 3)
        return {"frames_per_buffer": round(rate * milliseconds / 1000)}

    def _serve(self, stream: Any) -> None:
        self._period = self.rate * self._settings.period_ms // 1000
        self._capacity = max(int(stream.get_write_available()), self._period)
        wanted = max(self.rate * self._settings.latency_ms // 1000, 2 * self._period)
        self._limit = min(self._capacity, wanted)
        self._low = self._limit // 2
        self._frame = 2 * self.channels
        self._silence = to_device(np.zeros(self._limit, np.float32), self.channels)
        self._since_loud = self._capacity
        self._resampler = Resampler(self._source.rate, self.rate)
        self._fresh = True
        if not self._proven(stream):
            return
        self._looked = time.perf_counter()
        self.beat = time.monotonic()
        if not self._source.claim(self):
            return
        self.serving = True
        while not self._leaving.is_set() and not (self._system.stale and self._source.quiet):
            if not self._step(stream):
                return

    def _proven(self, stream: Any) -> bool:
        """Feed silence until the device has really played some: one that only opens is not there yet."""
        silence, full = self._silence[: self._period * self._frame], False
        while not self._leaving.is_set():
            if self._full(self._held(stream)):
                full = True
                time.sleep(self._settings.period_ms / 2000)
                continue
            stream.write(silence, self._period)
            if full:
                return True
        return False

    def _held(self, stream: Any) -> int:
        return self._capacity - int(stream.get_write_available())

    def _full(self, held: int) -> bool:
        return held > 0 and held + self._period > self._limit

    def _step(self, stream: Any) -> bool:
        self._stirred.clear()  # what comes from here on ends the wait below
        self._obey(stream)
        held = self.held = self._held(stream)
        idle = self._settled and self._source.idle
        if idle and held > self._low:
            self._fresh = False
            self._rest()
            return True
        if self._full(held):
            self._wait(self._settings.period_ms / 2000)
            return True
        if held <= 0 and not self._fresh:
            self._counts.underflows += 1
            self._fresh = True  # once for each gap, not for each period that fills it again
        else:
            self._fresh = self._fresh and held < self._low
        return self._keep_silent(stream) if idle else self._write(stream)

    @property
    def _settled(self) -> bool:
        """Whether nothing but silence is on its way or in the device: there is nothing to drop."""
        return self._calm * self.rate >= (self._capacity + 3 * self._period) * self._source.rate

    def _keep_silent(self, stream: Any) -> bool:
        """Fill the device with silence, which is made once: idle, this and a rest are all that there is to do."""
        periods = max((self._limit - max(self.held, 0)) // self._period, 1)
        count = periods * self._period
        self.held += count
        stream.write(self._silence[: count * self._frame], count)
        self.beat = time.monotonic()
        self._counts.periods += periods
        self._rest()
        return True

    def _rest(self) -> None:
        """Wait until the device needs silence again, or there is something to say."""
        self._wait(max((self.held - self._low) / self.rate, self._settings.period_ms / 2000))
        self._looked = time.perf_counter()  # nothing was audible until now

    def _wait(self, seconds: float) -> None:
        if not self._leaving.is_set():
            self._stirred.wait(seconds)

    def _write(self, stream: Any) -> bool:
        signal = self._next_period()
        if signal is None:
            return False
        if self._source.flushes != self._flushes:
            return True  # silence was ordered while these were fetched
        self.held += len(signal)  # even if it cannot take them any more
        stream.write(to_device(signal, self.channels), len(signal))
        self.beat = time.monotonic()
        self._counts.periods += 1
        self._last_loud = int(np.count_nonzero(np.abs(signal) >= _UNHEARD))
        self._since_loud = 0 if self._last_loud else self._since_loud + len(signal)
        return True

    def _next_period(self) -> Signal | None:
        n = self._source.rate * self._settings.period_ms // 1000
        while len(self._ready) < self._period:
            idle = self._source.idle
            block = self._source.next(self, n)
            if block is None:
                return None
            self._calm = self._calm + n if idle and not block.any() else 0
            self._ready = np.concatenate([self._ready, self._resampler.feed(block)])
        signal, self._ready = self._ready[: self._period], self._ready[self._period :]
        return signal

    def _obey(self, stream: Any) -> None:
        """Drop what the device holds, if silence was ordered since the last look."""
        flushes, looked = self._source.flushes, self._looked
        if flushes == self._flushes:
            self._looked = time.perf_counter()
            return
        self._flushes = flushes
        self._resampler.reset()
        self._ready = np.zeros(0, np.float32)
        if self._since_loud < self._capacity:
            _drop(stream)
            self._fresh = True
        self._looked = time.perf_counter()
        counts, loud = self._counts, self._last_loud if self._since_loud == 0 else 0
        counts.flushes += 1
        counts.last_flush_samples, counts.last_silence_ms = loud, (self._looked - looked) * 1000
        self._last_loud, self._since_loud = 0, self._capacity

    def _stop(self, stream: Any) -> None:
        # stopping cuts what the device has taken last: let that be silence
        last = [self._rest_of_sound(), np.zeros(self._capacity, np.float32)]
        with suppress(OSError):
            stream.write(to_device(np.concatenate(last), self.channels), sum(map(len, last)))
            stream.stop_stream()

    def _rest_of_sound(self) -> Signal:
        """Return what was fetched and not handed over, when it leaves for good and nothing of it is unwanted."""
        late = np.zeros(self._resampler.delay, np.float32)
        wanted = self._leaving.is_set() and self._source.flushes == self._flushes
        # a device that was given up for lost gets no word that another one says again
        if not wanted or not self.serving or self._source.next(self, 0) is None:
            return late[:0]
        return np.concatenate([self._ready, self._resampler.feed(late)])


def _drop(stream: Any) -> None:
    """Let the device forget what it holds. PyAudio has no method for it: ``stop_stream`` plays it all."""
    drop: Callable[[], None] | None = getattr(stream, "abort_stream", None)
    if drop is not None:
        drop()
    else:
        native = portaudio.load()._portaudio  # noqa: SLF001
        native.abort_stream(stream._stream)  # noqa: SLF001
        stream._is_running = False  # noqa: SLF001 - else it would not start again
    stream.start_stream()
