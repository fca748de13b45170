"""Reads answers: one field's, or all that a sentence tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from pipit.fsm.fields.answers import Filling, Problem, Reading
from pipit.fsm.fields.choices import of_phrases, options, sayings
from pipit.fsm.fields.finding import Found, find
from pipit.fsm.fields.hearing import Heard, hear
from pipit.fsm.fields.nearness import Near, nearest
from pipit.fsm.fields.negation import is_denied, is_refused, unknowing
from pipit.fsm.fields.notes import note
from pipit.fsm.fields.saying import one_of, question, spoken
from pipit.fsm.fields.settling import decide, meant
from pipit.fsm.fields.spoken_patterns import by_pattern
from pipit.fsm.flow.schema import FieldSpec

_LIGHT = frozenset(
    "a an the it it's its is i'd i'll i'm i would like want think have please thanks thank you and about around just so"
    " then okay ok that that's this was are be with to can get me could may for of at on in hi hello hey my".split()
)
_FEW = 3


def read(spec: FieldSpec, said: str, today: date) -> Reading | Problem | None:
    """Read the answer to a field's question; None when the words have nothing to do with it."""
    return read_heard(spec, hear(said), today)


def read_heard(spec: FieldSpec, heard: Heard, today: date) -> Reading | Problem | None:
    """Read the answer to a field's question from words that were taken apart before."""
    filled = _read(spec, heard, today)
    return filled[0] if filled else None


def read_all(wanted: Sequence[FieldSpec], said: str, asked: str | None, phrases: Sequence[str], today: date) -> Filling:
    """Read all that one sentence tells of the fields that are still wanted.

    First the phase's patterns, which have to fit the whole sentence; then each field's values, the named before the
    longer before the one that was asked for; what was not asked for must be beyond doubt. Free text is read only when
    it was asked for, and then it is the whole sentence.
    """
    heard = hear(said)
    specs = {spec.field: spec for spec in wanted}
    fitted = by_pattern(specs, heard, phrases)
    if fitted is not None:
        words, slots = fitted
        return _filling(
            [_read(specs[name], words.cut(range(*span)), today) for name, span in slots.items()], words, None
        )
    if asked in specs and is_free(specs[asked]):
        return _filling([_read(specs[asked], heard, today)], heard, None)
    return _by_fields(specs, heard, asked, today)


Outcome = tuple[Reading | Problem, range]
"""What a field came to, and which words it used."""


def found_for(specs: Iterable[FieldSpec], heard: Heard, asked: str | None, today: date) -> dict[str, list[Found]]:
    """Return what may be meant for each field, no two with the same words."""
    standing: list[Found] = []
    for spec in specs:
        is_asked = spec.field == asked
        kept = meant(spec, heard, find(spec, heard, today), is_asked).found
        standing += [each for each in kept if each.sure or is_asked]
    shared: dict[str, list[Found]] = {}
    for each in _apart(standing, asked):
        shared.setdefault(each.field, []).append(each)
    return shared


def _by_fields(specs: Mapping[str, FieldSpec], heard: Heard, asked: str | None, today: date) -> Filling:
    shared = found_for(specs.values(), heard, asked, today)
    outcomes: list[Outcome | None] = []
    for name, found in shared.items():
        decided = decide(specs[name], heard, found)
        if decided and name == asked and not found[0].named:
            decided = _if_known(specs[name], heard, decided)
        if decided:
            outcomes += [(decided, range(each.begin, each.end)) for each in found]
    if asked is not None and asked in specs and asked not in shared:
        used = {i for each in outcomes if each for i in each[1]}
        left = heard.cut([i for i in range(len(heard.words)) if i not in used]) if used else heard
        outcomes.append(_otherwise(specs[asked], left, find(specs[asked], left, today), not used))
    return _filling(outcomes, heard, {i for each in outcomes if each for i in each[1]})


