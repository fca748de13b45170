"""The figures as a table, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipit.device.bench.run import Result
from pipit.device.bench.table import Figure
from pipit.errors import Failure

if TYPE_CHECKING:
    from rich.console import Console

_MET = {True: "[green]met[/]", False: "[red]not met[/]", None: "[dim]-[/]"}


def show(result: Result, console: Console) -> None:
    """Print the table, what first audio grows with, and the machine."""
    from rich.table import Table

    table = Table("#", "engines", "figure", "value", "target", "limit", "peers", "", box=None)
    for found in result.figures:
        if found.value is not None:
            table.add_row(*_row(found))
    console.print(table)
    for found in result.figures:
        if found.value is None:
            console.print(f"[dim]{found.number} {found.engines}: {found.how}[/]")
    for name, grown in result.growth.items():
        console.print(f"first audio, {name}: {grown.slope * 100:+.2f} % for each of {grown.unit}")
    at = result.machine
    free = f"{at['cores']} cores, two busy processes get {at['two_at_once']} each, load {at['load'][0]}"
    console.print(f"[dim]{at['processor']}, {free}, {at['date']}[/]")


def _row(found: Figure) -> tuple[str, ...]:
    sign = "≥" if found.name.startswith(("overlap", "tokens/s")) else "≤"
    limit = found.limit if isinstance(found.limit, str) else f"{found.limit:.3g}"
    peers = found.peer if isinstance(found.peer, str) else told(found.peer)
    value, target = f"{found.value:.3g}", f"{sign} {found.target:g}"
    return (
        str(found.number),
        found.engines,
        f"{found.name}, {found.unit}",
        value,
        target,
        limit,
        peers,
        _MET[found.met],
    )


def told(peers: Mapping[str, float]) -> str:
    """Return the peers and their values in a line."""
    return ", ".join(f"{name} {value:.3g}" for name, value in peers.items())


def save(result: Mapping[str, Any], path: Path) -> None:
    """Write the JSON."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise Failure("bench-write", f"{path}: {error.strerror}", "choose another place") from error
