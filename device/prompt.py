"""The system prompt: who the assistant is and, if wanted, what time it is, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pipit.device.settings import Reply
from pipit.fsm.intents.moment import date_of, time_of, year_of


def system_prompt(reply: Reply, now: Callable[[], datetime] | None) -> Callable[[], str]:
    """Return a function that gives the prompt of this moment; without ``now`` it knows no clock."""
    if now is None or not reply.clock:
        return lambda: reply.system
    return lambda: f"{reply.system}\n{clock_line(now())}"


def clock_line(moment: datetime) -> str:
    """Return date and time in words: small models copy words well and read digits badly."""
    return f"Now: {date_of(moment)} {year_of(moment)}, {time_of(moment)}."
