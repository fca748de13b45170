"""Finds everything in a sentence that may be a field's value, whichever of it was meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from pipit.fsm.fields import clock, days, numerals
from pipit.fsm.fields.answers import Problem
from pipit.fsm.fields.assent import assent
from pipit.fsm.fields.bounds import bounded, clock_value, duration_value, number_value
from pipit.fsm.fields.choices import of_phrases, options
from pipit.fsm.fields.hearing import Heard
from pipit.fsm.fields.matching import Matcher
from pipit.fsm.fields.names import named_before
from pipit.fsm.fields.negation import is_denied
from pipit.fsm.fields.numerals import NUMBER_WORDS, word
from pipit.fsm.fields.quantity import Amount, amount
from pipit.fsm.fields.units import unit_at, unit_named
from pipit.fsm.flow.schema import FieldSpec
from pipit.fsm.session.events import Value
from pipit.models.phrases import Phrase

_POINTING = frozenset({"this", "that", "the", "which", "another", "each", "every", "any"})
_VAGUE = frozenset({"couple", "of", "few", "several", "many", "some"})
_WAITING = frozenset({"just", "wait", "on", "me", "hang", "hold"})


@dataclass(frozen=True, slots=True)
class Found:
    """A value, or what is wrong with one, in the words from ``start`` up to ``end``."""

    field: str
    start: int
    end: int
    value: Value | Problem
    sure: bool
    """Whether it can be nothing else, asked for or not."""
    own_unit: bool = False
    """Whether it was said in the very unit that the field counts."""
    stray: bool = False
    """Whether its unit is not the field's, so that it is rather another's."""
    claim: int = -1
    """Where the words that it uses begin: with the field's name where that was said."""

    @property
    def named(self) -> bool:
        """Whether the field's name leads on to it."""
        return self.claim >= 0

    @property
    def begin(self) -> int:
        """Where the words that it uses begin."""
        return self.claim if self.named else self.start


def find(spec: FieldSpec, heard: Heard, today: date) -> list[Found]:
    """Return all that may be a value of a field, in the order it was said."""
    found = list(_FINDERS[spec.type](spec, heard, today))
    return [_with_name(spec, heard, each) for each in found]


def _with_name(spec: FieldSpec, heard: Heard, found: Found) -> Found:
    begin = named_before(spec, heard.words, found.start)
    return found if begin is None else replace(found, claim=begin, sure=True)


def _numbers(spec: FieldSpec, heard: Heard, today: date) -> Iterator[Found]:
    found = list(_amounts(spec, heard))
    for at, said, value in found:
        # "just a minute" tells no one how long, and a weight is for another field
        is_vague = word(heard.words, at) in ("a", "an") and said.end - at <= 2
        own_unit = said.unit is not None and spec.unit is not None and said.unit == unit_named(spec.unit)
        stray = isinstance(value, Problem) and value.code in ("wrong-unit", "no-unit")
        stray = stray or (spec.unit is None and spec.type == "number" and _has_unit(heard, said))
        sure = said.unit is not None and not is_vague and not stray
        yield Found(spec.field, at, said.end, value, sure, own_unit, stray)
    if not found and spec.type == "number":
        for at in range(len(heard.words)):
            place = numerals.ordinal(heard.words, at)
            if place:
                yield Found(spec.field, at, place[1], bounded(spec, place[0]), False)
                return


def _amounts(spec: FieldSpec, heard: Heard) -> Iterator[tuple[int, Amount, Value | Problem]]:
    home = unit_named(spec.unit) if spec.unit else None
    of_value = duration_value if spec.type == "duration" else number_value
    at = 0
    while at < len(heard.words):
        found = None if _counts_nothing(heard, at) else amount(heard.words, heard.typed, at, home)
        if found and found.unit is None and is_denied(heard.words, at):
            found = _shortest(heard, at) or found  # "not nine seven" denies nine alone
        if found and home is None and spec.type == "number":
            found = _bare(heard, at)
        if found:
            yield at, found, of_value(spec, home, found)
        at = found.end if found else at + 1


def _has_unit(heard: Heard, said: Amount) -> bool:
    return any(unit_at(heard.words[: said.end], said.end - size, None) for size in (1, 2, 3) if size < said.end)


