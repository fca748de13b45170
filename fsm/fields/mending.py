"""Corrections by voice: which field gets what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pipit.fsm.fields.answers import Problem, Reading
from pipit.fsm.fields.assent import assent
from pipit.fsm.fields.clock import period_at, with_period, written
from pipit.fsm.fields.hearing import Heard, hear
from pipit.fsm.fields.names import named_at
from pipit.fsm.fields.reading import found_for, is_free, read_heard
from pipit.fsm.fields.saying import question
from pipit.fsm.fields.settling import decide
from pipit.fsm.flow.schema import FieldSpec
from pipit.fsm.session.events import Value

_LEADS = tuple(
    tuple(lead.split())
    for lead in (
        "that's not right|that is not right|that isn't right|not right|that's wrong|that is wrong|wrong|no|nope|nah"
        "|sorry|wait|actually|correction|please|but|i said|i meant|i mean|i did say|it should be|it should say"
        "|it must be|it's|it is|it was|make it|make that|change it to|change that to|change it|change|set it to|set"
        "|correct|that's|rather|should be|to|the answer is|read|put|i want|oh no|oh sorry|oh wait"
    ).split("|")
)


def correction(
    known: Mapping[str, tuple[FieldSpec, Value]], last: str | None, said: str, today: date
) -> Reading | Problem | None:
    """Return which known field gets what; ``last`` is the one that was just read back.

    A field that is named gets the value; without a name it is the last one, or the only other one that the words
    can be meant for. None when there is nothing to put right.
    """
    heard = hear(said)
    mended = _past_leads(heard)
    specs = {name: spec for name, (spec, _) in known.items()}
    named = _named(specs, mended, today) if mended.words else None
    if named is not None or not mended.words or _agrees(heard):
        return named
    led = len(mended.words) < len(heard.words)
    own = _of_last(known, last, mended, led, today) if last in known else None
    if isinstance(own, Problem) and own.code == "not-a-choice" and not led:
        own = None  # words of another kind, "go back", put nothing right
    return own if isinstance(own, Reading) else _of_any(specs, mended, today) or own


def _past_leads(heard: Heard) -> Heard:
    at = 0
    while size := max((len(lead) for lead in _LEADS if heard.words[at : at + len(lead)] == lead), default=0):
        at += size
    return heard.cut(range(at, len(heard.words)))


def _agrees(heard: Heard) -> bool:
    found = assent(heard.words)
    return found is not None and found[0]


def _named(specs: Mapping[str, FieldSpec], heard: Heard, today: date) -> Reading | Problem | None:
    """Read ``the hours are twelve hundred``: the first field whose name is said."""
    shared = found_for(specs.values(), heard, None, today)
    for name, found in shared.items():
        if any(each.named for each in found):
            return decide(specs[name], heard, found)
    values = {i for found in shared.values() for each in found for i in range(each.start, each.end)}
    for name, spec in specs.items():
        place = named_at(spec, heard.words)
        if place and not values & {*range(*place)}:  # the roast of "light roast" is no name
            words = heard.cut([i for i in range(len(heard.words)) if not place[0] <= i < place[1]])
            rest = heard if is_free(spec) else words
            return read_heard(spec, rest, today) or Problem(name, "unclear", question(spec))
    return None


def _of_last(
    known: Mapping[str, tuple[FieldSpec, Value]], last: str | None, heard: Heard, led: bool, today: date
) -> Reading | Problem | None:
    assert last is not None  # noqa: S101
    spec, value = known[last]
    if is_free(spec) and not led:
        return None
    if spec.type == "time" and isinstance(value, str):
        period = period_at(heard.words, 0)
        if period and period[1] == len(heard.words):
            hour, minute = map(int, value.split(":"))
            minutes = with_period((hour * 60 + minute) % 720, period[0])
            return Reading(last, written(minutes[0]), heard.said(0, period[1]))
    return read_heard(spec, heard, today)


def _of_any(specs: Mapping[str, FieldSpec], heard: Heard, today: date) -> Reading | Problem | None:
    found = found_for(specs.values(), heard, None, today)
    if len(found) != 1:
        return None
    name, values = next(iter(found.items()))
    return decide(specs[name], heard, values)
