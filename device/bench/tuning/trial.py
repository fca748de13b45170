"""One trial in the situation that counts: the model writes while the voice speaks and the recogniser hears."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from pipit.audio import FRAME_MS
from pipit.device.bench.board import PATIENCE_S, Board, messages_for
from pipit.device.bench.meter import Call
from pipit.device.bench.speech import spoken
from pipit.device.bench.tuning.choice import Trial
from pipit.device.config import Settings
from pipit.errors import Failure
from pipit.fsm import events as ev
from pipit.models import CancelToken, Engines, Recognizer
from pipit.models.scripted import ScriptedRecognizer

TOKENS = 48
_QUESTION = "tell me a story about a small bird that wants to see the sea"
_LONG = " ".join(["it was late and the bird had flown all day along the river to the town by the sea"] * 4)
_FRAMES = 3
"""Frames that the recogniser is fed at a time."""


class Hearing:
    """Feeds somebody's words to a recogniser at the pace of a microphone, over and over."""

    def __init__(self, recognizer: Recognizer) -> None:
        self.behind_s = 0.0
        """How late a step was done, at worst, in seconds."""
        self._recognizer = recognizer
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hearing", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join(PATIENCE_S)

    def _run(self) -> None:
        frames, at, due = spoken(), 0, time.perf_counter()
        while not self._over.wait(max(0.0, due - time.perf_counter())):
            self._recognizer.feed(b"".join(frames[at : at + _FRAMES]))
            self._recognizer.partial()
            at = (at + _FRAMES) % len(frames)
            due += _FRAMES * FRAME_MS / 1000
            self.behind_s = max(self.behind_s, time.perf_counter() - due)
        self._recognizer.reset()


def measure(engines: Engines, number: int, settings: Settings) -> Trial:
    """Read a long prompt, then answer a question; another ``number`` gives other words to read and to say."""
    # the assistant's own ear hears nothing: two threads must not use one recogniser
    with Board(replace(engines, recognizer=ScriptedRecognizer()), _asked(settings)) as board:
        board.refresh()
        dry = int(board.speaker.statistics()["underflows"])
        with Hearing(engines.recognizer) as hearing:
            read_s = _read(board, number)
            board.refresh()
            asked = board.ask(f"{number} {_QUESTION}")
            first = board.card.first_after(asked, PATIENCE_S)
            if first is None:
                raise Failure("bench-stuck", f"no answer within {PATIENCE_S:.0f} s")
            board.wait(ev.ReplyDone)
            if not board.assistant.activity.wait_quiet(PATIENCE_S):
                raise Failure("bench-stuck", "an engine did not come to rest")
        reply, voices = board.meter.of("reply")[-1], board.meter.of("voice")
        rate = engines.voice.sample_rate
        underflows = int(board.speaker.statistics()["underflows"]) - dry
    sound = sum(int(size) for call in voices for _, _, size in call.steps) / rate
    worked = sum(call.busy for call in voices)
    waited = first - asked + gaps_s(voices, rate)
    return Trial(read_s, waited, _token_s(reply), worked / max(sound, 1e-3), hearing.behind_s, underflows)


def gaps_s(voices: Sequence[Call], rate: int) -> float:
    """Return for how many seconds nothing can be heard after the first sound, as each piece came when it was made."""
    gaps, until = 0.0, None
    for _, at, size in (step for call in voices for step in call.steps):
        until = at if until is None else until
        gaps += max(0.0, at - until)
        until = max(until, at) + int(size) / rate
    return gaps


def _asked(settings: Settings) -> Settings:
    """Return the person's settings, for a short answer to a typed question."""
    listen = settings.listen.model_copy(update={"open_mic": False, "full_duplex": False})
    tokens = min(TOKENS, settings.reply.tokens)
    reply = settings.reply.model_copy(update={"tokens": tokens})
    return settings.model_copy(update={"listen": listen, "reply": reply})


def _read(board: Board, number: int) -> float:
    """Return the seconds that it takes to read a prompt of which only the system's part is known."""
    model, words = board.engines.model, f"{number} {_LONG}".split()
    while len(words) > 8 and model.count(messages_for(board.settings, " ".join(words))) > model.context_tokens // 2:
        words = words[: len(words) // 2]
    began = time.perf_counter()
    model.prefill(messages_for(board.settings, " ".join(words)), CancelToken())
    return time.perf_counter() - began


def _token_s(reply: Call) -> float:
    if len(reply.steps) < 2:
        return reply.busy
    return (reply.steps[-1][1] - reply.steps[0][1]) / (len(reply.steps) - 1)
