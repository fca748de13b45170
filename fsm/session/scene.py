"""What a phase's player sees of its session: where it stands, what time it is, and how to make something happen."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipit.audio.clock import AudioClock
from pipit.audio.frames import RATE
from pipit.fsm.fields import spoken
from pipit.fsm.flow.schema import FieldSpec, Flow, Listen, Phase
from pipit.fsm.session import events as se
from pipit.fsm.session.state import SessionState, apply

_SLOT = re.compile(r"\{([^{}]*)\}")
_SETTING = ("silence_ms", "timeout_s", "retries", "on_timeout")


@dataclass(frozen=True, slots=True)
class Note:
    """A recording or text to be kept; ``path`` is relative to the session's folder."""

    path: str
    data: bytes | Path
    """The content, or a file to be copied."""
    media: str


class Scene:
    """One session at work. ``news`` are the events that are not written down yet, ``notes`` what they name."""

    def __init__(
        self,
        flow: Flow,
        session: str,
        state: SessionState,
        clock: AudioClock,
        today: Callable[[], date],
        system: Callable[[], str],
    ) -> None:
        self.flow, self.session, self.state = flow, session, state
        self.today, self._system = today, system
        self.news: list[se.SessionEvent] = []
        self.notes: list[Note] = []
        self._clock = clock
        self._from, self._elapsed = clock.samples, state.elapsed

    @property
    def system(self) -> str:
        """Who the model is, and what time it is now: a session may last for days."""
        who, *rest = self._system().split("\n")
        return "\n".join([self.flow.system or who, *rest])

    @property
    def phase(self) -> Phase:
        """The running phase."""
        return self.flow.phase(self.state.phase)

    @property
    def now(self) -> int:
        """Samples of audio consumed."""
        return self._clock.samples

    @property
    def elapsed(self) -> float:
        """Seconds that the session has run, pauses left out."""
        if self.state.paused or self.state.ended:
            return self._elapsed
        return self._elapsed + (self.now - self._from) / RATE

    def emit(self, event: se.SessionEvent) -> None:
        """Make something happen."""
        self._elapsed, self._from = round(self.elapsed, 3), self.now
        happened = replace(event, session=self.session, at=self.now, elapsed=self._elapsed)
        self.state = apply(self.state, happened)
        self.news.append(happened)

    def keep(self, artifact: str, data: bytes, *, spoken: bool) -> None:
        """Keep a recording (16 kHz int16) or a text as an artifact of the running phase."""
        phase, end = self.state.phase, "wav" if spoken else "txt"
        path = f"{phase}/{artifact}-{self.state.turns + 1}.{end}"  # never that of another take
        seconds = round(len(data) / 2 / RATE, 3) if spoken else 0.0
        media = "audio/wav" if spoken else "text/plain"
        self.notes.append(Note(path, data, media))
        self.emit(se.ArtifactAdded(phase=phase, artifact=artifact, path=path, media=media, seconds=seconds))

    def keep_file(self, artifact: str, file: Path, media: str) -> None:
        """Keep a copy of a file as an artifact of the running phase."""
        phase, end = self.state.phase, file.suffix.lower() if file.suffix[1:].isalnum() else ""
        path = f"{phase}/{artifact}-{self.state.turns + 1}{end}"
        self.notes.append(Note(path, file, media))
        self.emit(se.ArtifactAdded(phase=phase, artifact=artifact, path=path, media=media))

    def fill(self, text: str | None) -> str:
        """Put what is known into a text's ``{field}``; what is not known is left out."""
        return " ".join(_SLOT.sub(lambda slot: self.say_value(slot.group(1)), text or "").split())

    def say_value(self, field: str) -> str:
        """Return how a field's value is said; empty when it has none."""
        held, spec = self.state.fields.get(field), self.spec(field)
        return spoken(spec, held.value) if held and spec else ""

    def spec(self, field: str) -> FieldSpec | None:
        """Return what the flow says of a field."""
        return next((spec for phase in self.flow.phases for spec in phase.collect if spec.field == field), None)

    def listen(self, own: Listen | None = None) -> Listen:
        """Return how to listen: an item's own settings before the phase's."""
        settings = self.phase.listen
        if own is None:
            return settings
        return settings.model_copy(update={k: v for k in _SETTING if (v := getattr(own, k)) is not None})

    def skipped(self, item: str) -> bool:
        """Tell whether something of the running phase was left out."""
        return f"{self.state.phase}/{item}" in self.state.skipped

    def facts(self) -> str:
        """Return what was found out, in a line for the model."""
        known = [f"{name.replace('_', ' ')} {self.say_value(name)}" for name in self.state.fields]
        return f"Known: {', '.join(known)}." if known else ""

    def where(self) -> str:
        """Return in words where the session is."""
        phase, flow = self.phase, self.flow
        title = phase.title or phase.name.replace("_", " ").replace("-", " ")
        return f"{title}, step {flow.index(phase.name) + 1} of {len(flow.phases)}"

    def forget(self, phase: str) -> None:
        """Let a phase ask again for all that it had found out."""
        for spec in self.flow.phase(phase).collect:
            if spec.field in self.state.fields or f"{phase}/{spec.field}" in self.state.skipped:
                self.emit(se.FieldCleared(phase=phase, field=spec.field))
