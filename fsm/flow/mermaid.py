"""A flow as a Mermaid diagram, as READMEs and wikis draw it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipit.fsm.flow.course import END
from pipit.fsm.flow.outline import Item, items_of, labelled_ways, title_of
from pipit.fsm.flow.schema import Flow, Phase

_SHAPES = {"checklist": ("[", "]"), "interview": ("(", ")"), "guided": ("([", "])"), "open": ("{{", "}}")}
_UNSAFE = re.compile(r"[^\w .,:!?=/()'|+*-]")
_MOST_ITEMS = 12


def mermaid(flow: Flow) -> str:
    """Return the diagram's text; ``*`` marks what is required."""
    ids = {phase.name: f"p{index}" for index, phase in enumerate(flow.phases, 1)} | {END: "done"}
    lines = ["flowchart TD", f'    begin(["{_safe(flow.title)}"]) --> p1']
    lines += [f"    {ids[phase.name]}{_box(flow, phase)}" for phase in flow.phases]
    ends = False
    for way, label in labelled_ways(flow):
        words = f'-- "{_safe(label)}" ' if label else ""
        lines.append(f"    {ids[way.source]} {words}--> {ids[way.to]}")
        ends = ends or way.to == END
    return "\n".join([*lines, '    done((" end "))'] if ends else lines) + "\n"


def _box(flow: Flow, phase: Phase) -> str:
    left, right = _SHAPES[phase.kind]
    return f'{left}"{"<br/>".join(_lines(flow, phase))}"{right}'


def _lines(flow: Flow, phase: Phase) -> Iterator[str]:
    yield f"<b>{_safe(title_of(phase))}</b>"
    yield f"<i>{phase.kind}</i>"
    items = items_of(flow, phase)
    yield from (_line(item) for item in items[:_MOST_ITEMS])
    if len(items) > _MOST_ITEMS:
        yield f"and {len(items) - _MOST_ITEMS} more"


def _line(item: Item) -> str:
    mark = " *" if item.required else ""
    return _safe(f"{item.name}{mark}: {item.note}" if item.note else f"{item.name}{mark}")


def _safe(text: str) -> str:
    """Return a text with everything escaped that Mermaid or HTML might take for its own."""
    return _UNSAFE.sub(lambda letter: f"#{ord(letter.group())};", " ".join(text.split()))
