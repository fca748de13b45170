"""All that a phase still listens for, as one exact grammar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipit.fsm.fields.grammar import YES_NO, phrase_of, sure_phrase_of
from pipit.fsm.fields.grammar_numbers import either
from pipit.fsm.fields.grammar_time import any_of
from pipit.fsm.fields.matching import ANYTHING, words_of
from pipit.fsm.fields.names import name_words
from pipit.fsm.fields.patterns import prune
from pipit.fsm.fields.reading import is_free
from pipit.fsm.fields.spoken_patterns import pattern_of
from pipit.fsm.flow.schema import FieldSpec
from pipit.models.phrases import Opt, Phrase, Seq, Slot, Words

_PLEASE = Opt(any_of("please", "thanks", "thank you"))
_LEAD = Opt(any_of("it is", "it's", "that's", "it says", "about", "i think", "i think it's", "the answer is", "just"))
_MEND = Opt(
    any_of("no", "no no", "sorry", "no sorry", "actually", "no i said", "i said", "no i meant", "i meant", "no it's")
)
_SET = Opt(any_of("change", "correct", "set", "make"))
_LINK = Opt(any_of("is", "are", "was", "says", "to", "at", "it's"))
_AGREEING = any_of(
    *"yes|yeah|yes please|that's right|correct|right|okay|no|nope|no thanks|that's wrong|that's not right".split("|")
)
_UNKNOWING = any_of("i don't know", "i'm not sure", "no idea")


def phase_phrase(
    wanted: Sequence[FieldSpec], phrases: Sequence[str], asked: str | None, commands: Sequence[str]
) -> Phrase | None:
    """Return one exact grammar of all that counts now; None when free text is asked for.

    The answer to what was asked, the other fields with their name or beyond doubt without, the phase's patterns,
    yes and no, corrections and the command words.
    """
    specs = {spec.field: spec for spec in wanted}
    if asked in specs and is_free(specs[asked]):
        return None
    slots = {name: Slot(name, said) for name, spec in specs.items() if (said := phrase_of(spec)) is not None}
    is_asking = any(spec.type == "yes-no" for spec in wanted)
    options: list[Phrase] = [YES_NO if is_asking else _AGREEING, _UNKNOWING]
    options += [any_of(*commands)] if commands else []
    options += _patterns(specs, phrases)
    values = ([slots[asked]] if asked in slots else []) + _unasked(specs, asked)
    if values:
        options.append(Seq((_MEND, _LEAD, either(values), _PLEASE)))
    if slots:
        options.append(Seq((_MEND, _SET, Opt(Words("the")), either(_named(slots)), _PLEASE)))
    return either(options)


def _patterns(specs: Mapping[str, FieldSpec], phrases: Sequence[str]) -> list[Phrase]:
    """Return the patterns that can be said; one with a free text in it is left to open listening."""
    fitted = [prune(pattern_of(text, specs)) for text in phrases]
    return [Seq((each, _PLEASE)) for each in fitted if each is not None and ANYTHING.text not in words_of(each)]


def _unasked(specs: Mapping[str, FieldSpec], asked: str | None) -> list[Phrase]:
    """Return the values that say by themselves which field they are for."""
    said = {name: sure_phrase_of(spec) for name, spec in specs.items() if name != asked}
    return [Slot(name, phrase) for name, phrase in said.items() if phrase is not None]


def _named(slots: Mapping[str, Slot]) -> list[Phrase]:
    return [Seq((Words(" ".join(name_words(name))), _LINK, slot)) for name, slot in slots.items() if name_words(name)]
