"""What a conversation follows: the dialogue asks its script what to answer, and what comes next by itself.

The dialogue takes turns and knows nothing of flows; a script knows what to say and nothing of microphones,
engines or states. All its methods are called in the dialogue's thread and none of them waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

from pipit.fsm.events import Event
from pipit.fsm.memory import Exchange
from pipit.fsm.turn import TurnRecord
from pipit.models.phrases import Phrase
from pipit.models.ports import Message


@dataclass(frozen=True, slots=True)
class Speak:
    """Say this as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Let the model answer ``said``, speaking as it writes."""

    system: str
    exchanges: tuple[Exchange, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Judge:
    """Let the model write something that is not spoken; ``judged`` is called with it.

    ``grammar`` (GBNF) keeps it to what can be read; empty: anything.
    """

    messages: tuple[Message, ...]
    grammar: str
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing more to say in this turn."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do until somebody says something, or until a sample of audio (16 kHz); None: for ever."""

    until: int | None = None


Step: TypeAlias = Speak | Ask | Judge | Quiet


@dataclass(frozen=True, slots=True)
class Listening:
    """How the next answer is listened for; None: as the settings say."""

    phrase: Phrase | None = None
    """All that may be said; None: anything."""
    silence_ms: int | None = None
    """Silence that ends it."""
    longest_ms: int | None = None
    """The longest that it may be."""


ANYTHING = Listening()


class Reads(Enum):
    """How words read that are followed by a silence."""

    COMPLETE = "complete"
    """Nothing could follow that mattered: answer at once."""
    OPEN = "open"
    UNFINISHED = "unfinished"
    """More must follow: "remind me to"; wait longer."""


class Script(Protocol):
    """What the dialogue asks; it calls ``settle`` after everything that it asked."""

    def heard(self, said: str, pcm: bytes) -> Step:
        """Answer the person; ``pcm`` is the sound of it (16 kHz int16), empty when it was typed."""
        ...

    def reads(self, said: str) -> Reads:
        """Tell whether the words so far can be all that the person wants to say."""
        ...

    def judged(self, text: str | None) -> Step:
        """Go on with what the model wrote for a ``Judge``; None when it failed."""
        ...

    def foresee(self, said: str) -> Ask | None:
        """Return what ``heard`` would ask the model, if it would, without doing anything."""
        ...

    def ended(self, record: TurnRecord, counts: bool) -> None:
        """Take note of a turn that is over; ``counts`` is False for what is no part of the conversation."""
        ...

    def next(self) -> Step | Wait:
        """Return what to do now that nobody speaks; asked again after every turn and every ``timed_out``."""
        ...

    def timed_out(self) -> None:
        """The sample named by the last ``Wait`` has come and nobody spoke."""
        ...

    def order(self, verb: str, argument: str) -> None:
        """Do what button or console demand, such as ``pause``; what is to be said comes with ``next``."""
        ...

    def listening(self) -> Listening:
        """Return how to listen from now on."""
        ...

    def settle(self) -> Sequence[Event]:
        """Write down what happened, and return what the world should know; what the person waits for is under way."""
        ...
