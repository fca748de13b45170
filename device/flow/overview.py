"""A flow in the terminal: its phases one below the other, with what they ask for and where they lead."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipit.device.flow.find import FoundFlow
from pipit.fsm.flow.course import END
from pipit.fsm.flow.outline import Item, items_of, labelled_ways, title_of
from pipit.fsm.flow.schema import Flow, Phase

KIND_COLOURS = {"checklist": "blue", "interview": "magenta", "guided": "green", "open": "yellow"}


def flow_table(flows: Sequence[FoundFlow]) -> Table:
    """Return the flows there are; of one with a fault, that."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("name", "title", ""):
        table.add_column(column)
    for flow in flows:
        title = Text(flow.title) if not flow.fault else Text(flow.fault, "red")
        table.add_row(Text(flow.name, "bold"), title, Text("comes with Pipit" if flow.ships else "yours", "dim"))
    return table


def overview(flow: Flow) -> RenderableType:
    """Return what is shown of a flow."""
    facts = [flow.flow, f"{flow.order} order"]
    facts += [f"{flow.minutes:g} minutes"] if flow.minutes else []
    head = Text.assemble((flow.title, "bold"), (f"   {' · '.join(facts)}", "dim"))
    table = Table(box=None, padding=(0, 2, 1, 0), header_style="dim")
    for column in ("", "phase", "asks for or says", "leads to"):
        table.add_column(column)
    for index, phase in enumerate(flow.phases, 1):
        table.add_row(Text(str(index), "dim"), _name(phase), _items(flow, phase), _ways(flow, phase))
    marks = Text.assemble(("●", "red"), (" required   ○ optional", "dim"))
    return Group(head, Text(), table, marks)


def _name(phase: Phase) -> Text:
    name = Text.assemble((title_of(phase), "bold"), "\n", (phase.kind, KIND_COLOURS[phase.kind]))
    return name.append(f" {phase.name}", "dim") if phase.name != title_of(phase) else name


def _items(flow: Flow, phase: Phase) -> Text:
    said = [Text(phase.say, "italic dim")] if phase.say else []
    return Text("\n").join([*said, *(_item(item) for item in items_of(flow, phase))])


def _item(item: Item) -> Text:
    mark = {True: ("● ", "red"), False: ("○ ", "dim"), None: ("", "")}[item.required]
    return Text.assemble(mark, item.name, (f"  {item.note}" if item.note else "", "dim"))


def _ways(flow: Flow, phase: Phase) -> Text:
    lines = []
    for way, label in labelled_ways(flow):
        if way.source == phase.name:
            to = ("the end", "dim") if way.to == END else (way.to, "bold")
            lines.append(Text.assemble("→ ", to, (f"  {label}" if label else "", "cyan")))
    return Text("\n").join(lines)
