"""Fields that nobody can fill, and settings that have no effect."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pipit.fsm.flow.fault import Fault
from pipit.fsm.flow.lint.look import Look
from pipit.fsm.flow.schema import FieldSpec
from pipit.fsm.flow.terms import plain_number
from pipit.fsm.flow.tree import Loc

_ONLY = {
    "choices": ("choice",),
    "phrases": ("text",),
    "unit": ("number", "duration"),
    "min": ("number", "duration", "time"),
    "max": ("number", "duration", "time"),
}
"""The types of field for which a key has a meaning; all other keys have one for every type."""
_MOST = 10**15
"""Larger numbers are not understood."""


def check_fields(look: Look) -> Iterator[Fault]:
    """Look at every field."""
    for loc, _, spec in look.fields():
        yield from _keys(look, loc, spec)
        yield from _bounds(look, loc, spec)
        yield from _listening(look, loc, spec)
        if spec.type == "choice" and len(spec.choices) < 2:
            yield from _choices(look, loc, spec)
    for loc, phase in look.phases():
        needed = [item.required for item in phase.collect] + [item.required for item in phase.artifacts]
        if phase.listen.on_timeout == "skip" and needed and all(needed):
            message = "all that this phase asks for is required and cannot be skipped"
            yield look.key_error((*loc, "listen", "on_timeout"), message, "use 'repeat' or 'park'")


def _keys(look: Look, loc: Loc, spec: FieldSpec) -> Iterator[Fault]:
    for key in sorted(spec.model_fields_set & _ONLY.keys()):
        if spec.type not in _ONLY[key]:
            message = f"'{key}' has no meaning for the type '{spec.type}'"
            yield look.key_error((*loc, key), message, f"it is for fields of the type {' or '.join(_ONLY[key])}")
    if spec.confirm and spec.type == "yes-no":
        message = "a yes that is read back asks for another yes"
        yield look.key_warning((*loc, "confirm"), message, "leave 'confirm' out")


def _choices(look: Look, loc: Loc, spec: FieldSpec) -> Iterator[Fault]:
    if not spec.choices:
        hint = "add 'choices: [one, two]'"
        yield look.error((*loc, "field"), f"'{spec.field}' is a choice without choices: nothing can fill it", hint)
    else:
        yield look.warning((*loc, "choices"), f"'{spec.field}' has one choice only", "a 'yes-no' may be meant")


def _bounds(look: Look, loc: Loc, spec: FieldSpec) -> Iterator[Fault]:
    for key, bound in (("min", spec.min), ("max", spec.max)):
        if bound is not None and not math.isfinite(bound):
            yield look.error((*loc, key), f"'{key}' has to be a number", "write digits alone")
            return
    low = -math.inf if spec.min is None else spec.min
    high = math.inf if spec.max is None else spec.max
    if low > high:
        message = (
            f"'min' ({plain_number(low)}) is more than 'max' ({plain_number(high)}): nothing can fill '{spec.field}'"
        )
        yield look.error((*loc, "min"), message, "exchange them")
    elif low >= _MOST or high <= -_MOST or (spec.type == "duration" and high < 0):
        message = f"nobody can say a {spec.type} like this: nothing can fill '{spec.field}'"
        yield look.error((*loc, "min" if low >= _MOST else "max"), message, "check the digits")
    elif spec.type == "time" and (low > 24 or high < 0):
        message = f"the bounds of a time are hours of the day: nothing can fill '{spec.field}'"
        yield look.error((*loc, "min" if low > 24 else "max"), message, "0 to 24, such as 'min: 8'")


def _listening(look: Look, loc: Loc, spec: FieldSpec) -> Iterator[Fault]:
    if spec.required and spec.listen.on_timeout == "skip":
        message = f"'{spec.field}' is required and cannot be skipped"
        yield look.key_error((*loc, "listen", "on_timeout"), message, "use 'repeat' or 'park', or 'required: no'")
