"""Engines with a meter: the same engines, and a note of every call, how long it worked and what came of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from pipit.fsm.clauses import ClauseCutter, ClauseSettings
from pipit.models import CancelToken, Engines, LanguageModel, Recognizer, Voice
from pipit.models.phrases import Phrase
from pipit.models.ports import Message, Samples, Tell, untold

Part = Literal["feed", "final", "prefill", "reply", "voice"]
T = TypeVar("T")


@dataclass(slots=True)
class Call:
    """One call of an engine; who listens to a stream does not count, only the engine's own work does."""

    part: Part
    began: float
    ended: float = 0.0
    busy: float = 0.0
    """Seconds of work."""
    cpu: float = 0.0
    """Seconds of processor, of the calling thread."""
    steps: list[tuple[float, float, str | int]] = field(default_factory=list)
    """For each piece of a stream: work so far, the instant, and the text or the number of samples."""


class Meter:
    """Keeps the calls; ``clear`` it before what is to be measured."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self.calls = []

    def of(self, part: Part) -> list[Call]:
        """Return the calls of a part, in order."""
        with self._lock:
            return [call for call in self.calls if call.part == part]

    def busy(self, *parts: Part) -> float:
        """Return the seconds of work in some parts, or in all."""
        with self._lock:
            return sum(call.busy for call in self.calls if not parts or call.part in parts)

    def begin(self, part: Part) -> Call:
        """Note that a call begins."""
        call = Call(part, time.perf_counter())
        with self._lock:
            self.calls.append(call)
        return call

    def timed(self, call: Call, work: Callable[[], T]) -> T:
        """Do a bit of work of a call."""
        began, cpu = time.perf_counter(), time.thread_time()
        try:
            return work()
        finally:
            call.ended = time.perf_counter()
            call.busy += call.ended - began
            call.cpu += time.thread_time() - cpu

    def stream(self, part: Part, pieces: Iterator[T], size: Callable[[T], str | int]) -> Iterator[T]:
        """Pass a stream on."""
        call = self.begin(part)
        while (piece := self.timed(call, lambda: next(pieces, None))) is not None:
            call.steps.append((call.busy, call.ended, size(piece)))
            yield piece


class MeteredRecognizer:
    """A ``Recognizer`` with a meter."""

    def __init__(self, inner: Recognizer, meter: Meter) -> None:
        self._inner, self._meter, self.name = inner, meter, inner.name

    def feed(self, pcm: bytes) -> None:
        """Pass it on."""
        self._meter.timed(self._meter.begin("feed"), lambda: self._inner.feed(pcm))

    def partial(self) -> str:
        """Pass it on."""
        return self._inner.partial()

    def final(self) -> str:
        """Pass it on."""
        return self._meter.timed(self._meter.begin("final"), self._inner.final)

    def reset(self) -> None:
        """Pass it on."""
        self._inner.reset()

    def expect(self, phrase: Phrase | None) -> None:
        """Pass it on."""
        self._inner.expect(phrase)


class MeteredModel:
    """A ``LanguageModel`` with a meter."""

    def __init__(self, inner: LanguageModel, meter: Meter) -> None:
        self._inner, self._meter, self.name = inner, meter, inner.name
        self.context_tokens = inner.context_tokens

    def count(self, messages: Sequence[Message]) -> int:
        """Pass it on."""
        return self._inner.count(messages)

    def prefill(self, messages: Sequence[Message], cancel: CancelToken) -> None:
        """Pass it on."""
        self._meter.timed(self._meter.begin("prefill"), lambda: self._inner.prefill(messages, cancel))

    def generate(
        self, messages: Sequence[Message], cancel: CancelToken, max_tokens: int, grammar: str = ""
    ) -> Iterator[str]:
        """Pass it on."""
        return self._meter.stream("reply", self._inner.generate(messages, cancel, max_tokens, grammar), str)


class MeteredVoice:
    """A ``Voice`` with a meter."""

    def __init__(self, inner: Voice, meter: Meter) -> None:
        self._inner, self._meter, self.name = inner, meter, inner.name
        self.sample_rate = inner.sample_rate

    def synthesize(self, text: str, cancel: CancelToken, tell: Tell = untold) -> Iterator[Samples]:
        """Pass it on."""
        return self._meter.stream("voice", self._inner.synthesize(text, cancel, tell), len)


def metered(engines: Engines) -> tuple[Engines, Meter]:
    """Put one meter on all three."""
    meter = Meter()
    recognizer = MeteredRecognizer(engines.recognizer, meter)
    return Engines(recognizer, MeteredModel(engines.model, meter), MeteredVoice(engines.voice, meter)), meter


def first_clause(reply: Call, settings: ClauseSettings | None = None) -> tuple[float, str]:
    """Return after how much work the first clause of a reply was sure, and what it was."""
    cutter = ClauseCutter(settings)
    for busy, _, piece in reply.steps:
        for clause in cutter.feed(str(piece)):
            return busy, clause
    return reply.busy, next(cutter.finish(), "")
