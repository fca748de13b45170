"""A flow in a few words for each phase: what drawings and overviews have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipit.fsm.flow.course import Way, ways
from pipit.fsm.flow.schema import FieldSpec, Flow, Phase
from pipit.fsm.flow.terms import plain_number

_MOST_CHOICES = 5


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a phase asks for or says; ``required`` is None where that is no question."""

    name: str
    note: str = ""
    required: bool | None = None


def title_of(phase: Phase) -> str:
    """Return how a phase is called by people."""
    return phase.title or phase.name.replace("_", " ").replace("-", " ")


def items_of(flow: Flow, phase: Phase) -> tuple[Item, ...]:
    """Return what a phase asks for, or how much it says."""
    fields = (Item(spec.field, field_note(spec), spec.required) for spec in phase.collect)
    kept = (Item(spec.name, spec.kind.replace("-", " "), spec.required) for spec in phase.artifacts)
    asked = (Item(question.id, _follow_ups(question.follow_ups)) for question in phase.questions)
    return (*fields, *kept, *asked, *_guided(flow, phase))


def field_note(spec: FieldSpec) -> str:
    """Return what kind of value a field takes: ``number in h, 0 to 99999``."""
    notes = [f"{spec.type} in {spec.unit}" if spec.unit else spec.type.replace("-", " or ")]
    if spec.choices:
        shown = list(spec.choices)[:_MOST_CHOICES]
        notes = [", ".join(shown) + (" …" if len(spec.choices) > len(shown) else "")]
    if spec.min is not None and spec.max is not None:
        notes.append(f"{plain_number(spec.min)} to {plain_number(spec.max)}")
    elif spec.min is not None:
        notes.append(f"at least {plain_number(spec.min)}")
    elif spec.max is not None:
        notes.append(f"at most {plain_number(spec.max)}")
    return ", ".join([*notes, "read back"] if spec.confirm else notes)


def labelled_ways(flow: Flow) -> tuple[tuple[Way, str], ...]:
    """Return every way with what stands beside it: its condition, or ``otherwise`` after others."""
    found = ways(flow)
    several = {way.source for way in found if way.when}
    return tuple((way, way.when or ("otherwise" if way.source in several else "")) for way in found)


def _follow_ups(most: int) -> str:
    return {0: "no follow-up", 1: "1 follow-up at most"}.get(most, f"{most} follow-ups at most")


def _guided(flow: Flow, phase: Phase) -> Iterator[Item]:
    if phase.kind != "guided":
        return
    whole = sum(other.share for other in flow.phases if other.kind == "guided")
    if flow.minutes:
        seconds = round(flow.minutes * 60 * phase.share / whole)
        yield Item(f"{seconds // 60} min {seconds % 60} s" if seconds % 60 else f"{seconds // 60} min")
    if phase.lines:
        yield Item(f"{len(phase.lines)} lines" if len(phase.lines) > 1 else "1 line")
    if phase.prompt:
        yield Item("the model speaks")
