"""How the service does: its files, and what systemd says of it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipit.device.service.install import PLACED, SYSTEM, UNIT, content
from pipit.device.service.paths import pipit_program

_ASKED = {
    "ActiveState": "active",
    "SubState": "sub",
    "UnitFileState": "enabled",
    "StatusText": "says",
    "Result": "result",
    "MainPID": "pid",
    "NRestarts": "restarts",
    "ActiveEnterTimestamp": "since",
}
"""Properties of the unit, and what they are called here."""

FileState = Literal["as-shipped", "differs", "missing"]


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """``unit`` is empty where no systemd answers, or where another tree is looked at."""

    files: dict[str, FileState]
    unit: dict[str, str]

    @property
    def installed(self) -> bool:
        """Whether every file is there."""
        return "missing" not in self.files.values()

    @property
    def running(self) -> bool:
        """Whether it runs and hears."""
        return self.unit.get("active") in ("active", "reloading")

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        facts = {"version": 1, "installed": self.installed, "running": self.running}
        return {**facts, "unit": self.unit, "files": self.files}


def status(root: Path = SYSTEM, program: Path | None = None) -> ServiceStatus:
    """Look at the files below ``root``; for ``/``, ask systemd too."""
    chosen = program or pipit_program()
    files: dict[str, FileState] = {}
    for placed in PLACED:
        target = root / placed.target
        try:
            same = target.read_bytes() == content(placed, chosen)
            files[str(target)] = "as-shipped" if same else "differs"
        except OSError:
            files[str(target)] = "missing"
    return ServiceStatus(files, ask_systemd() if root == SYSTEM else {})


def ask_systemd() -> dict[str, str]:
    """Return what systemd says of the unit; empty when there is none to ask."""
    command = ["systemctl", "show", UNIT, f"--property={','.join(_ASKED)}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return {}
    if done.returncode:
        return {}
    told = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    return {name: told[key] for key, name in _ASKED.items() if told.get(key)}
