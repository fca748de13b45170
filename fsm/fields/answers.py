"""What reading a person's words comes to: values, and what stands in their way."""

from __future__ import annotations

from dataclasses import dataclass

from pipit.fsm.session.events import Value


@dataclass(frozen=True, slots=True)
class Reading:
    """A field's value; ``words`` are the person's own that it was read from, a contiguous run of what was said."""

    field: str
    value: Value
    words: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a field has no value although something was said about it; ``message`` is spoken to the person.

    Codes: ``too-large``, ``too-small``, ``not-a-choice``, ``ambiguous`` (several values), ``unclear``,
    ``wrong-unit``, ``no-unit``, ``no-such-date``, ``no-such-time``.
    """

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Filling:
    """All that one sentence gave; ``rest`` are the words that nobody used."""

    readings: tuple[Reading, ...] = ()
    problems: tuple[Problem, ...] = ()
    rest: str = ""
