"""One attempt at one device: a thread that opens it, serves it and lets go of it.

Every native call is made in here, because every one may hang: a server that is frozen, a cable that was pulled. Who
started a session only ever waits for it with a limit, and leaves it behind when that has passed; it ends by
itself should the call ever return, and touches nothing any more.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Protocol

from pipit.device.sound import portaudio
from pipit.device.sound.devices import Device, Direction, choose, listed
from pipit.errors import BadConfig, DeviceLost

Format = tuple[int, int]
"""Samples per second, channels."""

_BUSY = -9985
_SPOKEN = {"input": "microphone", "output": "speaker"}
_HINTS = {_BUSY: "end the program that uses it", -9996: "plug it in"}


class SoundSystem(Protocol):
    """What a session needs of ``portaudio.Library``."""

    @property
    def stale(self) -> bool:
        """Whether somebody waits for the others to let go."""

    def acquire(self) -> Any:
        """Return a ``pyaudio.PyAudio``."""

    def release(self, manager: Any) -> None:
        """Give it back."""

    def ask_anew(self) -> None:
        """Ask the others to let go, if other cards are plugged in."""


class Session(ABC):
    """``start`` it, wait for ``done``, or ``leave`` it. Afterwards ``problem`` says why it ended, if it was lost."""

    direction: Direction

    def __init__(self, system: SoundSystem, wanted: str, formats: Sequence[Format]) -> None:
        self.name = ""
        self.rate = self.channels = 0
        self.problem: DeviceLost | None = None
        self.began = time.monotonic()
        self.done = threading.Event()
        self._leaving = threading.Event()
        self._system, self._wanted, self._formats = system, wanted, formats
        self._thread = threading.Thread(target=self._run, name=f"sound-{self.direction}", daemon=True)

    def start(self) -> None:
        """Open the device, in the thread."""
        self._thread.start()

    def leave(self) -> None:
        """Ask it to let go of the device; returns at once."""
        self._leaving.set()

    def join(self, seconds: float) -> bool:
        """Wait for its end; whether it has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @abstractmethod
    def _order(self, device: Device) -> Iterator[Format]:
        """Yield the formats to try, the best first."""

    @abstractmethod
    def _options(self, rate: int) -> dict[str, Any]:
        """Return what else ``PyAudio.open`` is told."""

    @abstractmethod
    def _serve(self, stream: Any) -> None:
        """Work until ``leave``, or until the system is stale; ``OSError`` means that the device went away."""

    @abstractmethod
    def _stop(self, stream: Any) -> None:
        """End a stream that still works."""

    @property
    def _kind(self) -> str:
        return _SPOKEN[self.direction]

    def _run(self) -> None:
        try:
            self._attempt()
        except DeviceLost as error:
            self.problem = error
        except Exception as error:  # whatever it was, the conversation goes on without this device
            self.problem = self._lost(error)
        self.done.set()

    def _attempt(self) -> None:
        manager = self._system.acquire()
        try:
            stream = self._open(manager)
            try:
                self._serve(stream)
                self._stop(stream)
            finally:
                with suppress(OSError), portaudio.muted:
                    stream.close()
        finally:
            self._system.release(manager)

    def _open(self, manager: Any) -> Any:
        try:
            device = choose(listed(manager, self.direction), self._wanted)
        except BadConfig as error:
            self._system.ask_anew()
            raise DeviceLost(f"{self._kind}-missing", f"{self._kind}: {error.message}", error.hint) from error
        self.name = device.name
        try:
            return self._first_that_opens(manager, device)
        except OSError:
            self._system.ask_anew()
            raise

    def _first_that_opens(self, manager: Any, device: Device) -> Any:
        last: Exception = OSError("no format fits", 0)
        for rate, channels in dict.fromkeys(self._formats or self._order(device)):
            if self._leaving.is_set():
                break
            self.rate, self.channels = rate, channels  # before its first block can come
            try:
                with portaudio.muted:
                    return self._open_as(manager, device, rate, channels)
            except (OSError, ValueError) as error:
                last = error
                if portaudio.code(error) == _BUSY:
                    break
        raise self._lost(last) from last

    def _open_as(self, manager: Any, device: Device, rate: int, channels: int) -> Any:
        options = {f"{self.direction}_device_index": device.index, self.direction: True, **self._options(rate)}
        return manager.open(rate=rate, channels=channels, format=portaudio.INT16, **options)

    def _lost(self, error: Exception) -> DeviceLost:
        name = f"{self._kind} '{self.name}'" if self.name else self._kind
        why, hint = portaudio.reason(error), _HINTS.get(portaudio.code(error), "plug it in again")
        kind = "busy" if portaudio.code(error) == _BUSY else "lost"
        return DeviceLost(f"{self._kind}-{kind}", f"{name}: {why}", hint)
