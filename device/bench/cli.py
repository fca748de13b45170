"""``pipit bench``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipit.device.command_line import example, new_console, print_json
from pipit.errors import BadInput

if TYPE_CHECKING:
    from rich.console import Console

    from pipit.device.bench.run import Result

app = typer.Typer()


@app.command(epilog=example("pipit bench", "pipit bench --only 1,2,7 --engines scripted --json figures.json"))
def bench(
    json: Annotated[Path | None, typer.Option("--json", help="File for the figures; - prints them.")] = None,
    only: Annotated[str, typer.Option("--only", help="Numbers of figures, such as 1,2,7.")] = "",
    engines: Annotated[
        str, typer.Option("--engines", help="scripted (of fixed speed), random (weights of real shape), pocket.")
    ] = "scripted,pocket",
    quick: Annotated[bool, typer.Option("--quick", help="Once each, in seconds: to see that it works.")] = False,
    plots: Annotated[Path | None, typer.Option("--plots", help="Folder for pictures; needs matplotlib.")] = None,
) -> None:
    """Measure the figures of speed: ratios in one run, beside peers, on this machine."""
    from pipit.device.bench.plots import draw, require
    from pipit.device.bench.run import Plan, run_bench

    plan = Plan(_names(engines), _numbers(only), quick)
    if plots:
        require()  # not after ten minutes
    console, printed = new_console(), str(json) == "-"
    status = console.status("Measuring…")
    with nullcontext() if printed else status:
        result = run_bench(plan, lambda what: status.update(f"Measuring {what}…"))
    _give(result, console, json, printed)
    for path in draw(result, plots) if plots else ():
        console.print(f"[dim]{path}[/]")


def _give(result: Result, console: Console, json: Path | None, printed: bool) -> None:
    from pipit.device.bench.show import save, show

    if printed:
        print_json(result.as_dict())
        return
    show(result, console)
    if json:
        save(result, json)


def _names(given: str) -> tuple[str, ...]:
    from pipit.device.bench.rigs import NAMES

    names = tuple(dict.fromkeys(name.strip() for name in given.split(",") if name.strip()))
    for name in names or ("",):
        if name not in NAMES:
            raise BadInput("bench-engines", f"no engines are called '{name}'", f"there are {', '.join(NAMES)}")
    return names


def _numbers(given: str) -> frozenset[int]:
    from pipit.device.bench.table import TABLE

    numbers = [part.strip() for part in given.split(",") if part.strip()]
    for number in numbers:
        if not number.isdecimal() or int(number) not in TABLE:
            raise BadInput("bench-only", f"there is no figure '{number}'", f"they are numbered 1 to {len(TABLE)}")
    return frozenset(map(int, numbers))
