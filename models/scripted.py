"""Engines that follow a script: set texts, set timings, set failures, no weights.

They implement the same ports as the real ones and are chosen by configuration: for tests, for figures that
need engines of exactly known speed, and to try a flow's words without a model.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipit.errors import EngineError
from pipit.models.cancel import CancelToken
from pipit.models.phrases import Phrase
from pipit.models.ports import Engines, Message, Samples, Tell, untold

Reply = Callable[[Sequence[Message]], str]
Failures = Mapping[int, EngineError]
"""What to raise at which call, counted from 1."""

_BYTES_PER_SECOND = 32_000
_LEVEL = 6000


def wait(seconds: float, cancel: CancelToken | None = None) -> bool:
    """Sleep; returns False, at once, when cancelled."""
    token = cancel or CancelToken()
    woken = threading.Event()
    withdraw = token.on_cancel(woken.set)
    if seconds > 0:
        woken.wait(seconds)
    withdraw()
    return not token.cancelled


class _Calls:
    """Counts calls and fails at the chosen ones."""

    def __init__(self, failures: Failures) -> None:
        self._failures = failures
        self.count = 0

    def next(self) -> int:
        """Return the index of this call from 0; raises the failure set for it."""
        self.count += 1
        if self.count in self._failures:
            raise self._failures[self.count]
        return self.count - 1


class ScriptedRecognizer:
    """Hears the next of its transcripts in every utterance, whatever was said; then the first again."""

    name = "scripted"

    def __init__(
        self,
        transcripts: Sequence[str] = ("hello",),
        seconds_per_final: float = 0.0,
        words_per_second: float = 3.0,
        failures: Failures = {},  # noqa: B006 - never written
    ) -> None:
        """``words_per_second`` of fed audio appear in ``partial``; failures count calls of ``final``."""
        self._transcripts = [" ".join(text.split()) for text in transcripts]
        self._seconds_per_final = seconds_per_final
        self._words_per_second = words_per_second
        self._calls = _Calls(failures)
        self._fed = 0
        self.expected: list[Phrase | None] = []
        """What was asked for, one entry a call of ``expect``."""

    def feed(self, pcm: bytes) -> None:
        """Count the audio."""
        self._fed += len(pcm)

    def partial(self) -> str:
        """Return as many words as the audio so far has room for."""
        heard = int(self._fed / _BYTES_PER_SECOND * self._words_per_second)
        return " ".join(self._now(self._calls.count).split()[:heard])

    def final(self) -> str:
        """Return the whole transcript after the set time; nothing when nothing was fed."""
        if not self._fed:
            return ""
        self._fed = 0
        index = self._calls.next()
        wait(self._seconds_per_final)
        return self._now(index)

    def reset(self) -> None:
        """Drop the utterance; its transcript is heard in the next."""
        self._fed = 0

    def expect(self, phrase: Phrase | None) -> None:
        """Keep what may be said; the transcripts stay what they are."""
        self.expected.append(phrase)

    def _now(self, index: int) -> str:
        return self._transcripts[index % len(self._transcripts)] if self._transcripts else ""


class ScriptedModel:
    """Writes the next of its replies, or what a function makes of the messages; a token is a word."""

    name = "scripted"

    def __init__(
        self,
        replies: Sequence[str] | Reply = ("Hello.",),
        seconds_per_prompt: float = 0.0,
        seconds_per_token: float = 0.0,
        context_tokens: int = 512,
        failures: Failures = {},  # noqa: B006 - never written
    ) -> None:
        """A prompt takes its time once: ``generate`` after ``prefill`` of the same messages begins at once.

        Failures count replies, in ``generate``.
        """
        self._replies = replies
        self._seconds_per_prompt, self._seconds_per_token = seconds_per_prompt, seconds_per_token
        self.context_tokens = context_tokens
        self._calls = _Calls(failures)
        self._read: tuple[Message, ...] | None = None
        self.grammars: list[str] = []
        """The grammar of each reply begun, empty for none."""

    def count(self, messages: Sequence[Message]) -> int:
        """Return the number of words and one for each message, and one for the reply."""
        return sum(1 + len(message.text.split()) for message in messages) + 1

    def prefill(self, messages: Sequence[Message], cancel: CancelToken) -> None:
        """Take the time of reading the prompt, unless that was the last thing done."""
        if self.count(messages) >= self.context_tokens:
            raise EngineError("prompt-too-long", f"the prompt has {self.count(messages)} tokens")
        prompt = tuple(messages)
        if self._read != prompt:
            self._read = prompt if wait(self._seconds_per_prompt, cancel) else None

    def generate(
        self, messages: Sequence[Message], cancel: CancelToken, max_tokens: int, grammar: str = ""
    ) -> Iterator[str]:
        """Yield the reply word by word, each after its set time; whoever writes the script minds the grammar."""
        self.grammars.append(grammar)
        index = self._calls.next()
        self.prefill(messages, cancel)
        room = min(max_tokens, self.context_tokens - self.count(messages))
        for word in re.findall(r"\s*\S+", self._reply(index, messages))[:room]:
            if not wait(self._seconds_per_token, cancel):
                return
            yield word

    def _reply(self, index: int, messages: Sequence[Message]) -> str:
        if callable(self._replies):
            return self._replies(messages)
        return self._replies[index % len(self._replies)] if self._replies else ""


class ScriptedVoice:
    """Speaks a tone, longer for a longer text."""

    name = "scripted"

    def __init__(
        self,
        sample_rate: int = 16_000,
        seconds_per_clause: float = 0.0,
        seconds_per_character: float = 0.06,
        hertz: float = 440.0,
        samples_per_chunk: int = 0,
        failures: Failures = {},  # noqa: B006 - never written
    ) -> None:
        """``seconds_per_clause`` is how long it works, ``seconds_per_character`` how long the sound is.

        ``samples_per_chunk`` 0 makes a clause one chunk. Failures count clauses.
        """
        self.sample_rate = sample_rate
        self._seconds_per_clause, self._seconds_per_character = seconds_per_clause, seconds_per_character
        self._hertz, self._chunk = hertz, samples_per_chunk
        self._calls = _Calls(failures)

    def synthesize(self, text: str, cancel: CancelToken, tell: Tell = untold) -> Iterator[Samples]:
        """Yield the tone, in chunks of the set length; nothing for a text without letters or digits."""
        if not any(character.isalnum() for character in text):
            return
        self._calls.next()
        if wait(self._seconds_per_clause, cancel):
            length = round(len(text.strip()) * self._seconds_per_character * self.sample_rate)
            phase = np.arange(length) * (2 * np.pi * self._hertz / self.sample_rate)
            tone = np.asarray(np.sin(phase) * _LEVEL, dtype=np.int16)
            tell(length)
            for start in range(0, length, self._chunk or max(length, 1)):
                if cancel.cancelled:
                    return
                yield tone[start : start + (self._chunk or length)]


@dataclass(frozen=True, slots=True)
class Script:
    """What the three scripted engines do; times in seconds."""

    transcripts: Sequence[str] = ("hello",)
    replies: Sequence[str] = ("Hello.",)
    seconds_per_final: float = 0.0
    seconds_per_prompt: float = 0.0
    seconds_per_token: float = 0.0
    seconds_per_clause: float = 0.0
    context_tokens: int = 512
    failures: Mapping[str, Failures] = field(default_factory=dict)
    """By ``recognizer``, ``model`` or ``voice``."""


def scripted_engines(script: Script | None = None) -> Engines:
    """Return three engines that follow one script."""
    chosen = script or Script()
    return Engines(
        ScriptedRecognizer(
            chosen.transcripts, chosen.seconds_per_final, failures=chosen.failures.get("recognizer", {})
        ),
        ScriptedModel(
            chosen.replies,
            chosen.seconds_per_prompt,
            chosen.seconds_per_token,
            chosen.context_tokens,
            chosen.failures.get("model", {}),
        ),
        ScriptedVoice(seconds_per_clause=chosen.seconds_per_clause, failures=chosen.failures.get("voice", {})),
    )
