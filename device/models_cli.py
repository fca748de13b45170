"""``pipit models``: which weights there are, and whether their files are as they should be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Weights: what there is, what it needs, whether it is whole.", no_args_is_help=True, rich_markup_mode="rich"
)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
ConfigOption = Annotated[Path | None, typer.Option("--config", "-c", help="A TOML file instead of the usual one.")]
SetArgument = Annotated[str, typer.Argument(metavar="SET", help="Such as board; without one, the set in use.")]


@app.command("list", epilog="Example: [cyan]pipit models list --json[/]")
def list_(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """List the sets of weights: size, memory, licence, what each is good for, what is here and what is in use."""
    from rich.console import Console

    from pipit.device.config import load_settings
    from pipit.device.models_show import set_table, sets_as_json
    from pipit.models.catalogue import catalogue, models_folder

    used = load_settings(config).engines.weights
    if as_json:
        print(json.dumps({"version": 1, "folder": str(models_folder()), "sets": sets_as_json(used)}, indent=1))
        return
    console = Console(highlight=False)
    for name in catalogue().sets:
        console.print(set_table(name, name == used))
    console.print(f"Fetched weights lie in {models_folder()}", soft_wrap=True)


@app.command(epilog="Example: [cyan]pipit models verify[/]  ·  [cyan]pipit models verify board --json[/]")
def verify(name: SetArgument = "", as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Compare every file of a set with its size and SHA-256; exit code 1 when one is wrong, 2 for an unknown set."""
    from rich.console import Console

    from pipit.device.config import load_settings
    from pipit.device.engines import SCRIPTED
    from pipit.device.models_show import check_files, show_verdicts, verdicts_as_json
    from pipit.device.weights import known_set, listed_files

    chosen = name or load_settings(config).engines.weights
    if chosen == SCRIPTED:
        print(json.dumps(verdicts_as_json(chosen, [])) if as_json else "scripted engines: no weights to verify")
        return
    verdicts = check_files(listed_files(known_set(chosen)))
    if as_json:
        print(json.dumps(verdicts_as_json(chosen, verdicts), indent=1))
    else:
        show_verdicts(chosen, verdicts, Console())
    raise typer.Exit(0 if all(verdict.ok for verdict in verdicts) else 1)