def _counts_nothing(heard: Heard, at: int) -> bool:
    """Tell whether words only look like an amount: ``that one``, ``a few hundred``, ``just a second``, ``14:30``."""
    this, before = word(heard.words, at), word(heard.words, at - 1)
    start, end = heard.spans[at]
    return (
        (this == "one" and _is_pronoun(heard, at))
        or (this in numerals.SIZES and before in _VAGUE)
        or (this in ("a", "an") and before in _WAITING)
        or ":" in heard.text[start:end]
    )


def _is_pronoun(heard: Heard, at: int) -> bool:
    """Tell whether a ``one`` stands for a thing: ``the left one``, but not ``the hours one seventeen``."""
    points = word(heard.words, at - 1) in _POINTING or word(heard.words, at - 2) == "the"
    return points and word(heard.words, at + 1) not in NUMBER_WORDS | {"point", "and", "half"}


def _shortest(heard: Heard, at: int) -> Amount | None:
    found = numerals.cardinal(heard.words, at)
    return found and Amount(found[0], None, found[1])


def _bare(heard: Heard, at: int) -> Amount | None:
    """Read a number of a field without a unit; one that is said all the same means nothing."""
    found = numerals.number(heard.words, at)
    if found and is_denied(heard.words, at):
        found = numerals.cardinal(heard.words, at) or found
    if not found:
        return None
    unit = unit_at(heard.words, found[1], None, heard.typed[found[1] - 1])
    return Amount(found[0], None, unit[1] if unit else found[1])


def _choices(spec: FieldSpec, heard: Heard, today: date) -> Iterator[Found]:
    yield from _said(spec, heard, options(spec), lambda value, _: value)


def _phrases(spec: FieldSpec, heard: Heard, today: date) -> Iterator[Found]:
    closed = of_phrases(spec)
    if closed is not None:
        yield from _said(spec, heard, {"": closed}, lambda _, words: words)


def _said(
    spec: FieldSpec, heard: Heard, ways: Mapping[str, Phrase], value: Callable[[str, str], str]
) -> Iterator[Found]:
    """Yield the longest of some sayings at each place, left to right."""
    matcher = Matcher(heard.words)
    at = 0
    while at < len(heard.words):
        ends = {name: matcher.longest(way, at) for name, way in ways.items()}
        end = max(ends.values(), default=at)
        if end > at and not _is_in_number(heard, at, end):
            words = " ".join(heard.words[at:end])
            for name in [name for name, its in ends.items() if its == end][:2]:
                yield Found(spec.field, at, end, value(name, words), True)
        at = max(end, at + 1)


def _is_in_number(heard: Heard, start: int, end: int) -> bool:
    """Tell whether words are a piece of a larger number: the seven of ``seventy seven``."""
    words = heard.words
    if not {words[start], words[end - 1]} & NUMBER_WORDS:
        return False
    if word(words, start - 1) in ("minus", "point") or word(words, end) == "point":
        return True
    for at in range(max(0, start - 8), end):
        found = numerals.cardinal(words, at)
        if found and (at < start < found[1] or at < end < found[1]):
            return True
    return False


def _times(spec: FieldSpec, heard: Heard, today: date) -> Iterator[Found]:
    at = 0
    while at < len(heard.words):
        found = clock.time_at(heard.words, at)
        if found and (found.sure or word(heard.words, at - 1) not in ("minus", "negative", "point")):
            yield Found(spec.field, at, found.end, clock_value(spec, found), found.sure)
        at = found.end if found else at + 1


def _days(spec: FieldSpec, heard: Heard, today: date) -> Iterator[Found]:
    at = 0
    while at < len(heard.words):
        found = days.day_at(heard.words, at, today)
        if found:
            wrong = Problem(spec.field, "no-such-date", f"{heard.said(at, found.end)}: there is no such day.")
            yield Found(spec.field, at, found.end, found.value.isoformat() if found.value else wrong, found.sure)
        at = found.end if found else at + 1


def _assents(spec: FieldSpec, heard: Heard, today: date) -> Iterator[Found]:
    found = assent(heard.words)
    if found:
        yield Found(spec.field, found[1], found[2], found[0], False)


_FINDERS: dict[str, Callable[[FieldSpec, Heard, date], Iterator[Found]]] = {
    "number": _numbers,
    "duration": _numbers,
    "choice": _choices,
    "text": _phrases,
    "time": _times,
    "date": _days,
    "yes-no": _assents,
}
