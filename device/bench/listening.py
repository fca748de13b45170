"""Figure 6: what listening itself costs, recogniser off."""

from __future__ import annotations

import queue
import threading
import time

import numpy as np

from pipit.audio import FRAME_MS, FRAME_SAMPLES, Frame, WebRtcActivity
from pipit.device.app import Assistant
from pipit.device.bench import peer
from pipit.device.bench.board import Board
from pipit.device.bench.rigs import settings
from pipit.device.bench.table import Found
from pipit.fsm.chat import Chat
from pipit.models import Engines

_rng = np.random.default_rng(2)
_LEVELS = 60 * (1.5 + np.sin(np.arange(250) / 20))[:, None]
_ROOM = [row.tobytes() for row in (_rng.standard_normal((250, FRAME_SAMPLES)) * _LEVELS).astype("<i2")]
"""Five seconds of a room where the wind rises and falls: voice activity is asked now and then."""


class _Recording:
    """A room, as fast as it is read."""

    def __init__(self, frames: int) -> None:
        self._left, self._index = frames, 0

    def read(self) -> Frame | None:
        if self._index >= self._left:
            return None
        self._index += 1
        return Frame(self._index - 1, _ROOM[self._index % len(_ROOM)])

    def close(self) -> None:
        self._left = 0


def measure(engines: Engines, minutes: float, live_s: float) -> Found:
    """Return the processor's time a frame: over a recording, and live with a speaker that is fed silence."""
    frames = round(minutes * 60_000 / FRAME_MS)
    value = _recorded(engines, frames)
    live = _live(engines, live_s)
    peers = {}
    if peer.installed():
        from pipit.device.bench.pipecat_rig import frame_us

        peers["pipecat, live"] = frame_us(engines, settings())
    how = f"{minutes:g} min of a room as fast as it is read; live, with the speaker's periods, {live:.0f} µs"
    return Found(value, how, _least(min(frames, 5000)), peers, {"live_us": round(live, 1)})


def _recorded(engines: Engines, frames: int) -> float:
    assistant = Assistant(engines, _Recording(frames), settings(), "bench", Chat(lambda: ""))
    began = time.process_time()
    assistant.start()
    assistant.wait()
    return (time.process_time() - began) / frames * 1e6


def _live(engines: Engines, seconds: float) -> float:
    with Board(engines, settings()):
        cpu, began = time.process_time(), time.perf_counter()
        time.sleep(seconds)
        return (time.process_time() - cpu) / (time.perf_counter() - began) * FRAME_MS * 1000


def _least(frames: int) -> float:
    """Voice activity alone, and one hop through a queue to another thread, in microseconds."""
    hears, hops = WebRtcActivity(2), queue.SimpleQueue[bytes | None]()

    def take() -> None:
        while (pcm := hops.get()) is not None:
            hears.is_speech(Frame(0, pcm))

    thread = threading.Thread(target=take)
    began = time.process_time()
    thread.start()
    for index in range(frames):
        hops.put(_ROOM[index % len(_ROOM)])
    hops.put(None)
    thread.join()
    return (time.process_time() - began) / frames * 1e6
