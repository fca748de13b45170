"""A phase's patterns, fitted to a whole sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipit.fsm.fields.grammar import phrase_of
from pipit.fsm.fields.hearing import Heard
from pipit.fsm.fields.matching import ANYTHING, Matcher, Span
from pipit.fsm.fields.patterns import NEVER, pattern, slots_of
from pipit.fsm.flow.schema import FieldSpec
from pipit.models.phrases import Phrase

_POLITE = frozenset("please hi hello hey thanks okay ok so and then i'd say".split())
_POLITE_PAIRS = frozenset({("thank", "you"), ("i", "think"), ("good", "morning"), ("if", "possible")})


def by_pattern(
    specs: Mapping[str, FieldSpec], heard: Heard, phrases: Sequence[str]
) -> tuple[Heard, dict[str, Span]] | None:
    """Return where the fields are of the first pattern that fits, and in which words; politeness does not count."""
    fitted = [pattern_of(text, specs) for text in phrases]
    for words in _without_politeness(heard):
        for phrase in fitted:
            slots = Matcher(words.words).slots(phrase) if words.words else None
            if slots:
                return words, slots
    return None


def pattern_of(text: str, specs: Mapping[str, FieldSpec]) -> Phrase:
    """Return a pattern with the fields' own words; a field that is no longer wanted cannot be said."""
    slots = dict[str, Phrase].fromkeys(slots_of(text), NEVER)
    return pattern(text, slots | {name: phrase_of(spec) or ANYTHING for name, spec in specs.items()})


def _without_politeness(heard: Heard) -> Iterator[Heard]:
    yield heard
    words, start, end = heard.words, 0, len(heard.words)
    while start < end and (skip := _polite(words[start : start + 2])):
        start += skip
    while end > start and (skip := _polite(words[max(end - 2, start) : end], last=True)):
        end -= skip
    yield heard.cut(range(start, end))
    yield heard.cut([i for i in range(start, end) if words[i] != "please"])


def _polite(pair: tuple[str, ...], last: bool = False) -> int:
    """Return how many words of politeness begin, or end, some words."""
    if pair in _POLITE_PAIRS:
        return 2
    return int((pair[-1] if last else pair[0]) in _POLITE)
