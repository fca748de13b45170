"""Sessions played in text: a flow, what the person says, and what is said to that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipit.audio import AudioClock
from pipit.errors import BadInput, EngineError
from pipit.fsm.flow.load import read_flow
from pipit.fsm.flow.schema import Flow
from pipit.fsm.session import events as se
from pipit.fsm.session.director import Director
from pipit.fsm.session.rehearsal import Rehearsal
from pipit.fsm.session.scene import Scene
from pipit.fsm.session.state import SessionState, fold
from pipit.models.ports import LanguageModel

ROOT = Path(__file__).parents[3]
SHIPPED = tuple(sorted((ROOT / "flows").glob("*.yaml")))
TODAY = date(2026, 11, 21)
BROKEN = EngineError("model-broken", "it broke")


def flow_of(*phases: str, **settings: Any) -> Flow:
    """Return a flow of some phases, each written as in a file."""
    parts = [yaml.safe_load(phase) for phase in phases]
    return Flow.model_validate({"flow": "test", "title": "A test", **settings, "phases": parts})


def source_of(flow: Flow) -> str:
    """Return the file of a flow."""
    return yaml.safe_dump(flow.model_dump(mode="json", exclude_defaults=True), sort_keys=False)


class Play:
    """One session of a flow, from its first word on."""

    def __init__(
        self,
        flow: Flow,
        model: LanguageModel | None = None,
        verdict: str | None = None,
        state: SessionState | None = None,
        minutes: float = 0.0,
    ) -> None:
        self.clock = AudioClock()
        self.clock.tick(16_000)
        self.scene = Scene(flow, "s", state or SessionState(), self.clock, lambda: TODAY, lambda: "You are Pipit.")
        self.director = Director(self.scene)
        self.rehearsal = Rehearsal(self.director, self.clock, model, verdict)
        self.heard: list[str] = []
        self.events: list[se.SessionEvent] = []
        self._listen_in()
        if state is None:
            self.director.begin(minutes)
        else:
            self.director.resume()
        self.first = self.take(self.rehearsal.run_on())

    def _listen_in(self) -> None:
        settle = self.director.settle

        def kept() -> Iterable[se.SessionEvent]:
            news = settle()
            self.events += news
            return news

        self.director.settle = kept  # type: ignore[assignment,method-assign]

    def take(self, said: Iterable[str]) -> str:
        """Let it speak; return what was said."""
        texts = list(said)
        self.heard += texts
        self.director.settle()
        return " ".join(texts)

    def say(self, words: str, pcm: bytes = b"") -> str:
        """Say something; return the answer."""
        return self.take(self.rehearsal.say(words, pcm))

    def answers(self, *words: str) -> str:
        """Say one thing after the other; return the last answer."""
        return [self.say(each) for each in words][-1]

    def order(self, verb: str, argument: str = "") -> str:
        """Steer it from the console; return what is said about it."""
        try:
            self.director.order(verb, argument)
        finally:
            said = self.take(self.rehearsal.run_on())
        return said

    def silence(self) -> str:
        """Say nothing until it does something about that; return what it says."""
        self.rehearsal.wait()
        return self.take(self.rehearsal.run_on())

    def killed(self) -> Play:
        """Return the session as another process takes it up from its events."""
        return Play(self.scene.flow, state=fold(self.events))

    @property
    def state(self) -> SessionState:
        return self.scene.state

    @property
    def values(self) -> Mapping[str, se.Value]:
        return self.state.values()

    def of(self, kind: type[se.SessionEvent]) -> list[Any]:
        """Return the events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]


class Shelf:
    """A library of flows."""

    def __init__(self, *flows: Flow) -> None:
        self.sources = {flow.flow: source_of(flow) for flow in flows}
        self._titles: dict[str, str] = {}

    @classmethod
    def shipped(cls) -> Shelf:
        """Return the flows that come with Pipit."""
        shelf = cls()
        shelf.sources = {path.stem: path.read_text(encoding="utf-8") for path in SHIPPED}
        return shelf

    def source(self, name: str) -> str:
        if name not in self.sources:
            raise BadInput("flow-unknown", f"there is no flow '{name}'", "pipit flow list shows them")
        return self.sources[name]

    def titles(self) -> Mapping[str, str]:
        if not self._titles:
            self._titles = {read_flow(source, name).title: name for name, source in self.sources.items()}
        return self._titles
