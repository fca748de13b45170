"""Puts the service's files where systemd looks for them, and takes them away again.

``root`` is where the system's tree begins: ``/`` for this very system, a folder for an image that is being built;
only for ``/`` are systemd, sysusers, tmpfiles and udev told about it.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipit.device.service.paths import binds, pipit_program, quoted
from pipit.errors import Failure

UNIT = "pipit.service"
SYSTEM = Path("/")
UDEV = Path("/run/udev/control")
BOOTED = Path("/run/systemd/system")
"""There while systemd runs the machine."""
FILES = Path(__file__).parent / "files"
"""The repository's ``systemd/``."""

Change = Literal["written", "unchanged", "kept", "removed", "absent"]
Run = Callable[[Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Placed:
    """A file of ours and its place in the system's tree; a setting is never overwritten."""

    source: str
    target: str
    setting: bool = False


PLACED = (
    Placed("pipit.sysusers", "etc/sysusers.d/pipit.conf"),
    Placed("pipit.tmpfiles", "etc/tmpfiles.d/pipit.conf"),
    Placed("99-pipit.rules", "etc/udev/rules.d/99-pipit.rules"),
    Placed("pipit.toml", "etc/pipit/pipit.toml", setting=True),
    Placed("pipit.service", f"etc/systemd/system/{UNIT}"),
)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one file."""

    path: Path
    change: Change


def content(placed: Placed, program: Path) -> bytes:
    """Return what the installed file holds."""
    text = (FILES / placed.source).read_text(encoding="utf-8")
    lines = "\n".join(f"BindReadOnlyPaths={quoted(path)}" for path in binds(program))
    return text.replace("@PIPIT@", quoted(program)).replace("@BINDS@", lines or "# (it lies in none)").encode()


def install(
    root: Path = SYSTEM, program: Path | None = None, *, start: bool = True, run: Run | None = None
) -> list[Done]:
    """Write every file that is not as it should be, then start the service, anew if something changed.

    Raises ``Failure``, before anything is changed, when this takes root, systemd or a ``pipit`` that is not there;
    and when a file cannot be written or systemd refuses.
    """
    require_root(root, "install")
    if root == SYSTEM and not BOOTED.is_dir():
        hint = "pipit run starts it by hand, --root installs into an image"
        raise Failure("service-no-systemd", "systemd does not run this machine", hint)
    chosen = program or pipit_program()
    done = [_place(root, placed, content(placed, chosen)) for placed in PLACED]
    if root == SYSTEM or run:
        _announce(run or run_command, start, changed=any(one.change == "written" for one in done))
    return done


def uninstall(root: Path = SYSTEM, *, run: Run | None = None) -> list[Done]:
    """Stop the service and remove its files; its state, its user and settings that were edited stay."""
    require_root(root, "uninstall")
    told = run or (run_command if root == SYSTEM and BOOTED.is_dir() else None)
    unit = root / PLACED[-1].target
    if told and unit.exists():
        told(("systemctl", "disable", "--now", UNIT))
    done = [_remove(root, placed) for placed in PLACED]
    with contextlib.suppress(OSError):  # there are other settings in it, or there was none
        (root / "etc/pipit").rmdir()
    if told and any(one.change == "removed" for one in done):
        told(("systemctl", "daemon-reload"))
        _reload_rules(told)
    return done


def require_root(root: Path, verb: str) -> None:
    """Raise ``Failure`` with the command that would do when the system's own tree is not ours to change."""
    if root == SYSTEM and os.geteuid() != 0:
        message = f"to {verb} the service takes root"
        raise Failure("service-needs-root", message, f"sudo {pipit_program()} service {verb}")


def run_command(command: Sequence[str]) -> None:
    """Run a command; raises ``Failure`` with its own words when it is missing or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except FileNotFoundError as error:
        raise Failure("service-command", f"there is no {command[0]}", "Pipit's service needs systemd") from error
    except subprocess.TimeoutExpired as error:
        raise Failure("service-command", f"{' '.join(command)} took longer than a minute") from error
    if done.returncode:
        words = (done.stderr or done.stdout).strip() or f"exit code {done.returncode}"
        raise Failure("service-command", f"{' '.join(command)}: {words}")


def _announce(run: Run, start: bool, changed: bool) -> None:
    # the user and the groups before udev reads rules that name them
    run(("systemd-sysusers", "pipit.conf"))
    run(("systemd-tmpfiles", "--create", "pipit.conf"))
    _reload_rules(run)
    run(("systemctl", "daemon-reload"))
    run(("systemctl", "enable", UNIT))
    if start:
        # it is ready when it hears; who types this need not wait for a microphone
        run(("systemctl", "--no-block", "restart" if changed else "start", UNIT))


def _reload_rules(run: Run) -> None:
    if UDEV.exists():  # a container has none; whoever starts later reads the rules by itself
        run(("udevadm", "control", "--reload"))
        run(("udevadm", "trigger", "--subsystem-match=tty", "--subsystem-match=input", "--subsystem-match=gpio"))


def _place(root: Path, placed: Placed, wanted: bytes) -> Done:
    target = root / placed.target
    try:
        if target.is_file():
            if target.read_bytes() == wanted:
                return Done(target, "unchanged")
            if placed.setting:
                return Done(target, "kept")
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, wanted)
    except OSError as error:
        raise Failure("service-write", f"{target}: {error.strerror}", "nothing was started") from error
    return Done(target, "written")


def _write(target: Path, wanted: bytes) -> None:
    """Replace a file whole: a pulled plug leaves the old one or the new one."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(wanted)
            os.fchmod(file.fileno(), 0o644)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _remove(root: Path, placed: Placed) -> Done:
    target = root / placed.target
    try:
        if not target.exists():
            return Done(target, "absent")
        if placed.setting and target.read_bytes() != (FILES / placed.source).read_bytes():
            return Done(target, "kept")
        target.unlink()
    except OSError as error:
        raise Failure("service-remove", f"{target}: {error.strerror}") from error
    return Done(target, "removed")
