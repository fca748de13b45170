"""What a console, a button or a signal may ask of a running assistant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from pipit.fsm import events as ev
from pipit.fsm.journal import Journal


class Control(Protocol):
    """The running assistant, as everything around it sees it; every method may be called from any thread."""

    def post(self, event: ev.Event) -> None:
        """Hand an event to the dialogue: a press, a typed text, a cancel."""
        ...

    def subscribe(self, subscriber: Callable[[ev.Event], None]) -> Callable[[], None]:
        """Call ``subscriber`` with every published event, in the dialogue's thread; returns how to stop that.

        It must not wait: whoever is slow puts events in a bounded queue of his own and drops what does not fit.
        """
        ...

    def status(self) -> dict[str, Any]:
        """Return state, session, turn, devices with their counters, queues, uptime; only plain values."""
        ...

    def session(self) -> dict[str, Any]:
        """Return the flow's session that is led: phase, fields, what is missing; empty when there is none."""
        ...

    def journal(self) -> Journal:
        """Open the journal for reading, for the caller to close. Raises ``PipitError``."""
        ...

    def latency(self) -> dict[str, Any]:
        """Return the milestones of the last turn, and the last press-to-silence, in milliseconds."""
        ...

    def say(self, text: str) -> None:
        """Speak a text as it stands; ignored while a turn is under way."""
        ...

    def play(self, path: Path) -> None:
        """Hear a recording as if it were spoken into the microphone. Raises ``BadAudio``."""
        ...

    def mute(self, muted: bool) -> None:
        """Close or open the microphone."""
        ...

    def volume(self, level: float) -> None:
        """Set the loudness: 0 silent, 1 as the voice gave it, at most 2."""
        ...

    def log_level(self, level: str) -> None:
        """Set from which level on is logged."""
        ...

    def quit(self) -> None:
        """End the assistant cleanly."""
        ...
