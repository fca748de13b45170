"""What every kind of phase can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pipit.fsm.flow.schema import Listen
from pipit.fsm.script import Ask, Listening, Step, Wait
from pipit.fsm.turn import TurnRecord


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a phase has not got yet, in words."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


class Player(Protocol):
    """Leads through one phase. A method that returns None leaves it to the director: the phase is complete."""

    parting: str
    """What is still to be said when the phase is complete."""

    def enter(self) -> Step | None:
        """Begin the phase."""
        ...

    def repeat(self) -> Step | None:
        """Say again what is being asked; also how a resumed session takes up its thread."""
        ...

    def heard(self, said: str, pcm: bytes) -> Step | None:
        """Take what the person said."""
        ...

    def judged(self, text: str | None) -> Step | None:
        """Take what the model wrote for a ``Judge``; None when it failed."""
        ...

    def wants(self, said: str) -> bool:
        """Tell whether the words are an answer, even if they are a command's as well."""
        ...

    def complete(self, said: str) -> bool:
        """Tell whether the words are an answer to which nothing can be added."""
        ...

    def ended(self, record: TurnRecord) -> None:
        """Take note of a turn that is over."""
        ...

    def next(self) -> Step | Wait | None:
        """Return what comes by itself, or ``Wait`` for the person."""
        ...

    def skip(self) -> Step | None:
        """Leave out what is being asked, if it is optional."""
        ...

    def back(self) -> Step | None:
        """Return to what was asked before; raises ``AtTheBeginning``."""
        ...

    def give_up(self) -> bool:
        """Nobody answers: leave out what is being asked; False when it is needed."""
        ...

    @property
    def item(self) -> str:
        """What is being asked for."""
        ...

    @property
    def listen(self) -> Listen:
        """How to listen for it."""
        ...

    def lacking(self) -> Lacking:
        """Return what the phase has not got yet."""
        ...

    def foresee(self, said: str) -> Ask | None:
        """Return what ``heard`` would ask the model to say."""
        ...

    def listening(self) -> Listening:
        """Return what may be said now."""
        ...


class AtTheBeginning(Exception):
    """There is nothing before this in the phase."""
