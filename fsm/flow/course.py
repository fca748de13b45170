"""Which ways lead from phase to phase, and what can be reached by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipit.fsm.flow.schema import Flow

END = "end"
"""Where a flow goes after its last phase, and where a rule may lead; no phase is called so."""


@dataclass(frozen=True, slots=True)
class Way:
    """From one phase to another or to the end; ``rule`` is its place under ``next``, None for the order of the file."""

    source: str
    to: str
    when: str | None = None
    rule: int | None = None


def ways(flow: Flow) -> tuple[Way, ...]:
    """Return every way that may be taken, in the order in which they are tried."""
    return tuple(way for index in range(len(flow.phases)) for way in _from(flow, index))


def _from(flow: Flow, index: int) -> Iterable[Way]:
    phase = flow.phases[index]
    for rule, entry in enumerate(phase.next if flow.order == "free" else ()):
        yield Way(phase.name, entry.to, entry.when, rule)
        if entry.when is None:
            return
    yield Way(phase.name, flow.phases[index + 1].name if index + 1 < len(flow.phases) else END)


def reached(start: str, found: Iterable[Way]) -> frozenset[str]:
    """Return what can be reached from a phase, itself included."""
    return _spread(start, _targets((way.source, way.to) for way in found))


def leading_to(goal: str, found: Iterable[Way]) -> frozenset[str]:
    """Return from where a phase, or the end, can be reached, itself included."""
    return _spread(goal, _targets((way.to, way.source) for way in found))


def all_before(flow: Flow) -> dict[str, frozenset[str]]:
    """Return, for each phase, those that may have been completed when it begins."""
    found = ways(flow)
    back = _targets((way.to, way.source) for way in found)
    leading = {phase.name: _spread(phase.name, back) for phase in flow.phases}
    return {name: frozenset().union(*(leading[source] for source in back.get(name, ()))) for name in leading}


def _targets(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    targets: dict[str, set[str]] = {}
    for source, to in pairs:
        targets.setdefault(source, set()).add(to)
    return targets


def _spread(start: str, targets: Mapping[str, set[str]]) -> frozenset[str]:
    seen, edge = {start}, [start]
    while edge:
        fresh = targets.get(edge.pop(), set()) - seen
        seen |= fresh
        edge += fresh
    return frozenset(seen)
