"""Names that are there twice, or that mean something else already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath

from pipit.fsm.flow.course import END
from pipit.fsm.flow.fault import Fault
from pipit.fsm.flow.lint.look import Look
from pipit.fsm.flow.terms import KEYWORDS
from pipit.fsm.flow.tree import Loc

_TAKEN = {END: "ends the flow", "start": "is where the flow begins"}


def check_names(look: Look) -> Iterator[Fault]:
    """Phases, fields and artifacts are told apart in the whole flow, questions in their phase."""
    yield from _file_name(look)
    yield from _twice(look, "phase", (((*loc, "name"), phase.name) for loc, phase in look.phases()))
    yield from _twice(look, "field", (((*loc, "field"), spec.field) for loc, _, spec in look.fields()))
    yield from _twice(look, "artifact", (((*loc, "name"), spec.name) for loc, _, spec in look.artifacts()))
    for loc, phase in look.phases():
        found = (((*loc, "questions", i, "id"), question.id) for i, question in enumerate(phase.questions))
        yield from _twice(look, "question", found)
    yield from _taken(look)


def _file_name(look: Look) -> Iterator[Fault]:
    name = PurePath(look.file)
    if name.suffix in (".yaml", ".yml") and name.stem != look.flow.flow:
        hint = f"it is started by the file's name: '{name.stem}'"
        yield look.warning(("flow",), f"the flow '{look.flow.flow}' is in a file called {name.name}", hint)


def _twice(look: Look, what: str, found: Iterable[tuple[Loc, str]]) -> Iterator[Fault]:
    seen: dict[str, Loc] = {}
    for loc, name in found:
        if name in seen:
            line = look.document.place(look.document.node(seen[name]).start)[0]
            hint = "give one of them another name"
            yield look.error(loc, f"there is another {what} called '{name}', in line {line}", hint)
        seen.setdefault(name, loc)


def _taken(look: Look) -> Iterator[Fault]:
    for loc, phase in look.phases():
        if phase.name in _TAKEN:
            message = f"no phase can be called '{phase.name}'"
            yield look.error((*loc, "name"), message, f"'{phase.name}' {_TAKEN[phase.name]}")
        fields = {spec.field for spec in phase.collect}
        for index, spec in enumerate(phase.artifacts):
            if spec.name in fields:
                message = f"'{spec.name}' is a field and an artifact of this phase"
                yield look.error((*loc, "artifacts", index, "name"), message, "give one of them another name")
    for loc, _, field in look.fields():
        if field.field in KEYWORDS:
            hint = f"'{field.field}' has a meaning of its own in conditions"
            yield look.error((*loc, "field"), f"no field can be called '{field.field}'", hint)
