"""The running assistant as consoles, button and signals see it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from pipit.device.app import Assistant
from pipit.device.config import Settings
from pipit.device.live.gate import Gate
from pipit.device.log import set_up
from pipit.device.sessions import outline
from pipit.device.settings import Log
from pipit.device.sound import LiveMicrophone, LiveSpeaker
from pipit.errors import BadInput
from pipit.fsm import TurnRecord
from pipit.fsm import events as ev
from pipit.fsm.journal import Journal
from pipit.fsm.session.host import Sessions
from pipit.fsm.session.state import SessionState


def _short(state: SessionState | None) -> dict[str, Any]:
    if state is None:
        return {}
    return {"id": state.id, "flow": state.flow, "phase": state.phase, "rests": state.paused, "ended": state.ended}


_LEVELS = get_args(Log.model_fields["level"].annotation)


class LiveControl:
    """A ``Control`` over an assistant."""

    def __init__(
        self,
        assistant: Assistant,
        settings: Settings,
        gate: Gate,
        microphone: LiveMicrophone,
        speaker: LiveSpeaker,
        sessions: Sessions,
    ) -> None:
        self._sessions = sessions
        self._assistant, self._settings = assistant, settings
        self._gate, self._microphone, self._speaker = gate, microphone, speaker
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._subscribers: tuple[Callable[[ev.Event], None], ...] = ()
        self._last: TurnRecord | None = None
        self._barge_in_ms: float | None = None
        assistant.dialogue.subscribe(self._published)

    def _published(self, event: ev.Event) -> None:
        if isinstance(event, ev.TurnEnded):
            self._last = event.record
            if event.record.barge_in_ms is not None:
                self._barge_in_ms = event.record.barge_in_ms
        for subscriber in self._subscribers:
            subscriber(event)

    def post(self, event: ev.Event) -> None:
        """Hand an event to the dialogue; it happened now, unless it says when."""
        self._assistant.post(event if event.stamp else replace(event, stamp=self.stamp()))

    def stamp(self) -> float:
        """Return now, for events that are measured from."""
        return self._assistant.clock.stamp()

    def subscribe(self, subscriber: Callable[[ev.Event], None]) -> Callable[[], None]:
        """Call ``subscriber`` with every published event; returns how to stop that."""
        with self._lock:
            self._subscribers = (*self._subscribers, subscriber)

        def stop() -> None:
            with self._lock:
                self._subscribers = tuple(s for s in self._subscribers if s is not subscriber)

        return stop

    def status(self) -> dict[str, Any]:
        """Return what it does and how its parts are."""
        turn = self._assistant.dialogue.turn
        return {
            "state": self._assistant.dialogue.state.value,
            "turn": turn.id if turn else None,
            "session": _short(self._sessions.state),
            "uptime_s": round(time.monotonic() - self._began, 1),
            "muted": self._gate.muted,
            "microphone": self._microphone.statistics(),
            "speaker": self._speaker.statistics(),
            "queues": self._assistant.statistics(),
        }

    def session(self) -> dict[str, Any]:
        """Return the flow's session that is led."""
        state = self._sessions.state
        return outline(state) if state else {}

    def journal(self) -> Journal:
        """Open the journal for reading."""
        return Journal.open(self._settings.journal.place, read_only=True)

    def latency(self) -> dict[str, Any]:
        """Return the milestones of the last turn that was answered, and the last press-to-silence."""
        return {"latency_ms": self._last.latency_ms if self._last else {}, "barge_in_ms": self._barge_in_ms}

    def say(self, text: str) -> None:
        """Speak a text as it stands."""
        self.post(ev.Say(text=text, stamp=self.stamp()))

    def play(self, path: Path) -> None:
        """Hear a recording as if it were spoken into the microphone."""
        self._gate.play(path)

    def mute(self, muted: bool) -> None:
        """Close or open the microphone."""
        self._gate.muted = muted

    def volume(self, level: float) -> None:
        """Set the loudness, 0 to 2."""
        if not 0 <= level <= 2:
            raise BadInput("volume", f"a volume of {level:g}", "give 0 to 2")
        self._speaker.volume = level

    def log_level(self, level: str) -> None:
        """Set from which level on is logged."""
        if level not in _LEVELS:
            raise BadInput("log-level", f"there is no log level '{level}'", f"give one of {', '.join(_LEVELS)}")
        set_up(Log.model_validate({**self._settings.log.model_dump(), "level": level}))

    def quit(self) -> None:
        """End the assistant cleanly."""
        self._gate.close()
