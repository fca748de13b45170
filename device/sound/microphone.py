"""The live microphone: frames of 20 ms at 16 kHz from whatever the device gives, and never a read that hangs."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipit.audio import FRAME_MS, FRAME_SAMPLES, RATE, Frame
from pipit.device.settings import Sound
from pipit.device.sound import portaudio
from pipit.device.sound.backoff import Backoff
from pipit.device.sound.convert import Resampler, to_int16, to_mono
from pipit.device.sound.devices import Device
from pipit.device.sound.session import Format, Session, SoundSystem
from pipit.errors import DeviceLost

_QUEUE = 500
"""Blocks of 20 ms that wait for the ear: ten seconds."""
_OPEN_S = 5.0
"""A device that takes longer to open hangs."""
_LOOK_S = 0.1
_JOIN_S = 0.5


@dataclass(frozen=True, slots=True)
class _Block:
    number: int
    at: float
    """When it came, by the monotonic clock."""
    pcm: bytes


class _Capture(Session):
    """Takes what the device calls back with; a blocking read of a pulled USB microphone would never return."""

    direction = "input"

    def __init__(self, system: SoundSystem, wanted: str, formats: Sequence[Format]) -> None:
        super().__init__(system, wanted, formats)
        self.overflows = 0
        self._blocks: deque[_Block] = deque()
        self._news = threading.Condition()
        self._number = 0

    def take(self, until: float) -> _Block | None:
        """Wait for a block until a time of the monotonic clock; None when none came, or none will."""
        with self._news:
            while not self._blocks:
                left = until - time.monotonic()
                if left <= 0 or self.done.is_set() or self._leaving.is_set():
                    return None
                self._news.wait(left)
            return self._blocks.popleft()

    def leave(self) -> None:
        super().leave()
        with self._news:
            self._news.notify_all()

    def _run(self) -> None:
        super()._run()
        with self._news:
            self._news.notify_all()

    def _order(self, device: Device) -> Iterator[Format]:
        few = [count for count in (1, 2, device.channels) if count <= device.channels]
        for rate in (RATE, device.default_rate, 48_000, 44_100):
            yield from ((rate, count) for count in few)

    def _options(self, rate: int) -> dict[str, Any]:
        return {"frames_per_buffer": rate * FRAME_MS // 1000, "stream_callback": self._called}

    def _called(self, pcm: bytes | None, _count: int, _time: Any, status: int) -> tuple[None, int]:
        # in PortAudio's own thread; an exception from here would come out in another one
        with self._news:
            if status & portaudio.INPUT_OVERFLOW:
                self.overflows += 1
            if len(self._blocks) >= _QUEUE:
                self._blocks.popleft()
                self.overflows += 1
            if pcm:
                self._blocks.append(_Block(self._number, time.monotonic(), pcm))
                self._number += 1
            self._news.notify_all()
        return None, portaudio.CONTINUE

    def _serve(self, stream: Any) -> None:
        while not self._leaving.wait(_LOOK_S) and not self._system.stale:
            if not stream.is_active():
                raise DeviceLost("microphone-lost", f"microphone '{self.name}': it went away", "plug it in again")

    def _stop(self, stream: Any) -> None:
        stream.stop_stream()


class LiveMicrophone:
    """``pipit.audio.Microphone`` over PortAudio.

    The index of a frame follows the time that has passed: what was lost while the device was away, or while nobody
    read for ten seconds, is missing from the count. ``formats`` (Hz, channels) is tried instead of the usual
    order. ``read`` belongs to one thread; everything else may be called from any.
    """

    def __init__(
        self, settings: Sound, *, system: SoundSystem = portaudio.library, formats: Sequence[Format] = ()
    ) -> None:
        self._settings, self._system, self._formats = settings, system, formats
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._capture: _Capture | None = None
        self._hanging: _Capture | None = None
        self._backoff = Backoff()
        self._lost = False
        self._index = 0
        self._heard_at: float | None = None
        self._number = 0
        self._resampler: Resampler | None = None
        self._rest = np.zeros(0, np.float32)
        self._frames = self._overflows = self._losses = 0
        self._name = ""

    def read(self) -> Frame | None:
        """Return the next frame; None once closed.

        Raises ``DeviceLost`` when the device is gone, busy, or silent for ``stuck_ms``; each further ``read`` tries
        again after a pause of 0.2 to 5 s.
        """
        while not self._closed.is_set():
            if len(self._rest) >= FRAME_SAMPLES:
                return self._cut()
            try:
                self._listen()
            except DeviceLost:
                if self._closed.is_set():
                    break
                self._losses += not self._lost
                self._lost = True
                raise
        return None

    def close(self) -> None:
        """Let go of the device; a ``read`` that waits returns None. Takes half a second at most."""
        with self._lock:
            self._closed.set()
            capture = self._capture
        if capture is not None:
            capture.leave()
            capture.join(_JOIN_S)

    def statistics(self) -> dict[str, Any]:
        """Return what it has done so far: ``overflows`` are gaps, ``losses`` how often the device went away."""
        capture = self._capture
        return {
            "device": self._name,
            "rate": capture.rate if capture else 0,
            "channels": capture.channels if capture else 0,
            "frames": self._frames,
            "overflows": self._overflows + (capture.overflows if capture else 0),
            "losses": self._losses,
            "lost": self._lost,
        }

    def _cut(self) -> Frame:
        frame = Frame(self._index, to_int16(self._rest[:FRAME_SAMPLES]).astype("<i2", copy=False).tobytes())
        self._rest = self._rest[FRAME_SAMPLES:]
        self._index += 1
        self._frames += 1
        return frame

    def _listen(self) -> None:
        """Wait for one block, or raise."""
        capture = self._capture or self._begin()
        if capture is None:
            return
        patience = self._settings.stuck_ms / 1000
        if self._resampler is None:  # nothing came yet: opening may take its time
            until = capture.began + max(patience, _OPEN_S)
        else:
            until = (self._heard_at or capture.began) + patience
        block = capture.take(until)
        if block is not None:
            self._take_in(capture, block)
            return
        if self._closed.is_set():
            return
        self._give_up(capture)

    def _begin(self) -> _Capture | None:
        if self._lost:
            self._closed.wait(self._backoff.pause())
        if self._hanging is not None:
            if not self._hanging.join(0):
                raise DeviceLost("microphone-stuck", f"{self._called} does not answer", "plug it in again")
            self._hanging = None
        with self._lock:
            if self._closed.is_set():
                return None
            self._capture = _Capture(self._system, self._settings.microphone, self._formats)
            self._resampler = None
            self._capture.start()
            return self._capture

    def _give_up(self, capture: _Capture) -> None:
        """Let go of a device that ended or gives nothing; raises, unless it only has to be opened again."""
        over = capture.done.is_set()
        capture.leave()
        self._name = capture.name or self._name
        self._overflows += capture.overflows
        self._capture = None
        if not over and not capture.join(_JOIN_S):
            self._hanging = capture
        if not over:
            raise DeviceLost("microphone-stuck", f"{self._called} gives no sound", "plug it in again")
        if capture.problem is not None:
            raise capture.problem

    @property
    def _called(self) -> str:
        return f"microphone '{self._name}'" if self._name else "microphone"

    def _take_in(self, capture: _Capture, block: _Block) -> None:
        if self._resampler is None:
            self._come_back(capture, block)
        elif block.number != self._number:
            self._skip(block.number - self._number)
        assert self._resampler is not None  # noqa: S101 - for mypy
        self._number, self._heard_at = block.number + 1, block.at
        signal = self._resampler.feed(to_mono(block.pcm, capture.channels))
        self._rest = np.concatenate([self._rest, signal]) if len(self._rest) else signal

    def _come_back(self, capture: _Capture, block: _Block) -> None:
        self._resampler = Resampler(capture.rate, RATE)
        self._name, self._lost = capture.name, False
        self._backoff.reset()
        if self._heard_at is not None:
            self._skip(int((block.at - self._heard_at) * 1000 / FRAME_MS) - 1)

    def _skip(self, frames: int) -> None:
        """Count frames that nobody will hear; the half one before the gap is not glued to what comes after."""
        self._index += max(0, frames)
        self._rest = np.zeros(0, np.float32)
