"""What may be said: whether it can be read, told apart, and heard by the recogniser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipit.fsm.fields.choices import options, sayings
from pipit.fsm.fields.hearing import plain
from pipit.fsm.fields.patterns import PatternError, pattern, slots_of
from pipit.fsm.fields.units import unit_named, ways
from pipit.fsm.flow.fault import Fault
from pipit.fsm.flow.lint.look import Look
from pipit.fsm.flow.schema import FieldSpec
from pipit.fsm.flow.tree import Loc
from pipit.models.phrases import Phrase, Words

_PIECE = re.compile(r"[^\s\[\](){}<>|,]+")
_SLOT = re.compile(r"\{[^{}]*\}")


def check_words(look: Look) -> Iterator[Fault]:
    """Look at choices, ways to say them, and patterns."""
    for loc, _, spec in look.fields():
        if spec.type == "choice":
            yield from _choices(look, (*loc, "choices"), spec)
        elif spec.phrases:
            yield from _pattern(look, (*loc, "phrases"), spec.phrases, {})
        elif spec.unit:
            yield from _unit(look, (*loc, "unit"), spec.unit)
    for loc, phase in look.phases():
        slots = {spec.field: Words(spec.field) for spec in phase.collect}
        for index, text in enumerate(phase.phrases):
            yield from _pattern(look, (*loc, "phrases", index), text, slots)
            if slots and not slots_of(text):
                message = "this names no field, so saying it fills nothing"
                yield look.error((*loc, "phrases", index), message, "put fields in it: 'a {size} {drink}'")


def _pattern(look: Look, loc: Loc, text: str, slots: Mapping[str, Phrase]) -> Iterator[Fault]:
    fault = _unreadable(look, loc, text, slots)
    if fault:
        yield fault
        return
    yield from _digits(look, loc, text)
    yield from _unheard(look, loc, text, "")


def _unreadable(look: Look, loc: Loc, text: str, slots: Mapping[str, Phrase]) -> Fault | None:
    try:
        pattern(text, slots)
    except PatternError as error:
        return look.at_column(loc, text, error.column, error.message.partition(": ")[2], error.hint)
    return None


# ---- choices --------------------------------------------------------------------------------------------


def _choices(look: Look, loc: Loc, spec: FieldSpec) -> Iterator[Fault]:
    places = _places(look, loc, spec)
    broken = [fault for fault in _choice_faults(look, loc, spec, places) if fault.severity == "error"]
    yield from broken
    if not broken:
        yield from _told_apart(look, spec, places)
        yield from _heard(look, spec, places)


def _places(look: Look, loc: Loc, spec: FieldSpec) -> dict[str, Loc]:
    if isinstance(spec.choices, dict):
        return {value: (*loc, value) for value in spec.choices}
    return {value: (*loc, index) for index, value in reversed(list(enumerate(spec.choices)))}


def _choice_faults(look: Look, loc: Loc, spec: FieldSpec, places: Mapping[str, Loc]) -> Iterator[Fault]:
    if isinstance(spec.choices, dict):
        for value, ways in spec.choices.items():
            fault = _unreadable(look, places[value], ways, {})
            if fault:
                yield fault
        return
    for index, value in enumerate(spec.choices):
        if not plain(value):
            hint = "a choice needs words"
            yield look.error((*loc, index), f"'{value}' is nothing that can be said", hint)
        elif places[value] != (*loc, index):
            yield look.error((*loc, index), f"'{value}' is here already", "leave one out")


def _told_apart(look: Look, spec: FieldSpec, places: Mapping[str, Loc]) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    for value, phrase in options(spec).items():
        said = next((way for way in sayings(phrase) if owners.get(way, value) != value), None)
        if said is not None:
            message = f"'{value}' cannot be told from '{owners[said]}': both are said '{said}'"
            yield look.key_error(places[value], message, "say one of them otherwise")
        for way in sayings(phrase):
            owners.setdefault(way, value)


def _heard(look: Look, spec: FieldSpec, places: Mapping[str, Loc]) -> Iterator[Fault]:
    for value, phrase in options(spec).items():
        text = spec.choices[value] if isinstance(spec.choices, dict) else value
        yield from _digits(look, places[value], text)
        yield from _unheard(look, places[value], text, value)
        if look.heard is not None and text != value and not _can_be_heard(phrase, look.heard):
            message = f"nothing that can be said for '{value}' can be heard"
            yield look.key_warning(places[value], message, "add a way to say it in words that are known")


def _can_be_heard(phrase: Phrase, heard: frozenset[str]) -> bool:
    return any(way and heard.issuperset(way.split()) for way in sayings(phrase))


# ---- the recogniser -------------------------------------------------------------------------------------


def _unheard(look: Look, loc: Loc, text: str, value: str) -> Iterator[Fault]:
    if look.heard is None:
        return
    said = _SLOT.sub(" ", text)
    pieces = [piece for piece in _PIECE.findall(said) if not look.heard.issuperset(plain(piece).split())]
    if pieces:
        words = dict.fromkeys(word for piece in pieces for word in plain(piece).split() if word not in look.heard)
        listed = ", ".join(f"'{word}'" for word in words)
        hint = "use words it knows" if text != value else "give other ways to say it: 'choices: {value: one | another}'"
        yield look.warning(loc, f"the recogniser does not know {listed}", hint, piece=pieces[0])


def _unit(look: Look, loc: Loc, name: str) -> Iterator[Fault]:
    said = ways(unit_named(name))
    if look.heard is not None and not any(look.heard.issuperset(way.split()) for way in said):
        yield look.warning(loc, f"the recogniser does not know '{said[0]}'", "the number will do without it")


def _digits(look: Look, loc: Loc, text: str) -> Iterator[Fault]:
    for piece in _PIECE.findall(_SLOT.sub(" ", text)):
        if any(letter.isdigit() for letter in piece):
            message = f"'{piece}' is listened for as '{plain(piece)}'"
            yield look.warning(loc, message, "write it in words, as it is said", piece=piece)
            return
