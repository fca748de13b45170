"""``pipit doctor``: everything that can be wrong with this board, each with the mend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipit.device.config import Settings, load_settings
from pipit.device.doctor import (
    board_checks,
    checks,
    disk_checks,
    engine_checks,
    flow_checks,
    hand_checks,
    journal_checks,
    running,
    service_checks,
    sound_checks,
    weights_checks,
)
from pipit.device.doctor.case import Case, Finding, Status
from pipit.device.settings import EngineChoice, Listen, Log, Reply
from pipit.errors import BadConfig, PipitError

Check = Callable[[Case], Finding | list[Finding]]

CHECKS: tuple[Check, ...] = (
    checks.python,
    board_checks.board,
    board_checks.throttling,
    board_checks.temperature,
    board_checks.speed,
    board_checks.swap,
    checks.clock,
    checks.config,
    flow_checks.flows,
    flow_checks.intents,
    disk_checks.disk,
    disk_checks.writable,
    disk_checks.log,
    journal_checks.journal,
    sound_checks.cards,
    sound_checks.rates,
    hand_checks.pins,
    hand_checks.key,
    hand_checks.serial,
    service_checks.service,
    service_checks.service_user,
    running.running,
    engine_checks.engines,
    engine_checks.native,
    weights_checks.weights,
    weights_checks.digests,
    weights_checks.memory,
)
"""In the order in which they are shown."""

BROKEN = "the check itself failed"

_WORST: tuple[Status, ...] = ("ok", "warn", "fail")
_MARKS: dict[Status, str] = {"ok": "[green]✓ ok[/]", "warn": "[yellow]! warn[/]", "fail": "[bold red]✗ fail[/]"}


def examine(case: Case, given: Sequence[Check] = CHECKS) -> list[Finding]:
    """Run every check; one that crashes becomes a finding, too."""
    return [finding for check in given for finding in _run(check, case)]


def settings_or_defaults(config_file: Path | None = None) -> Settings:
    """Return the settings; the defaults when they are broken, so that the rest can still be examined.

    ``examine`` then reports what is wrong with them.
    """
    try:
        return load_settings(config_file)
    except BadConfig:
        return Settings.model_construct(listen=Listen(), engines=EngineChoice(), reply=Reply(), log=Log())


def worst(findings: Sequence[Finding]) -> Status:
    """Return the gravest status; ``fail`` means exit code 1."""
    return max((finding.status for finding in findings), key=_WORST.index, default="ok")


def render(findings: Sequence[Finding], console: Console) -> None:
    """Print a table, the mend under each thing that needs one, and a last line that sums it up."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        table.add_row(_MARKS[finding.status], finding.name, escape(finding.what))
        if finding.mend:
            table.add_row("", "", f"[cyan]→ {escape(finding.mend)}[/]")
    console.print(table)
    console.print(_summary(findings), highlight=False)


def _summary(findings: Sequence[Finding]) -> str:
    counts = {status: sum(finding.status == status for finding in findings) for status in _WORST}
    if counts["fail"]:
        return f"[bold red]{counts['fail']} to mend[/], {counts['warn']} to know about"
    return f"[green]ready[/], {counts['warn']} to know about" if counts["warn"] else "[green]ready[/]"


def as_text(findings: Sequence[Finding]) -> str:
    """Return the form for a file."""
    lines = [f"{it.status:4}  {it.name:17}  {it.what}" + (f"\n      → {it.mend}" if it.mend else "") for it in findings]
    return "\n".join(lines) + "\n"


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the form for programs."""
    return {"version": 1, "worst": worst(findings), "findings": [asdict(finding) for finding in findings]}


def _run(check: Check, case: Case) -> list[Finding]:
    name = getattr(check, "__name__", "check")
    try:
        found = check(case)
    except PipitError as error:
        return [Finding(name, "fail", error.message, error.hint)]
    except OSError as error:
        what = f"{error.filename or 'the system'}: {error.strerror or error}"
        return [Finding(name, "fail", what, "check that it is there and that this user may use it")]
    except Exception as error:
        what = " ".join(f"{BROKEN}: {type(error).__name__}: {error}".split())
        return [Finding(name, "fail", what, "report this fault of Pipit's: pipit doctor --bundle")]
    return [_on_one_line(each) for each in (found if isinstance(found, list) else [found])]


def _on_one_line(finding: Finding) -> Finding:
    return replace(finding, what=" ".join(finding.what.split()), mend=" ".join(finding.mend.split()))
