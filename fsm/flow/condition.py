"""The conditions of ``next.when``: a small language that can compare, and do nothing else.

    hours > 500 and (truck = seven or truck in (nine, twelve)) and not brakes = yes
    note is set · defect is missing · nap >= 20 min · due < 2026-11-21 · brakes  (a yes-no field alone)

A comparison with a field that has no value is false, whatever it compares.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from pipit.fsm.flow.reader import parse
from pipit.fsm.flow.terms import And, Compare, Condition, Constant, Known, Not, OneOf, Or, plain_number, tests_of
from pipit.fsm.flow.tokens import ConditionError
from pipit.fsm.session.events import Value

__all__ = ["Condition", "ConditionError", "fields_of", "holds", "parse"]

_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def holds(condition: Condition, values: Mapping[str, Value]) -> bool:
    """Tell whether a condition is true of the fields' values; never raises."""
    match condition:
        case Compare():
            return _compare(values.get(condition.field), condition.sign, condition.value)
        case OneOf():
            return any(_compare(values.get(condition.field), "=", value) for value in condition.values)
        case Known():
            return condition.field in values
        case Not():
            return not holds(condition.part, values)
        case And():
            return all(holds(part, values) for part in condition.parts)
        case Or():
            return any(holds(part, values) for part in condition.parts)


def _compare(value: Value | None, sign: str, constant: Constant) -> bool:
    if value is None:
        return False
    if sign in ("=", "!="):
        left, right = _alike(value, constant.meant)
        return (_sort(left) is _sort(right) and left == right) is (sign == "=")
    if isinstance(value, bool) or _sort(value) is not _sort(constant.meant):
        return False  # "seven" is neither more nor less than 7
    return _ORDERINGS[sign](value, constant.meant)


def _sort(value: str | float | bool) -> type:
    return float if type(value) is int else type(value)


def _alike(value: Value, meant: str | float | bool) -> tuple[str | float | bool, str | float | bool]:
    """Return both sides as the same kind of thing: a choice may be called ``yes`` or ``7``."""
    if not isinstance(value, str):
        return value, meant
    if isinstance(meant, bool):
        return _folded(value), "yes" if meant else "no"
    return _folded(value), _folded(meant if isinstance(meant, str) else plain_number(meant))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def fields_of(condition: Condition) -> frozenset[str]:
    """Return the names of the fields that a condition looks at."""
    return frozenset(test.field for test in tests_of(condition))