def _read(spec: FieldSpec, heard: Heard, today: date) -> Outcome | None:
    """Read one field from words that are about it alone."""
    whole = range(len(heard.words))
    if is_free(spec):
        taken = note(spec, heard)
        return (taken, whole) if taken else None
    found = found_for([spec], heard, spec.field, today).get(spec.field, [])
    decided = _if_known(spec, heard, decide(spec, heard, found))
    if decided:
        return decided, range(found[0].begin, found[0].end)
    return _otherwise(spec, heard, find(spec, heard, today), True)


def _if_known(spec: FieldSpec, heard: Heard, decided: Reading | Problem | None) -> Reading | Problem | None:
    """Doubt a value that comes with "I don't know"."""
    if isinstance(decided, Reading) and unknowing(heard.words):
        return Problem(spec.field, "unclear", f"Is it {spoken(spec, decided.value)}?")
    return decided


def _otherwise(spec: FieldSpec, heard: Heard, found: Sequence[Found], alone: bool) -> Outcome | None:
    """Say what is in the way where an answer has no value: a near miss, a denial, or no choice at all."""
    near = _near(spec, heard) if not found else None
    if near:
        return near
    if (found and meant(spec, heard, found, True).denied) or unknowing(heard.words):
        return Problem(spec.field, "unclear", question(spec)), range(0)
    content = [word for word in heard.words if word not in _LIGHT]
    if alone and spec.type == "choice" and 0 < len(content) <= _FEW:
        names = one_of([spoken(spec, value) for value in spec.choices])
        return Problem(spec.field, "not-a-choice", f"It can be {names}."), range(0)
    return None


def _near(spec: FieldSpec, heard: Heard) -> Outcome | None:
    closed = of_phrases(spec) if spec.type == "text" else None
    ways = {each: [each] for each in sayings(closed)} if closed else {}
    if spec.type == "choice":
        ways = {value: [each for each in sayings(way) if each] for value, way in options(spec).items()}
    near = nearest(heard.words, ways) if ways else None
    if near is None or is_denied(heard.words, near.start, near.end) or is_refused(heard.words, near.start):
        return None
    return _meant_by(spec, heard, near), range(near.start, near.end)


def _meant_by(spec: FieldSpec, heard: Heard, near: Near) -> Reading | Problem:
    if len(near.values) == 1:
        return Reading(spec.field, near.values[0], heard.said(near.start, near.end))
    names = [spoken(spec, value) for value in near.values]
    return Problem(spec.field, "ambiguous", f"Did you say {one_of(names[:3])}?")


def _apart(found: Sequence[Found], asked: str | None) -> list[Found]:
    """Keep what does not share words: the named, then the longer, then what was asked for.

    Where two fields that were not asked for have the same claim, neither gets it.
    """

    def rank(each: Found) -> tuple[bool, bool, int, bool, bool]:
        return each.named, not each.stray, each.end - each.begin, each.field == asked, each.own_unit

    kept: list[Found] = []
    for each in sorted(found, key=rank, reverse=True):
        rivals = [
            other for other in found if other.field != each.field and other.start < each.end and each.start < other.end
        ]
        tied = any(rank(other) == rank(each) for other in rivals)
        taken = any(other.begin < each.end and each.begin < other.end and other.field != each.field for other in kept)
        if not tied and not taken:
            kept.append(each)
    return sorted(kept, key=lambda each: each.start)


def is_free(spec: FieldSpec) -> bool:
    """Tell whether a field takes any words."""
    return spec.type == "text" and not spec.phrases


def _filling(outcomes: Sequence[Outcome | None], heard: Heard, used: Iterable[int] | None) -> Filling:
    """Put outcomes together; ``used`` are the words that were, None for all."""
    told = list(dict.fromkeys(outcome[0] for outcome in outcomes if outcome))
    return Filling(
        tuple(each for each in told if isinstance(each, Reading)),
        tuple(each for each in told if isinstance(each, Problem)),
        "" if used is None else _rest(heard, set(used)),
    )


def _rest(heard: Heard, used: set[int]) -> str:
    left = [i for i, word in enumerate(heard.words) if i not in used and word not in _LIGHT]
    return " ".join(dict.fromkeys(heard.said(i, i + 1) for i in left))
