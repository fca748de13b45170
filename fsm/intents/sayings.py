"""Sentences written as in flow files, laid out one by one: looking one up costs the same however many there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from pipit.fsm.fields.patterns import pattern
from pipit.models.phrases import Alt, Opt, Phrase, Seq, Slot, Words


def laid_out(patterns: Mapping[str, str]) -> dict[str, str]:
    """Return every sentence of some patterns with the pattern's name; ``|`` at the top separates sentences."""
    return {sentence: name for name, text in patterns.items() for sentence in every(pattern(text, {}))}


def every(phrase: Phrase) -> Iterator[str]:
    """Yield every sentence that a phrase without slots stands for."""
    match phrase:
        case Words(text):
            yield text
        case Alt(options):
            for option in options:
                yield from every(option)
        case Seq(parts):
            for row in product(*map(tuple, map(every, parts))):
                yield " ".join(part for part in row if part)
        case Opt(part):
            yield ""
            yield from every(part)
        case Slot(_, part):
            yield from every(part)
