"""The whole assistant on a board that can be measured: paced microphone, noted speaker, engines with a meter."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from random import Random
from struct import pack
from types import TracebackType
from typing import Self

from pipit.audio import FRAME_MS, FRAME_SAMPLES, RATE, Frame
from pipit.device.app import Assistant
from pipit.device.bench.card import Card
from pipit.device.bench.meter import metered
from pipit.device.config import Settings
from pipit.device.sound import LiveSpeaker
from pipit.errors import Failure
from pipit.fsm import State
from pipit.fsm import events as ev
from pipit.fsm.chat import Chat
from pipit.models import CancelToken, Engines, Message

PATIENCE_S = 60.0
_random = Random(1)  # noqa: S311 - it is a room
_HUSH = [pack(f"<{FRAME_SAMPLES}h", *_random.choices(range(-3, 4), k=FRAME_SAMPLES)) for _ in range(64)]
"""A quiet room; numpy's own dice are 2 MB, which would count as the assistant's."""


def hush(index: int) -> bytes:
    """Return a frame of a quiet room."""
    return _HUSH[index % len(_HUSH)]


class PacedMicrophone:
    """Gives a frame every 20 ms by the clock: what is to be said, else a quiet room."""

    def __init__(self) -> None:
        self.began = 0.0
        self._index = 0
        self._words: deque[bytes] = deque()
        self._closed = threading.Event()

    def say(self, frames: Iterable[bytes]) -> None:
        """Speak from the next frame on."""
        self._words.extend(frames)

    def instant(self, sample: int) -> float:
        """Return when a sample was there to be heard."""
        return self.began + sample / RATE

    def read(self) -> Frame | None:
        """Return the next frame once its last sample is there."""
        self.began = self.began or time.perf_counter()
        due = self.instant((self._index + 1) * FRAME_SAMPLES) - time.perf_counter()
        if self._closed.is_set() or (due > 0 and self._closed.wait(due)):
            return None
        pcm = self._words.popleft() if self._words else hush(self._index)
        self._index += 1
        return Frame(self._index - 1, pcm)

    def close(self) -> None:
        """End the audio."""
        self._closed.set()


class Board:
    """Use it in a ``with``; it starts listening there."""

    def __init__(self, engines: Engines, settings: Settings, *, script: Callable[[], str] | None = None) -> None:
        self.engines, self.meter = metered(engines)
        self.settings, self.card, self.microphone = settings, Card(), PacedMicrophone()
        self._happened = threading.Condition()
        self._events: list[tuple[float, ev.Event]] = []
        chat = Chat(script or (lambda: settings.reply.system))
        self.assistant = Assistant(self.engines, self.microphone, settings, "bench", chat)
        self.assistant.dialogue.subscribe(self._take)
        self.speaker = LiveSpeaker(self.assistant.playback, settings.sound, system=self.card)
        self.assistant.attach("speaker", self.speaker.run, self.speaker.close)

    def __enter__(self) -> Self:
        self.assistant.start()
        time.sleep(0.3)  # the speaker opens, the voice activity gets to know the room
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.assistant.stop()

    def _take(self, event: ev.Event) -> None:
        with self._happened:
            self._events.append((time.perf_counter(), event))
            self._happened.notify_all()

    # ---- what a person does --------------------------------------------------------------------------

    def refresh(self) -> None:
        """Be as before the first turn, with nothing but the system prompt in the model's context."""
        self.assistant.post(ev.Cancel())
        self.assistant.post(ev.SessionOrder(verb="stop"))
        if not self.assistant.activity.wait_quiet(PATIENCE_S):
            raise Failure("bench-stuck", "an engine did not come to rest")
        prime(self.engines, self.settings)
        time.sleep(self.settings.listen.gate_tail_ms / 1000 + 0.1)
        self.forget_events()

    def forget_events(self) -> None:
        """Count from here."""
        self.meter.clear()
        with self._happened:
            self._events.clear()

    def ask(self, text: str) -> float:
        """Ask by text; returns when."""
        at = time.perf_counter()
        self.assistant.post(ev.TextTyped(text=text, stamp=self.assistant.clock.stamp()))
        return at

    def press(self) -> float:
        """Push the button down; returns when."""
        at = time.perf_counter()
        self.assistant.post(ev.ButtonDown(stamp=self.assistant.clock.stamp()))
        return at

    # ---- what is observed ----------------------------------------------------------------------------

    def wait(self, kind: type[ev.Event], seconds: float = PATIENCE_S) -> tuple[float, ev.Event]:
        """Wait for the first event of a kind since ``refresh``."""

        def found() -> tuple[float, ev.Event] | None:
            return next((entry for entry in self._events if isinstance(entry[1], kind)), None)

        with self._happened:
            self._happened.wait_for(lambda: found() is not None, seconds)
            entry = found()
        if entry is None:
            raise Failure("bench-stuck", f"no {kind.__name__} within {seconds:.0f} s")
        return entry

    def events(self) -> list[tuple[float, ev.Event]]:
        """Return what happened since ``refresh``, with the instants."""
        with self._happened:
            return list(self._events)

    def rest(self, seconds: float = PATIENCE_S) -> None:
        """Wait until the turn is over."""
        end = time.perf_counter() + seconds
        while self.assistant.dialogue.state is not State.IDLE and time.perf_counter() < end:
            time.sleep(FRAME_MS / 1000)

    @property
    def window_s(self) -> float:
        """Silence, in seconds, after which it answers; the hold-off takes a frame at least."""
        heard = next(e for _, e in reversed(self.events()) if isinstance(e, ev.Endpoint))
        return (heard.at - heard.end) / RATE + max(self.settings.listen.hold_off_ms, FRAME_MS) / 1000


def prime(engines: Engines, settings: Settings) -> None:
    """Leave the model's context with the system prompt, and a question that was never asked."""
    engines.model.prefill((Message("system", settings.reply.system), Message("user", "#")), CancelToken())


def messages_for(settings: Settings, said: str) -> tuple[Message, ...]:
    """Return the prompt of a first turn."""
    return (Message("system", settings.reply.system), Message("user", said))
