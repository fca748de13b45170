"""What the conversation sees of an engine: three small protocols, nothing of vosk, llama.cpp or Piper.

Every call may run in a thread of its own; none is called from two threads at once but for
``CancelToken.cancel``. Engines release the GIL while they work and raise only ``EngineError`` or its leaf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from pipit.models.cancel import CancelToken
from pipit.models.phrases import Phrase

Samples = NDArray[np.int16]
"""Mono signed 16-bit PCM, shape (n,)."""


Tell = Callable[[int], None]
"""Is told a number of samples."""


def untold(samples: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of the prompt, as a chat template takes it."""

    role: Literal["system", "user", "assistant"]
    text: str


@runtime_checkable
class Recognizer(Protocol):
    """Streaming speech to text for one utterance at a time, 16 kHz mono 16-bit PCM in."""

    @property
    def name(self) -> str:
        """What to show in a report, such as the folder of the weights."""
        ...

    def feed(self, pcm: bytes) -> None:
        """Take the next samples of the utterance (any number, little-endian int16)."""
        ...

    def partial(self) -> str:
        """Return the words so far; cheap enough to ask after every chunk."""
        ...

    def final(self) -> str:
        """End the utterance and return its words; the next ``feed`` begins a new one."""
        ...

    def reset(self) -> None:
        """Drop the utterance without a result."""
        ...

    def expect(self, phrase: Phrase | None) -> None:
        """From the next utterance on, what may be said; None: anything.

        Speech that is no such thing is still heard, as what it is. Called between utterances; cheap when the
        phrase is the one already set, or was lately. Raises ``EngineError`` (``phrase-too-large``).
        """
        ...


@runtime_checkable
class LanguageModel(Protocol):
    """A chat model with one context; the common prefix of successive prompts is kept."""

    @property
    def name(self) -> str:
        """What to show in a report."""
        ...

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and reply may have together."""
        ...

    def count(self, messages: Sequence[Message]) -> int:
        """Return the tokens of the rendered prompt, the opening of the reply included."""
        ...

    def prefill(self, messages: Sequence[Message], cancel: CancelToken) -> None:
        """Evaluate the prompt ahead of ``generate``; stops early, silently, when cancelled."""
        ...

    def generate(
        self, messages: Sequence[Message], cancel: CancelToken, max_tokens: int, grammar: str = ""
    ) -> Iterator[str]:
        """Yield the reply piece by piece; ends early, silently, when cancelled, even in the prompt.

        With ``grammar``, in llama.cpp's notation (GBNF, its first rule named ``root``), the whole reply follows
        it; one cut by ``max_tokens`` or a cancel is the beginning of one that does. Raises ``EngineError``
        (``grammar-refused``) for a grammar that does not parse.
        """
        ...


@runtime_checkable
class Voice(Protocol):
    """Text to speech, one clause at a time."""

    @property
    def name(self) -> str:
        """What to show in a report."""
        ...

    @property
    def sample_rate(self) -> int:
        """Samples per second of everything it speaks."""
        ...

    def synthesize(self, text: str, cancel: CancelToken, tell: Tell = untold) -> Iterator[Samples]:
        """Yield the sound of one clause, in one chunk or several; ends early, silently, when cancelled.

        ``tell`` is called before the first chunk, and again when better is known, with how many samples the whole
        clause will have: who is interrupted within it heard so much of its words.
        """
        ...


@dataclass(frozen=True, slots=True)
class Engines:
    """The three of them, loaded."""

    recognizer: Recognizer
    model: LanguageModel
    voice: Voice
