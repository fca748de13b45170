"""The conditions of the rules: whether they can be read, and whether they can ever come true."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipit.fsm.flow.condition import ConditionError, parse
from pipit.fsm.flow.fault import Fault
from pipit.fsm.flow.lint.look import Look
from pipit.fsm.flow.schema import FieldSpec, Next
from pipit.fsm.flow.terms import Compare, Constant, Known, Test, plain_number, tests_of
from pipit.nearest import nearest_key

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d:\d\d")
_EXAMPLES = {
    "number": "compare it with a number, such as 500",
    "yes-no": "compare it with yes or no",
    "date": "compare it with a date, such as 2026-11-21",
    "time": "compare it with a time, such as 14:30",
    "duration": "compare it with a duration, such as 20 min",
    "text": "compare it with words in quotes, or ask whether it 'is set'",
    "choice": "compare it with one of its choices",
}
Said = tuple[int, str, str]
"""Column, message, hint."""


def check_rules(look: Look) -> Iterator[Fault]:
    """Look at every rule's condition."""
    for loc, phase in look.phases():
        done = look.before[phase.name] | {phase.name}
        known = {spec.field: spec for _, other, spec in look.fields() if other.name in done}
        for index, rule in enumerate(phase.next):
            for column, message, hint in _faults(look, rule, known):
                yield look.at_column((*loc, "next", index, "when"), rule.when or "", column, message, hint)


def _faults(look: Look, rule: Next, known: Mapping[str, FieldSpec]) -> Iterator[Said]:
    if rule.when is None:
        return
    try:
        tests = list(tests_of(parse(rule.when)))
    except ConditionError as error:
        yield error.column, error.message, error.hint
        return
    everywhere = {spec.field for _, _, spec in look.fields()}
    for test in tests:
        if test.field in known:
            yield from _test(test, known[test.field])
        elif test.field in everywhere:
            hint = "ask for it in this phase or in one before"
            yield test.column, f"'{test.field}' is not known yet when this phase ends", hint
        else:
            near = nearest_key(test.field, everywhere)
            hint = (
                f"did you mean '{near}'?"
                if near
                else f"the fields are {', '.join(sorted(everywhere))}"
                if everywhere
                else "there are no fields"
            )
            yield test.column, f"no phase collects '{test.field}'", hint


def _test(test: Test, spec: FieldSpec) -> Iterator[Said]:
    if isinstance(test, Known):
        return
    sign = test.sign if isinstance(test, Compare) else "="
    values = (test.value,) if isinstance(test, Compare) else test.values
    if sign not in ("=", "!=") and spec.type in ("text", "choice", "yes-no"):
        yield test.column, f"'{sign}' needs a number, and '{spec.field}' is {_a(spec.type)}", "use = or !="
        return
    if values[0].column == test.column and spec.type != "yes-no":
        yield test.column, f"'{spec.field}' is {_a(spec.type)}, so alone it says nothing", _EXAMPLES[spec.type]
        return
    for value in values:
        yield from _value(value, spec, sign)


def _value(value: Constant, spec: FieldSpec, sign: str) -> Iterator[Said]:
    if spec.type == "choice":
        yield from _choice(value, spec)
    elif not _fits(value, spec):
        yield value.column, *_misfit(value, spec)
    elif spec.type == "number":
        yield from _bounds(value, spec, sign)


def _fits(value: Constant, spec: FieldSpec) -> bool:
    match spec.type:
        case "number":
            return type(value.value) is float and not value.unit
        case "duration":
            return type(value.value) is float and bool(value.unit)
        case "yes-no":
            return isinstance(value.value, bool)
        case "date":
            return isinstance(value.value, str) and bool(_DATE.fullmatch(value.value))
        case "time":
            return isinstance(value.value, str) and bool(_TIME.fullmatch(value.value))
    return isinstance(value.value, str)


def _misfit(value: Constant, spec: FieldSpec) -> tuple[str, str]:
    hint = _EXAMPLES[spec.type]
    if spec.type == "number" and value.unit:
        hint = f"leave out '{value.unit}'{f': it is counted in {spec.unit} already' if spec.unit else ''}"
    if spec.type == "duration" and type(value.value) is float:
        hint = f"say of what, such as {value} min"
    return f"'{spec.field}' is {_a(spec.type)}, so it cannot be compared with {value}", hint


def _choice(value: Constant, spec: FieldSpec) -> Iterator[Said]:
    text = plain_number(value.value) if isinstance(value.value, float) else str(value).strip('"')
    if text.casefold() not in {choice.casefold() for choice in spec.choices}:
        near = nearest_key(text, list(spec.choices))
        hint = f"did you mean '{near}'?" if near else f"its choices are {', '.join(spec.choices)}"
        yield value.column, f"'{text}' is no choice of '{spec.field}'", hint


def _bounds(value: Constant, spec: FieldSpec, sign: str) -> Iterator[Said]:
    number = float(value.value)
    low, high = spec.min, spec.max
    above = high is not None and (number > high or (number == high and sign == ">"))
    below = low is not None and (number < low or (number == low and sign == "<"))
    limit = high if above else low
    if (above or below) and limit is not None:
        bound = f"{'at most' if above else 'at least'} {plain_number(limit)}"
        yield (
            value.column,
            f"'{spec.field}' is {bound}, so comparing it with {value} decides nothing",
            "see min and max",
        )


def _a(kind: str) -> str:
    return "yes or no" if kind == "yes-no" else f"a {kind}"
