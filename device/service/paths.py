"""Where Pipit itself lies, and what of it the unit's sandbox would hide."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from pipit.errors import BadInput, Failure

HIDDEN = tuple(map(Path, ("/home", "/root", "/run/user", "/tmp", "/var/tmp")))  # noqa: S108 (hidden, not written to)
"""What the unit hides (ProtectHome, PrivateTmp); what Pipit needs of it is bound back in, read-only."""


def pipit_program() -> Path:
    """Return the ``pipit`` of this very environment, else the first on the path; raises ``Failure`` without any."""
    beside = Path(sys.executable).parent / "pipit"  # not resolved: the link to a base Python would lead out of a venv
    if beside.is_file():
        return beside
    if found := shutil.which("pipit"):
        return Path(found).absolute()
    raise Failure("service-no-pipit", f"there is no pipit beside {sys.executable}", "install Pipit into it first")


def binds(program: Path) -> list[Path]:
    """Return the folders that hold program, Python and code, as far as the sandbox hides them; none in another."""
    code = Path(__file__).resolve().parents[2]
    homes = {Path(sys.prefix).absolute(), Path(sys.base_prefix).resolve(), code, program.absolute().parent}
    hidden = {home for home in homes if any(home.is_relative_to(place) for place in HIDDEN)}
    return sorted(home for home in hidden if not any(home != other and home.is_relative_to(other) for other in hidden))


def quoted(path: Path) -> str:
    """Return a path as units spell it; raises ``BadInput`` for one that they cannot."""
    text = str(path)
    if not path.is_absolute() or re.search(r"[\x00-\x1f\x7f\"'\\:;$]", text):
        raise BadInput(
            "service-path", f"{text!r} cannot stand in a unit", "move Pipit to a plain path such as /opt/pipit"
        )
    text = text.replace("%", "%%")
    return f'"{text}"' if " " in text else text
