"""A session typed in a terminal: the same phases, the same journal, no sound."""

from __future__ import annotations

import select
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TextIO

from pipit.audio import RATE, AudioClock
from pipit.device.config import Settings
from pipit.device.engines import load_model
from pipit.device.prompt import system_prompt
from pipit.device.sessions import knowledge_for_life, lead_sessions, record_in
from pipit.fsm.script import Wait
from pipit.fsm.session.host import Sessions
from pipit.fsm.session.rehearsal import Rehearsal
from pipit.fsm.session.state import SessionState
from pipit.models import CancelToken, LanguageModel, Message

Show = Callable[[str], None]


class ModelOnDemand:
    """A ``LanguageModel`` that is loaded when it is first needed: most checklists never need it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loaded: LanguageModel | None = None

    @property
    def _model(self) -> LanguageModel:
        if self._loaded is None:
            self._loaded = load_model(self._settings)
        return self._loaded

    @property
    def name(self) -> str:
        """What to show in a report."""
        return self._model.name

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and reply may have together."""
        return self._model.context_tokens

    def count(self, messages: Sequence[Message]) -> int:
        """Return the tokens of the rendered prompt."""
        return self._model.count(messages)

    def prefill(self, messages: Sequence[Message], cancel: CancelToken) -> None:
        """Evaluate the prompt ahead."""
        self._model.prefill(messages, cancel)

    def generate(
        self, messages: Sequence[Message], cancel: CancelToken, max_tokens: int, grammar: str = ""
    ) -> Iterator[str]:
        """Yield the reply piece by piece."""
        return self._model.generate(messages, cancel, max_tokens, grammar)


class Typed:
    """Leads sessions of the journal by typed words; ``close`` puts the one aside that is led."""

    def __init__(self, settings: Settings, show: Show) -> None:
        self._show = show
        self._clock = AudioClock()
        prompt = system_prompt(settings.reply, lambda: datetime.now().astimezone())
        knowledge = knowledge_for_life(settings.reply, settings.engines)
        record = record_in(settings.journal.place)
        self.sessions: Sessions = lead_sessions(prompt, self._clock, record, knowledge=knowledge)
        self._stage = Rehearsal(self.sessions, self._clock, ModelOnDemand(settings))

    @property
    def state(self) -> SessionState | None:
        """The session that is led."""
        return self.sessions.state

    @property
    def progress(self) -> tuple[bool, int]:
        """Whether nothing is left to lead, and how many phases were entered: it only grows."""
        state = self.state
        return (False, len(state.visited)) if state and not state.ended else (True, 0)

    def order(self, verb: str, argument: str = "") -> None:
        """Do what the command line demands, and show what is said about it."""
        self.sessions.order(verb, argument)
        for text in self._stage.run_on():
            self._show(text)

    def converse(self, typed: TextIO) -> None:
        """Talk until the session is over or nothing more is typed."""
        while self.sessions.engaged:
            line = self._next_line(typed)
            if line is None:
                return
            for text in self._stage.say(line.strip()) if line.strip() else self._stage.run_on():
                self._show(text)

    def _next_line(self, typed: TextIO) -> str | None:
        """Return what is typed, an empty line when it was time to go on, None at the end."""
        step = self.sessions.next()
        until = step.until if isinstance(step, Wait) and self.sessions.goes_on else None
        if until is None:
            return typed.readline() or None
        pause = max(until - self._clock.samples, 0) / RATE
        line = typed.readline() if not typed.isatty() or select.select([typed], [], [], pause)[0] else ""
        if not line:
            self._stage.wait()
        return line

    def close(self) -> None:
        """Let go of the session and of the journal."""
        self.sessions.leave()


def terminal() -> TextIO:
    """Return where words are typed."""
    return sys.stdin
