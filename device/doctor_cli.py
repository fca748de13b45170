"""``pipit doctor``: what is wrong, what mends it, and one file to send with a bug report."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipit.device.command_line import ConfigOption, JsonOption, complain, example, new_console, print_json
from pipit.errors import BadInput

if TYPE_CHECKING:
    from pipit.device.doctor import Case, Finding
    from pipit.device.doctor.bundle import Wish

app = typer.Typer()


@app.command(epilog=example("pipit doctor", "sudo pipit doctor --service", "pipit doctor --bundle report.tar.gz"))
def doctor(
    file: Annotated[
        Path | None, typer.Argument(help="The bundle's file; unset: pipit-report-DATE.tar.gz here.", show_default=False)
    ] = None,
    bundle: Annotated[
        bool, typer.Option("--bundle", help="Pack findings, logs, settings and sessions into one file to send.")
    ] = False,
    audio: Annotated[bool, typer.Option("--with-audio", help="With the sessions' voice notes.")] = False,
    transcripts: Annotated[bool, typer.Option("--with-transcripts", help="With all that was said.")] = False,
    thorough: Annotated[bool, typer.Option("--thorough", help="Read large weights whole; takes minutes.")] = False,
    service: Annotated[
        bool, typer.Option("--service", help="With the service's settings, weights and journal, not your own.")
    ] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Look at everything that can be wrong, and say how to mend it.

    Ends with 1 when something has to be mended; a bundle that was written ends with 0 whatever it says.
    """
    from pipit.device.doctor import Case, as_json, examine, render, settings_or_defaults, worst
    from pipit.device.doctor.bundle import Wish

    if not bundle and (file or audio or transcripts):
        raise BadInput("doctor-bundle", "a file, audio or transcripts without --bundle", "pipit doctor --bundle FILE")
    if service:
        config = _as_the_service(config)
    case, console = Case(settings_or_defaults(config), config, thorough=thorough or bundle), new_console()
    target = _target(case, file) if bundle else None
    with console.status("Looking at board, memory, weights and engines…"):
        findings = examine(case)
    told = as_json(findings)
    if not json:
        render(findings, console)
    if target is not None:
        told["bundle"] = _pack(case, findings, target, Wish(transcripts, audio))
    if json:
        print_json(told)
    if target is None and worst(findings) == "fail":
        raise typer.Exit(1)


def _as_the_service(config: Path | None) -> Path | None:
    """Look where the service looks; what systemd tells it is told here."""
    for name in [name for name in os.environ if name.startswith("XDG_") and name.endswith("_HOME")]:
        del os.environ[name]
    os.environ |= {"STATE_DIRECTORY": "/var/lib/pipit", "HOME": "/var/lib/pipit"}
    settings = Path("/etc/pipit/pipit.toml")
    return config or (settings if settings.is_file() else None)


def _target(case: Case, file: Path | None) -> Path:
    from pipit.device.doctor.bundle import target_for

    return target_for(file, case.machine.now())


def _pack(case: Case, findings: Sequence[Finding], target: Path, wish: Wish) -> dict[str, Any]:
    """Say what will be inside, on standard error, then write it."""
    from pipit.device.doctor.bundle import collect, contents, pack

    complain("\n".join(["The bundle will hold:", *(f"- {line}" for line in contents(wish))]))
    files = collect(case, findings, wish)
    size = pack(target, files, case.machine.now())
    parts = sorted({name.partition("/")[0].partition(".")[0] for name in files})
    complain(
        f"{target}: {size / 1024:,.0f} KiB, {len(files)} files ({', '.join(parts)}); look through it, then send it"
    )
    return {"path": str(target), "bytes": size, "files": sorted(files), "contents": contents(wish)}
