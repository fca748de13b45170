"""``pipit service``: install it, see how it does, take it away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipit.device.service.install import Done
    from pipit.device.service.status import ServiceStatus

app = typer.Typer(
    help="Pipit as a service of systemd: from boot on, started anew when it hangs, in a sandbox without network.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

RootOption = Annotated[
    Path, typer.Option("--root", help="Where the system's tree begins, for an image.", show_default="/")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@app.command(epilog="Example: [cyan]sudo .venv/bin/pipit service install[/]")
def install(
    root: RootOption = Path("/"),
    start: Annotated[bool, typer.Option("--start/--no-start", help="Start it now, or at the next boot.")] = True,
) -> None:
    """Write unit, user, folders and udev rules; then enable and start it. Doing it again mends what differs."""
    from pipit.device.service import install as service

    _show(service.install(root, start=start))
    if root == service.SYSTEM:
        print("see how it does: pipit service status   what it writes: journalctl -u pipit")
    else:
        print(f"in the image, enable it: systemctl --root={root} enable {service.UNIT}")


@app.command(epilog="Example: [cyan]pipit service status[/]  ·  [cyan]pipit service status --json[/]")
def status(root: RootOption = Path("/"), as_json: JsonOption = False) -> None:
    """Say whether it is installed, whether it runs, and what it does; exit code 1 when it does not run."""
    from pipit.device.service import status as service

    found = service.status(root)
    if as_json:
        print(json.dumps(found.as_json(), indent=1))
    else:
        _describe(found)
    system = root == Path("/")
    raise typer.Exit(0 if (found.running if system else found.installed) else 1)


@app.command(epilog="Example: [cyan]sudo .venv/bin/pipit service uninstall[/]")
def uninstall(root: RootOption = Path("/")) -> None:
    """Stop it and remove its files; /var/lib/pipit, the user and edited settings stay."""
    from pipit.device.service import install as service

    _show(service.uninstall(root))


def _show(done: Sequence[Done]) -> None:
    for one in done:
        print(f"{one.change:9}  {one.path}")


def _describe(found: ServiceStatus) -> None:
    unit = found.unit
    state = f"{unit['active']} ({unit['sub']})" if {"active", "sub"} <= set(unit) else "systemd does not answer"
    print(f"service    {state}" if found.installed else f"service    not installed; {state}")
    for name in ("says", "since", "pid", "restarts", "result", "enabled"):
        if name in unit:
            print(f"{name:9}  {unit[name]}")
    for path, condition in found.files.items():
        print(f"{condition:10} {path}")
