"""How the walks of a dry run are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape

from pipit.fsm.flow.schema import Flow
from pipit.fsm.session.dry_run import Walk

ARROW = " → "


def show_walks(walks: Sequence[Walk], missed: Sequence[str], console: Console, *, short: bool) -> None:
    """Print each walk as a conversation, or only its phases."""
    for number, walk in enumerate(walks, start=1):
        end = f"[green]{walk.ended}[/]" if walk.ended else "[red]stuck[/]"
        console.print(f"[bold]{number} of {len(walks)}[/]  {escape(ARROW.join(walk.path))}{ARROW}{end}")
        if not short:
            _conversation(walk, console)
    if missed:
        console.print(f"[red]never reached:[/] {escape(', '.join(missed))}")


def _conversation(walk: Walk, console: Console) -> None:
    phase = ""
    for line in walk.lines:
        if line.phase != phase:
            phase = line.phase
            console.print(f"  [dim]{escape(phase)}[/]")
        who = "[bold green]Pipit[/]" if line.who == "assistant" else "[bold cyan]  You[/]"
        console.print(f"  {who}  {escape(line.text)}")
    known = ", ".join(f"{name} = {value}" for name, value in walk.values.items())
    console.print(f"  [dim]{escape(known)}[/]\n" if known else "")


def walks_as_json(flow: Flow, walks: Sequence[Walk], missed: Sequence[str]) -> dict[str, Any]:
    """Return them as a JSON object."""
    told = [
        {
            "path": list(walk.path),
            "ended": walk.ended,
            "values": dict(walk.values),
            "lines": [{"who": line.who, "text": line.text, "phase": line.phase} for line in walk.lines],
        }
        for walk in walks
    ]
    return {"version": 1, "flow": flow.flow, "walks": told, "never_reached": list(missed)}
