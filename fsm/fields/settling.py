"""Of all that may be a field's value, what the person meant: what was denied or taken back is out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipit.fsm.fields.answers import Problem, Reading
from pipit.fsm.fields.finding import Found
from pipit.fsm.fields.hearing import Heard, plain
from pipit.fsm.fields.negation import is_denied, is_refused, mends
from pipit.fsm.fields.numerals import NUMBER_WORDS
from pipit.fsm.fields.saying import one_of, spoken
from pipit.fsm.flow.schema import FieldSpec

_SELF_CORRECTING = frozenset({"number", "duration", "date", "time", "yes-no"})


@dataclass(frozen=True, slots=True)
class Meant:
    """What is left of the values found for one field, and whether all there was has been denied."""

    found: tuple[Found, ...]
    denied: bool


def meant(spec: FieldSpec, heard: Heard, found: Sequence[Found], asked: bool) -> Meant:
    """Return what of a field's values still stands after the person's own "not" and "no, I mean"."""
    if spec.type == "yes-no":
        return Meant(tuple(found), False)
    words = heard.words
    standing = [each for each in found if not is_denied(words, each.start, each.end)]
    if spec.type == "text":  # "no cream" after "soy milk" is no correction
        standing = [each for each in standing if each.named or not is_refused(words, each.start)]
    denied = len(standing) < len(found)
    for before, after in pairwise(standing):
        if mends(words, before.end, after.begin):
            standing = [each for each in standing if each.start >= after.start]
    # "no nine" puts a number right; "no sugar" is no sugar
    mends_number = spec.type in _SELF_CORRECTING or (asked and _is_number(spec))
    if standing[:1] == list(found[:1]) and standing and is_refused(words, standing[0].begin) and not mends_number:
        standing, denied = standing[1:], True
    return Meant(tuple(_best(heard, standing)), denied)


def decide(spec: FieldSpec, heard: Heard, found: Sequence[Found]) -> Reading | Problem | None:
    """Return the one value that was meant; several are a problem that names two of them."""
    best = _best(heard, found)
    values = list(dict.fromkeys((type(each.value), each.value) for each in best))
    if not values:
        return None
    first = next((each for each in best if not isinstance(each.value, Problem)), best[0])
    if isinstance(first.value, Problem):
        return first.value
    if len(values) > 1:
        said = [spoken(spec, value) for _, value in values if not isinstance(value, Problem)]
        if len(said) < 2:
            return next(each.value for each in best if isinstance(each.value, Problem))
        return Problem(spec.field, "ambiguous", f"Did you say {one_of(said[:2])}?")
    return Reading(spec.field, first.value, heard.said(first.start, first.end))


def _best(heard: Heard, found: Sequence[Found]) -> list[Found]:
    """Keep the named before the sure before the possible, and values before problems; all that "or" joins."""
    pairs = pairwise(found)
    if any(heard.words[one.end : other.begin] in (("or",), ("or", "the")) for one, other in pairs):
        return list(found)
    best = [each for each in found if each.named] or [each for each in found if each.sure] or list(found)
    return [each for each in best if not isinstance(each.value, Problem)] or best


def _is_number(spec: FieldSpec) -> bool:
    return spec.type == "choice" and all({*plain(value).split()} <= NUMBER_WORDS for value in spec.choices)
