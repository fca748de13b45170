"""What may be said for the values of a choice, and for a text that is one of some phrases."""

from __future__ import annotations

from pipit.fsm.fields.hearing import plain
from pipit.fsm.fields.patterns import pattern
from pipit.fsm.flow.schema import FieldSpec
from pipit.models.phrases import Alt, Opt, Phrase, Seq, Slot, Words

_MOST_WAYS = 200


def options(spec: FieldSpec) -> dict[str, Phrase]:
    """Return each value of a choice with the ways to say it; the value itself is always one."""
    if not isinstance(spec.choices, dict):
        return {value: Words(plain(value)) for value in spec.choices}
    return {value: _also(plain(value), pattern(ways, {})) for value, ways in spec.choices.items()}


def of_phrases(spec: FieldSpec) -> Phrase | None:
    """Return what may be said for a text, None where that is anything."""
    return pattern(spec.phrases, {}) if spec.phrases else None


def sayings(phrase: Phrase) -> list[str]:
    """Return what a phrase can produce, the first few hundred at most."""
    match phrase:
        case Words(text):
            return [text]
        case Opt(part):
            return ["", *sayings(part)][:_MOST_WAYS]
        case Slot(_, part):
            return sayings(part)
        case Alt(parts):
            return [each for option in parts for each in sayings(option)][:_MOST_WAYS]
        case Seq(parts):
            made = [""]
            for part in parts:
                made = [f"{head} {tail}".strip() for head in made for tail in sayings(part)][:_MOST_WAYS]
            return made


def _also(value: str, ways: Phrase) -> Phrase:
    return Alt((Words(value), ways)) if value else ways
