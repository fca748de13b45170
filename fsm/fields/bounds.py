"""From what was said to a value that the field may hold, or to what is wrong with it."""

from __future__ import annotations

from fractions import Fraction

from pipit.fsm.fields import counting
from pipit.fsm.fields.answers import Problem
from pipit.fsm.fields.clock import Clock, written
from pipit.fsm.fields.numerals import exact
from pipit.fsm.fields.quantity import Amount
from pipit.fsm.fields.units import Unit, unit_named
from pipit.fsm.flow.schema import FieldSpec
from pipit.fsm.session.events import Value

_SECOND = unit_named("s")
_LARGEST = 10**15


def counted(spec: FieldSpec, value: int | float) -> str:
    """Return a number with the field's unit, as it is said."""
    unit = unit_named(spec.unit) if spec.unit else None
    name = f" {unit.one if value == 1 else unit.many}" if unit else ""
    return counting.in_words(value) + name


def bounded(spec: FieldSpec, value: int | float) -> Value | Problem:
    """Return a number that keeps within the field's bounds, else which it breaks."""
    if spec.max is not None and value > spec.max:
        return Problem(spec.field, "too-large", f"It must be at most {counted(spec, _tidy(spec.max))}.")
    if spec.min is not None and value < spec.min:
        return Problem(spec.field, "too-small", f"It must be at least {counted(spec, _tidy(spec.min))}.")
    if abs(value) >= _LARGEST:
        return Problem(spec.field, "too-large", "That is too large a number for me.")
    return value


def number_value(spec: FieldSpec, home: Unit | None, said: Amount) -> Value | Problem:
    """Return a number in the field's unit; another unit is converted where nothing is lost."""
    count: Fraction | None = said.value
    if home is not None and said.unit is not None:
        count = said.counted_in(home)
    value = None if count is None else exact(count)
    if value is None:
        return Problem(spec.field, "wrong-unit", f"Please tell me in {home.many if home else 'whole numbers'}.")
    return bounded(spec, value)


def duration_value(spec: FieldSpec, home: Unit | None, said: Amount) -> Value | Problem:
    """Return seconds; the bounds count the field's unit, seconds where it has none, and so does a bare number."""
    unit = said.unit or home
    if unit is None:
        number = counting.in_words(_near(said.value)).capitalize()
        return Problem(spec.field, "no-unit", f"{number} seconds, minutes or hours?")
    if unit.kind != _SECOND.kind:
        return Problem(spec.field, "wrong-unit", "Please tell me in hours, minutes or seconds.")
    count = said.value * unit.factor
    checked = bounded(spec, _near(count / (home or _SECOND).factor))
    if isinstance(checked, Problem):
        return checked
    if count < 0:
        return Problem(spec.field, "too-small", "It cannot be less than nothing.")
    seconds = exact(count)
    return _near(count) if seconds is None else seconds


def clock_value(spec: FieldSpec, said: Clock) -> Value | Problem:
    """Return a time; the bounds are hours of the day, and decide between morning and evening where they can."""
    options = said.options()
    if not options:
        return Problem(spec.field, "no-such-time", "There is no such time.")
    low, high = (spec.min or 0) * 60, 24 * 60 if spec.max is None else spec.max * 60
    fitting = [minutes for minutes in options if low <= minutes <= high]
    if fitting:
        return written(fitting[0])
    late = options[0] > high
    limit = _tidy(spec.max if late else spec.min or 0)
    hour = f"{counting.in_words(limit)} hundred hours" if isinstance(limit, int) else counting.in_words(limit)
    bound = f"at most {hour}" if late else f"at least {hour}"
    return Problem(spec.field, "too-large" if late else "too-small", f"It must be {bound}.")


def _tidy(value: float | None) -> int | float:
    number = value or 0
    return int(number) if number == int(number) else number


def _near(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else value.numerator / value.denominator
