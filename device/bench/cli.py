"""``pipit bench``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipit.device.command_line import ConfigOption, example, new_console, print_json
from pipit.errors import BadInput

if TYPE_CHECKING:
    from rich.console import Console

    from pipit.device.bench.run import Result

app = typer.Typer()


@app.command(
    epilog=example(
        "pipit bench",
        "pipit bench --only 1,2,7 --engines scripted --json figures.json",
        "pipit bench --tune",
        "pipit bench --tune --dry-run --json -",
        "sudo pipit bench --tune --config /etc/pipit/pipit.toml",
    )
)
def bench(
    json: Annotated[Path | None, typer.Option("--json", help="File for what was measured; - prints it.")] = None,
    only: Annotated[str, typer.Option("--only", help="Numbers of figures, such as 1,2,7.")] = "",
    engines: Annotated[
        str,
        typer.Option(
            "--engines", help="scripted (of fixed speed), random, random-x-low (weights of real shape), pocket."
        ),
    ] = "scripted,pocket",
    quick: Annotated[bool, typer.Option("--quick", help="Once each, in seconds: to see that it works.")] = False,
    plots: Annotated[Path | None, typer.Option("--plots", help="Folder for pictures; needs matplotlib.")] = None,
    tune: Annotated[
        bool, typer.Option("--tune", help="Find the best numbers of threads here, and write them down; takes minutes.")
    ] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="With --tune: only show them.")] = False,
    config: ConfigOption = None,
) -> None:
    """Measure the figures of speed: ratios in one run, beside peers, on this machine.

    With --tune the configured engines are tried instead: generation while the voice speaks and the ear hears, with one
    number of threads after the other. The best are written into the configuration, under engines.
    """
    if tune:
        _require_alone(only, plots)
        _tune(config, json, dry=dry, quick=quick)
        return
    if dry or config:
        raise BadInput("bench-tune", "--dry-run and --config go with --tune", "pipit bench --tune --dry-run")
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


def _require_alone(only: str, plots: Path | None) -> None:
    if only or plots:
        raise BadInput("bench-tune", "--tune takes no figures: --only and --plots do not go with it", "run it alone")


def _tune(config: Path | None, json: Path | None, *, dry: bool, quick: bool) -> None:
    from pipit.device.bench.show import save
    from pipit.device.bench.tuning.run import Wish, tune
    from pipit.device.bench.tuning.show import bar, show

    printed = str(json) == "-"
    with bar(quiet=printed) as begin:
        outcome = tune(Wish(config, dry, rounds=1 if quick else 3), begin)
    if printed:
        print_json(outcome.as_dict())
        return
    show(outcome, new_console())
    if json:
        save(outcome.as_dict(), json)


def _give(result: Result, console: Console, json: Path | None, printed: bool) -> None:
    from pipit.device.bench.show import save, show

    if printed:
        print_json(result.as_dict())
        return
    show(result, console)
    if json:
        save(result.as_dict(), json)


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
