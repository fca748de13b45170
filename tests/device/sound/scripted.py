"""The part of PyAudio that live sound uses, scripted: devices that are busy, silent, stuck or late."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np


class Stream:
    """Calls back as the script says; takes sound at the pace of a clock, ``depth`` samples ahead."""

    def __init__(self, card: Card, rate: int, channels: int, callback: Any, block: int) -> None:
        self.card, self.rate, self.channels, self._callback, self._block = card, rate, channels, callback, block
        self.depth = rate // 20
        self.taken: list[np.ndarray] = []
        self.closed = False
        self.drops = 0
        self._held = 0.0
        self._at = time.monotonic()
        if callback is not None:
            threading.Thread(target=self._call, daemon=True).start()

    def _call(self) -> None:
        for status, value in self.card.script:
            if self.closed:
                return
            pcm = np.full(self._block * self.channels, value, "<i2").tobytes()
            self._callback(pcm, self._block, None, status)
            time.sleep(self.card.pace)

    def is_active(self) -> bool:
        return self.card.active

    def start_stream(self) -> None:
        self._held, self._at = 0.0, time.monotonic()

    def stop_stream(self) -> None:
        if self.card.hangs:
            self.card.hang.wait()

    def abort_stream(self) -> None:
        self.drops += 1

    def close(self) -> None:
        self.closed = True

    def get_write_available(self) -> int:
        if not self.card.takes:
            return 0
        now = time.monotonic()
        self._held = max(0.0, self._held - (now - self._at) * self.rate)
        self._at = now
        return self.depth - int(np.ceil(self._held))

    def write(self, pcm: bytes, count: int) -> None:
        if self.card.breaks:
            raise OSError(-9999, "Unanticipated host error")
        self.taken.append(np.frombuffer(pcm, "<i2"))
        self._held += count
        self.card.wrote(self)


class Card:
    """A card with one microphone and one speaker, and the PortAudio that knows it."""

    def __init__(self, **answers: Any) -> None:
        self.formats: set[tuple[int, int]] | None = answers.get("formats")
        self.refusal: int = answers.get("refusal", 0)
        self.script: list[tuple[int, int]] = answers.get("script", [(0, 100)] * 100)
        self.pace: float = answers.get("pace", 0.001)
        self.active: bool = True
        self.takes: bool = True
        self.breaks: bool = False
        self.hangs: bool = answers.get("hangs", False)
        self.hang = threading.Event()
        self.channels: int = answers.get("channels", 2)
        self.wrote: Callable[[Stream], None] = lambda _: None
        self.streams: list[Stream] = []
        self.tried: list[tuple[int, int]] = []
        self.stale = False
        self.asked = self.users = 0

    # the sound system

    def acquire(self) -> Card:
        self.users += 1
        self.stale = False
        return self

    def release(self, _: Any) -> None:
        self.users -= 1

    def ask_anew(self) -> None:
        self.asked += 1

    # PyAudio

    def get_device_count(self) -> int:
        return 1 if self.channels else 0

    def get_device_info_by_index(self, index: int) -> dict[str, Any]:
        counts = {"maxInputChannels": self.channels, "maxOutputChannels": self.channels}
        return {"index": index, "name": "Small: Card (hw:1,0)", "defaultSampleRate": 48_000.0, **counts}

    def get_default_input_device_info(self) -> dict[str, Any]:
        raise OSError("No Default Input Device Available")

    get_default_output_device_info = get_default_input_device_info

    def open(self, *, rate: int, channels: int, frames_per_buffer: int, **options: Any) -> Stream:
        self.tried.append((rate, channels))
        if self.refusal:
            raise OSError(self.refusal, "refused")
        if self.formats is not None and (rate, channels) not in self.formats:
            raise OSError(-9997, "Invalid sample rate")
        self.streams.append(Stream(self, rate, channels, options.get("stream_callback"), frames_per_buffer))
        return self.streams[-1]
