"""Deterministic intents: what code knows better than a model is answered by code, from a table of functions.

Each function looks at the whole sentence, and at nothing less, so that a story with the word "time" in it goes
to the model. To add one, write a function from ``Asked`` to a reply or None, and put it into ``INTENTS``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipit.fsm.intents.about import about
from pipit.fsm.intents.asked import Asked, Situation, asked
from pipit.fsm.intents.calendar import calendar
from pipit.fsm.intents.chance import chance
from pipit.fsm.intents.conversions import conversions
from pipit.fsm.intents.hush import hush
from pipit.fsm.intents.present import present
from pipit.fsm.intents.spelling import spelling
from pipit.fsm.intents.sums import sums
from pipit.fsm.intents.told import told

Intent = Callable[[Asked], str | None]
INTENTS: tuple[Intent, ...] = (present, about, told, hush, chance, spelling, calendar, conversions, sums)


def answer(said: str, situation: Situation, first: Sequence[Intent] = ()) -> str | None:
    """Return the reply to a sentence, None when it is the model's; ``first`` are asked before Pipit's own intents."""
    question = asked(said, situation)
    if question is None:
        return None
    return next((reply for intent in (*first, *INTENTS) if (reply := intent(question)) is not None), None)
