"""Intents in front of the model, wherever a person talks freely: in the plain chat, in open and in guided phases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipit.fsm.intents.answer import Intent, answer
from pipit.fsm.intents.asked import Situation
from pipit.fsm.memory import Exchange
from pipit.fsm.script import Ask, Script, Speak, Step
from pipit.fsm.session.around import Library, Surroundings
from pipit.fsm.session.host import Sessions
from pipit.fsm.session.record import Record


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What intents know of the world; ``own`` are the user's, asked first."""

    now: Callable[[], datetime | None] = lambda: None
    draw: Callable[[int], int] = lambda sides: 0
    model: str = "a language model"
    own: Sequence[Intent] = ()


class Answering(Sessions):
    """Sessions in which a sentence that the model would answer is answered by code, where code knows the answer.

    Commands, fields and a flow's own questions come before; the exchange is remembered like any other.
    """

    def __init__(
        self,
        talk: Script,
        library: Library,
        record: Record,
        around: Surroundings,
        home: str | None = None,
        *,
        knowledge: Knowledge,
    ) -> None:
        super().__init__(talk, library, record, around, home)
        self._knowledge = knowledge
        # The tables are made ready here, so that the first question is answered as fast as the rest.
        answer("warm up", Situation())

    def heard(self, said: str, pcm: bytes) -> Step:
        """Answer by an intent what would be asked of the model, in the person's own words."""
        step = super().heard(said, pcm)
        if not isinstance(step, Ask) or step.said != said:
            return step
        reply = self._answer(said, step.exchanges, self._knowledge.draw)
        return step if reply is None else Speak(reply)

    def foresee(self, said: str) -> Ask | None:
        """Return what the model would be asked; nothing where an intent knows the answer."""
        ask = super().foresee(said)
        known = ask is not None and self._answer(said, ask.exchanges, lambda sides: 0) is not None
        return None if known else ask

    def _answer(self, said: str, exchanges: tuple[Exchange, ...], draw: Callable[[int], int]) -> str | None:
        knowledge = self._knowledge
        situation = Situation(knowledge.now(), exchanges, self._fields(), knowledge.model, draw, self._in_role)
        return answer(said, situation, knowledge.own)

    @property
    def _in_role(self) -> bool:
        return self._director is not None and self._director.scene.flow.system is not None

    def _fields(self) -> tuple[tuple[str, str], ...]:
        if self._director is None:
            return ()
        scene = self._director.scene
        return tuple((name.replace("_", " "), scene.say_value(name)) for name in scene.state.fields)
