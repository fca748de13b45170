"""Fields as they are spoken: the question for one, and a value read back."""

from __future__ import annotations

from collections.abc import Sequence

from pipit.fsm.clauses import speakable
from pipit.fsm.fields import counting
from pipit.fsm.fields.bounds import counted
from pipit.fsm.fields.clock import spoken_time
from pipit.fsm.fields.days import spoken_day
from pipit.fsm.fields.names import name_words, same_name
from pipit.fsm.fields.units import unit_named
from pipit.fsm.flow.schema import FieldSpec
from pipit.fsm.session.events import Value

_MOST_CHOICES = 7
_DURATIONS = (("hour", 3600), ("minute", 60), ("second", 1))


def spoken(spec: FieldSpec, value: Value) -> str:
    """Return a value as it is read back; reading it gives the value again."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return duration(value) if spec.type == "duration" else counted(spec, value)
    if spec.type == "time":
        return spoken_time(value)
    return spoken_day(value) if spec.type == "date" else speakable(value)


def question(spec: FieldSpec) -> str:
    """Return what is asked: the flow's own words, or some made from the field's name, type, choices and unit."""
    if spec.ask:
        return spec.ask
    name = " ".join(name_words(spec.field)) or spec.field
    match spec.type:
        case "choice" if len(spec.choices) <= _MOST_CHOICES:
            return f"Which {name}: {one_of([*map(speakable, spec.choices)])}?"
        case "choice":
            return f"Which {name}?"
        case "yes-no":
            return f"{name.capitalize()}: yes or no?"
        case "date":
            return f"What is the {name}?" if {"date", "day"} & {*name.split()} else f"What date is the {name}?"
        case "time":
            return f"What is the {name}?" if "time" in name.split() else f"At what time is the {name}?"
        case "duration":
            return f"How long is the {name}?"
        case "number" if spec.unit:
            return _how_many(name, unit_named(spec.unit).many)
        case _:
            return f"What is the {name}?"


def duration(seconds: int | float) -> str:
    """Return seconds as ``two minutes thirty seconds``."""
    if isinstance(seconds, float) and not seconds.is_integer():
        whole, rest = int(seconds // 60) * 60, seconds
        if not whole:
            return f"{counting.in_words(seconds)} seconds"
        rest = round(seconds - whole, 9)
        return f"{duration(whole)} {counting.in_words(rest)} seconds"
    parts, rest_s = [], int(seconds)
    for name, size in _DURATIONS:
        count, rest_s = divmod(rest_s, size)
        if count:
            parts.append(f"{counting.in_words(count)} {name}{'s' if count > 1 else ''}")
    return " ".join(parts) or "zero seconds"


def one_of(names: Sequence[str]) -> str:
    """Return names as alternatives: ``seven, nine or twelve``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _how_many(name: str, unit: str) -> str:
    if same_name(name.split(), unit.split()):
        return f"How many {unit}?"
    return f"What is the {name}, in {unit}?"
