"""What is examined, and what is found."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from pipit.device.config import Settings
from pipit.device.doctor.machine import Machine, User

Status = Literal["ok", "warn", "fail"]

MiB = 1 << 20
SERVICE = "pipit"
"""The service's user, and its own group."""
UNIT_FILE = "etc/systemd/system/pipit.service"
SERVICE_STATE = "var/lib/pipit"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    name: str
    status: Status
    what: str
    mend: str = ""
    """A command or an action; empty when there is nothing to mend."""


@dataclass(frozen=True)
class Case:
    """What is examined."""

    settings: Settings
    config_file: Path | None = None
    machine: Machine = field(default_factory=Machine)
    thorough: bool = False
    """Whether large files are read whole."""

    @cached_property
    def unit(self) -> str:
        """The service's unit with its drop-ins; empty where it is not installed."""
        main = self.machine.read(UNIT_FILE)
        more = sorted(self.machine.path(f"{UNIT_FILE}.d").glob("*.conf")) if main else []
        return "\n".join([main, *(self.machine.read(self.machine.shown(path)) for path in more)]).strip()

    @property
    def service_groups(self) -> list[str]:
        """The groups that the unit asks for."""
        return re.findall(r"\S+", " ".join(re.findall(r"^SupplementaryGroups=(.*)$", self.unit, re.MULTILINE)))

    @cached_property
    def users(self) -> list[User]:
        """Who runs the assistant: the service's user where it is installed, else who asks."""
        service = self.machine.user(SERVICE, *self.service_groups) if self.unit else None
        return [service or self.machine.me]

    @property
    def journals(self) -> list[Path]:
        """The folders of the journals: of who asks, and of the service."""
        own = self.settings.journal.place
        service = self.machine.path(SERVICE_STATE)
        return [own, service] if self.unit and service != own else [own]


def join(group: str, user: User) -> str:
    """Return the command that brings a user into a group."""
    after = "then log in again" if user.me else "then: sudo systemctl restart pipit"
    return f"sudo usermod -aG {group} {user.name}, {after}"
