"""One conversation while it is being written: what was said, and what can still be known from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .choice import Chooser
from .spoken import Clock

DONT_KNOW = "Sorry, I'm a small offline model and I don't know that."
UNCLEAR = "Sorry, I didn't understand. Can you say it another way?"


@dataclass(frozen=True)
class Turn:
    """What the person says and what Pipit answers."""

    kind: str
    user: str
    reply: str
    accept: tuple[str, ...] = ()
    """Other replies that are as right as this one, such as any other joke."""
    plain: bool = False
    """The user's words are exact: no courtesies around them, no slips of the recogniser inside them."""
    heard: str | None = None
    """What the person heard of the reply where they interrupted it: the history holds this instead."""
    taught: bool = True
    """Whether the reply is learned and tested; one that needs turns no longer in view is not."""


@dataclass
class Known:
    """Something told, and the last turn that mentions it."""

    value: str
    turn: int


@dataclass
class Scene:
    """The state that replies depend on."""

    choose: Chooser
    clock: Clock | None
    turns: list[Turn] = field(default_factory=list)
    known: dict[str, Known] = field(default_factory=dict)

    def learn(self, key: str, value: str) -> None:
        """Note what this turn tells."""
        self.known[key] = Known(value, len(self.turns))

    def recall(self, key: str) -> str | None:
        """What was told under a key, None if nothing was; saying it again keeps it in view for longer."""
        known = self.known.get(key)
        if known is None:
            return None
        known.turn = len(self.turns)
        return known.value

    def drop(self, key: str) -> None:
        """Forget one thing, such as a cancelled timer."""
        self.known.pop(key, None)

    def forget_before(self, turn: int) -> None:
        """Forget what only turns before this one mention: memory has dropped them."""
        self.known = {key: known for key, known in self.known.items() if known.turn >= turn}

    def keys(self, prefix: str) -> list[str]:
        """The keys told so far that start with a prefix."""
        return [key for key in self.known if key.startswith(prefix)]


Skill = Callable[[Scene], "Turn | None"]
"""Writes the next turn, or None where the moment does not suit it."""
