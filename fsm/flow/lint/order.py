"""Whether every phase is reached, and every way comes to an end."""

from __future__ import annotations

from collections.abc import Iterator

from pipit.fsm.flow.course import END, leading_to, reached, ways
from pipit.fsm.flow.fault import Fault
from pipit.fsm.flow.lint.look import Look
from pipit.fsm.flow.schema import Phase
from pipit.fsm.flow.tree import Loc
from pipit.nearest import nearest_key


def check_order(look: Look) -> Iterator[Fault]:
    """Look at the rules alone, then at the ways that they make."""
    names = [phase.name for phase in look.flow.phases]
    broken = False
    for loc, phase in look.phases():
        for fault in _rules(look, loc, phase, names):
            broken = True
            yield fault
    if not broken and len(set(names)) == len(names):
        yield from _ways(look, names)


def _rules(look: Look, loc: Loc, phase: Phase, names: list[str]) -> Iterator[Fault]:
    if phase.next and look.flow.order == "strict":
        hint = "in a strict flow the phases follow each other as they stand; for rules, write 'order: free' at the top"
        yield look.key_error((*loc, "next"), "'next' has no effect here", hint)
        return
    for index, rule in enumerate(phase.next):
        if rule.to not in (*names, END):
            near = nearest_key(rule.to, (*names, END))
            hint = f"did you mean '{near}'?" if near else f"the phases are {', '.join(names)}; 'end' ends the flow"
            yield look.error((*loc, "next", index, "to"), f"there is no phase '{rule.to}'", hint)
    always = next((index for index, rule in enumerate(phase.next) if rule.when is None), None)
    if always is not None and always + 1 < len(phase.next):
        hint = "the rule before it has no 'when', so it is always taken: put that last"
        yield look.error((*loc, "next", always + 1), "this rule is never looked at", hint)
    if phase.next and always is None and phase.name != names[-1]:
        following = names[names.index(phase.name) + 1]
        hint = f"add a last rule without 'when', such as '- to: {following}'"
        yield look.key_error((*loc, "next"), "when none of these conditions holds, nothing says where to go", hint)


def _ways(look: Look, names: list[str]) -> Iterator[Fault]:
    found = ways(look.flow)
    from_start, to_end = reached(names[0], found), leading_to(END, found)
    for loc, phase in look.phases():
        if phase.name not in from_start:
            yield look.error((*loc, "name"), f"no way leads to '{phase.name}'", "let a rule lead here, or remove it")
    stuck = [(loc, phase.name) for loc, phase in look.phases() if phase.name in from_start - to_end]
    # every phase that is stuck leads into a circle; the first one in it is the one to name
    rounds = [(loc, name, [n for n in names if n in look.before[name] & reached(name, found)]) for loc, name in stuck]
    for loc, name, circle in rounds:
        if name in circle:
            way = f"between {_listed(circle)}" if len(circle) > 1 else f"back to '{name}'"
            message = f"the flow never comes to an end: it goes {way} for ever"
            yield look.error((*loc, "name"), message, "let one of the rules lead out, such as '- to: end'")
            return
    yield from _again(look)


def _again(look: Look) -> Iterator[Fault]:
    """What is known is not asked again, so a way back is rarely what was meant."""
    for loc, phase in look.phases():
        for index, rule in enumerate(phase.next):
            if rule.to != END and look.flow.phase(rule.to).kind != "open" and _is_back(look, phase.name, rule.to):
                hint = "what is known by then is not asked again"
                yield look.warning((*loc, "next", index, "to"), f"'{rule.to}' comes before this phase", hint)


def _is_back(look: Look, source: str, to: str) -> bool:
    return source == to or to in look.before[source]


def _listed(names: list[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"
