"""Everything that may be said as a field's value, as one exact phrase."""

from __future__ import annotations

from functools import cache
from math import ceil, floor

from pipit.fsm.fields.choices import of_phrases, options
from pipit.fsm.fields.grammar_numbers import LARGEST, digits, either, whole_numbers
from pipit.fsm.fields.grammar_time import any_of, dates, durations, times
from pipit.fsm.fields.units import UNITS, unit_named, ways
from pipit.fsm.flow.schema import FieldSpec
from pipit.models.phrases import Alt, Opt, Phrase, Seq, Words

_YES = (
    "yes|yeah|yep|yup|yes please|yes it is|yes it does|yes they are|yes they do|yes i have|yes i did|that's right"
    "|that's it|correct|right|okay|sure|of course|absolutely|go on|go ahead|it is|it does|they are|they do|i do|i have"
    "|i did|fine|good|i think so|no problem"
)
_NO = (
    "no|nope|nah|no thanks|no it isn't|no it doesn't|no they aren't|no they don't|no i haven't|no i didn't|it isn't"
    "|it doesn't|they aren't|they don't|i haven't|i didn't|that's wrong|wrong|that's not right|not right|not really"
    "|not yet|i don't think so"
)
YES_NO = any_of(*_YES.split("|"), *_NO.split("|"))
"""The commonest ways to say yes and no; the fewer there are, the better they are told apart."""
_DEFAULT_MAX = 99_999
_MEASURES = frozenset(unit.symbol for unit in UNITS)


def phrase_of(spec: FieldSpec) -> Phrase | None:
    """Return what may be said for a field's value within its bounds; None where that is anything."""
    match spec.type:
        case "number":
            return numbers(spec)
        case "choice":
            return either(list(options(spec).values())) if spec.choices else None
        case "text":
            return of_phrases(spec)
        case "yes-no":
            return YES_NO
        case "date":
            return dates()
        case "time":
            return times()
        case "duration":
            return _durations(spec)


def sure_phrase_of(spec: FieldSpec) -> Phrase | None:
    """Return what can be said for a value without being asked for it; None where nothing can."""
    match spec.type:
        case "number":
            return numbers(spec, with_unit=True)
        case "date":
            return dates(sure=True)
        case "time":
            return times(sure=True)
        case "duration":
            return _durations(spec, sure=True)
        case "yes-no":
            return None
        case _:
            return phrase_of(spec)


def numbers(spec: FieldSpec, with_unit: bool = False) -> Phrase | None:
    """Return the numbers within a field's bounds, its unit said or not, or always."""
    low, high = _bounds(spec)
    if low > high:
        return None
    count = _numbers(low, high, _is_measure(spec))
    if not spec.unit:
        return None if with_unit else count
    unit = any_of(*dict.fromkeys(ways(unit_named(spec.unit))))
    return Seq((count, unit if with_unit else Opt(unit)))


def _bounds(spec: FieldSpec) -> tuple[int, int]:
    low = 0 if spec.min is None else max(ceil(spec.min), -LARGEST)
    high = max(_DEFAULT_MAX, low + _DEFAULT_MAX) if spec.max is None else min(floor(spec.max), LARGEST)
    return low, min(high, LARGEST)


@cache
def _numbers(low: int, high: int, measure: bool) -> Phrase:
    options: list[Phrase] = []
    if high >= 0:
        options.append(whole_numbers(max(low, 0), high))
    if low < 0:
        options.append(Seq((any_of("minus", "negative"), whole_numbers(max(1, -high), -low))))
    whole = either(options)
    if not measure:
        return whole
    point = Seq((Words("point"), digits(1), Opt(digits(1))))
    return Seq((whole, Opt(Alt((point, Words("and a half"))))))


def _is_measure(spec: FieldSpec) -> bool:
    """Tell whether a number may have a fraction: a length has one, a count of boxes has none."""
    bounds = [bound for bound in (spec.min, spec.max) if bound is not None]
    known = spec.unit is not None and unit_named(spec.unit).symbol in _MEASURES
    return known or any(bound != int(bound) for bound in bounds)


def _durations(spec: FieldSpec, sure: bool = False) -> Phrase:
    factor = float(unit_named(spec.unit).factor) if spec.unit else 1.0
    said = durations(None if spec.max is None else spec.max * factor)
    bare = numbers(spec.model_copy(update={"unit": None, "max": spec.max or 999.0})) if spec.unit and not sure else None
    return Alt((said, bare)) if bare else said
