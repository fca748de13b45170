"""A bet: work done ahead for a person who may have finished, and held until that is sure.

Nothing of it is heard, remembered or told before it is called in; one that is lost leaves no trace but the time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipit.fsm.events import Event
from pipit.fsm.script import Ask
from pipit.models.cancel import CancelToken


@dataclass(slots=True)
class Bet:
    """``said`` is what the person is taken to have said; ``number`` tells the bets of a turn apart, from 1."""

    number: int
    said: str
    step: Ask
    token: CancelToken = field(default_factory=CancelToken)
    events: list[Event] = field(default_factory=list)
    """What came of it so far, in order."""
    voiced: bool = False
    """Whether the first clause is with the voice already."""
    called: bool = False
    """Whether it was right, and its events count."""


@dataclass(frozen=True, slots=True)
class BetStatistics:
    """How often it paid to think ahead."""

    placed: int = 0
    called: int = 0
