"""The tables of ``pipit eval``: shares by condition, then what was taken for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipit.device.eval.report import heard_by
from pipit.device.eval.run import Plan
from pipit.device.eval.score import Column, Confusion
from pipit.device.eval.trial import first_phase

_MOST_CONFUSIONS = 20


def show(plan: Plan, columns: Sequence[Column], engines: dict[str, Any], console: Console) -> None:
    """Print what was measured."""
    console.print(_shares(plan, columns))
    confusions = _confusions(columns)
    if confusions is not None:
        console.print(confusions)
    console.print(f"[dim]{escape(_how(plan, columns, engines))}[/]", soft_wrap=True)


def _shares(plan: Plan, columns: Sequence[Column]) -> Table:
    table = _table(f"{plan.flow.flow}: {len(columns[0].results)} labelled", columns)
    table.add_row("[bold]all fields right[/]", *(f"[bold]{column.share():.3f}[/]" for column in columns))
    table.add_row("  right", *(str(column.right) for column in columns))
    table.add_row("  words of the grammar", *(str(column.accepted) for column in columns))
    table.add_row("  other words", *(str(column.rejected) for column in columns))
    table.add_row("  nothing heard", *(str(column.unheard) for column in columns), end_section=True)
    for spec in first_phase(plan.flow).collect:
        counted = [column.field(spec.field) for column in columns]
        table.add_row(escape(spec.field), *(f"{right / of:.3f}" for right, of in counted))
    return table


def _confusions(columns: Sequence[Column]) -> Table | None:
    counts = [column.confusions() for column in columns]
    ranked = [each for each, _ in sum(counts, Counter[Confusion]()).most_common()]
    if not ranked:
        return None
    left = len(ranked) - _MOST_CONFUSIONS
    table = _table("wanted → got" + (f" (and {left} more: --json)" if left > 0 else ""), columns)
    for each in ranked[:_MOST_CONFUSIONS]:
        words = f"{each.field}: {_value(each.wanted)} → {_value(each.got)}"
        table.add_row(escape(words), *(str(count[each] or "·") for count in counts))
    return table


def _table(title: str, columns: Sequence[Column]) -> Table:
    table = Table(title=title, title_justify="left", header_style="dim")
    table.add_column("", overflow="fold")
    for column in columns:
        table.add_column(column.name if len(columns) > 1 else "", justify="right")
    return table


def _value(value: object) -> str:
    return "nothing" if value is None else str(value)


def _how(plan: Plan, columns: Sequence[Column], engines: dict[str, Any]) -> str:
    if plan.folder is None:
        return "the labels' texts, read by the flow's parsers"
    heard = heard_by(plan)
    grammar = "the phase's exact grammar" if plan.exact else "open decoding alone"
    noise = f", in {plan.noise.name} (seed {plan.noise.seed})" if plan.noise and len(columns) > 1 else ""
    edition = (engines["sha256"] or "")[:12]
    return f"{engines['recognizer']} {edition}, {grammar}, {heard['microphone']} microphone{noise}"
