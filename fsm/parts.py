"""What the dialogue needs of the parts around it, and what it is told about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from pipit.audio.playback import Played
from pipit.fsm.script import Listening

T = TypeVar("T", contravariant=True)


class EarControl(Protocol):
    """What the dialogue asks of the ear."""

    def hold(self, turn: str) -> None:
        """Open an utterance for a turn."""

    def release(self) -> None:
        """End the open utterance."""

    def drop(self, utterance: int | None = None) -> None:
        """Forget the open utterance; with a number only if it is that one."""

    def gate(self, closed: bool) -> None:
        """Close or open the open microphone."""

    def alarm(self, at: int | None) -> None:
        """Post ``TimeUp`` at a sample of audio, or not any more."""

    def expect(self, listening: Listening) -> None:
        """Listen so from the next utterance on."""


class PlaybackControl(Protocol):
    """What the dialogue asks of the playout buffer."""

    def begin(self, turn: str, *, held: bool = False) -> None:
        """Make room for a reply; one that is held is not heard before ``release``."""

    def release(self) -> None:
        """Let a held reply be heard."""

    def forget(self) -> None:
        """Drop a held reply."""

    def flush(self) -> tuple[Played, ...]:
        """Silence at once; tell what was played."""

    def pause(self) -> None:
        """Silence at once, and lose nothing."""

    def resume(self) -> None:
        """Go on where it paused."""


class Jobs(Protocol[T]):
    """Where the dialogue hands over work, never waiting."""

    def offer(self, item: T) -> bool:
        """Hand over an item if there is room."""
        ...


@dataclass(frozen=True, slots=True)
class DialogueSettings:
    """What the assistant is, and how it takes turns."""

    session: str = "session"
    full_duplex: bool = False
    """Whether speech may interrupt the assistant; needs a headset or an echo-cancelling microphone."""
    apology: str = "Sorry, something went wrong. Please try again."
    longest_turn_s: float = 120.0
    """Seconds of speech in one turn, however many pauses it has; past it the turn fails."""
    think_ahead: bool = False
    """Whether the model already writes its answer while the person may go on, or only reads the question."""
    patience_ms: int = 700
    """How much longer it waits, once, after words that want more: "remind me to"."""
    longest_text: int = 2_000
    """Characters of a typed turn that are taken."""
