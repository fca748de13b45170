"""What all commands share: options, how settings are read, how things are shown."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from pipit.device.config import Settings
    from pipit.models import Engines

ConfigOption = Annotated[Path | None, typer.Option("--config", "-c", help="A TOML file instead of the usual one.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="Folder for replies, report and timeline.")]
MicOption = Annotated[
    bool | None,
    typer.Option("--open-mic/--push-to-talk", help="Speech opens a turn, or just the button.", show_default=False),
]


FlowOption = Annotated[
    str, typer.Option("--flow", "-f", help="A flow to follow: its name or its file.", show_default=False)
]
JournalOption = Annotated[
    Path | None, typer.Option("--journal", help="Folder where sessions are kept instead of the usual one.")
]


def example(*lines: str) -> str:
    """Return the example that stands at the end of a command's help."""
    return "Example: " + "  ·  ".join(f"[cyan]{line}[/]" for line in lines)


def settings_from(config: Path | None) -> Settings:
    """Read the configuration and set up the logs."""
    from pipit.device.config import load_settings
    from pipit.device.log import set_up

    settings = load_settings(config)
    set_up(settings.log)
    return settings


def engines_from(settings: Settings, console: Console | None) -> Engines:
    """Load the engines, telling so on ``console``."""
    from pipit.device.engines import load_all

    if console is None:
        return load_all(settings)
    with console.status("Loading recogniser, model and voice…"):
        engines = load_all(settings)
    names = (engines.recognizer.name, engines.model.name, engines.voice.name)
    console.print(f"[dim]{' · '.join(names)}[/]")
    return engines


def new_console() -> Console:
    """Return where things are shown."""
    from rich.console import Console

    return Console(highlight=False)


def print_json(value: Any) -> None:
    """Print a value for programs."""
    print(json.dumps(value, indent=1, ensure_ascii=False))


def complain(line: str) -> None:
    """Print a line on standard error."""
    print(line, file=sys.stderr)
