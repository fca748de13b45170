"""The machine that is examined: its files, its programs, its people. Tests give another one, made of files."""

from __future__ import annotations

import os
import platform
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

_PROGRAM_S, _PYTHON_S = 10, 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program printed; ``error`` is the last line of what went wrong, empty when nothing did."""

    text: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """Of the file system that holds a folder."""

    free: int
    """Bytes that are left to this user."""
    files: int | None
    """How many more files it takes; None where it does not count them."""
    read_only: bool


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who runs the assistant."""

    name: str
    uid: int
    groups: frozenset[int]
    me: bool = False
    """Whether it is who asks: then the system itself is asked, which knows more than the mode of a file."""

    def may(self, path: Path, mode: int) -> bool:
        """Tell whether the user may read, write or enter (``os.R_OK`` and so on) what is there."""
        if self.me:
            return os.access(path, mode)
        if self.uid == 0:
            return True
        facts = path.stat()
        shift = 6 if facts.st_uid == self.uid else 3 if facts.st_gid in self.groups else 0
        return facts.st_mode >> shift & mode == mode


def run_program(command: Sequence[str], seconds: float = _PROGRAM_S) -> Answer | None:
    """Run a program for its answer; None where there is no such program."""
    try:
        run = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", timeout=seconds)
    except subprocess.TimeoutExpired:
        return Answer("", f"no answer within {seconds:g} s")
    except OSError:
        return None
    if run.returncode < 0:
        return Answer("", f"it died of {signal.Signals(-run.returncode).name}")
    lines = run.stderr.strip().splitlines()
    return Answer(run.stdout, "" if run.returncode == 0 else lines[-1] if lines else f"exit code {run.returncode}")


def run_python(code: str) -> Answer:
    """Run ``code`` in another Python: what ends that one leaves this one alone."""
    return run_program([sys.executable, "-P", "-c", code], _PYTHON_S) or Answer("", f"{sys.executable} is gone")


def room_at(path: Path) -> Room:
    """Ask the file system that holds a folder."""
    told = os.statvfs(path)
    files = told.f_favail if told.f_files else None
    return Room(told.f_bavail * told.f_frsize, files, bool(told.f_flag & os.ST_RDONLY))


def myself() -> User:
    """Return who asks."""
    import pwd

    try:
        name = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        name = str(os.geteuid())
    return User(name, os.geteuid(), frozenset({os.getegid(), *os.getgroups()}), me=True)


def _now() -> datetime:
    return datetime.now().astimezone()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Machine:
    """Everything of the outside that a check may look at."""

    root: Path = Path("/")
    """Where its files begin."""
    run: Callable[[Sequence[str]], Answer | None] = run_program
    python: Callable[[str], Answer] = run_python
    room: Callable[[Path], Room] = room_at
    now: Callable[[], datetime] = _now
    """The wall clock."""
    me: User = field(default_factory=myself)
    architecture: str = field(default_factory=platform.machine)
    cores: int = field(default_factory=_cores)

    def path(self, place: str | Path) -> Path:
        """Return where a file of this machine lies."""
        return self.root / str(place).lstrip("/")

    def shown(self, path: Path) -> str:
        """Return the name that the machine itself has for a file."""
        return f"/{path.relative_to(self.root)}" if path.is_relative_to(self.root) else str(path)

    def read(self, place: str | Path) -> str:
        """Return what a small file says; nothing when there is none."""
        try:
            return self.path(place).read_text("utf-8", "replace").strip("\0 \n")
        except OSError:
            return ""

    def group(self, name: str) -> tuple[int, frozenset[str]] | None:
        """Return a group's number and its members' names; None where there is no such group."""
        for row in self._table("etc/group", 4):
            if row[0] == name and row[2].isdigit():
                return int(row[2]), frozenset(filter(None, row[3].split(",")))
        return None

    def group_name(self, number: int) -> str:
        """Return a group's name, else its number."""
        return next((row[0] for row in self._table("etc/group", 4) if row[2] == str(number)), str(number))

    def user(self, name: str, *more: str) -> User | None:
        """Return a user of the machine, in its groups and in ``more``; None where there is none of this name."""
        rows = self._table("etc/group", 4)
        own = {int(row[2]) for row in rows if row[2].isdigit() and (name in row[3].split(",") or row[0] in more)}
        for row in self._table("etc/passwd", 4):
            if row[0] == name and row[2].isdigit() and row[3].isdigit():
                return User(name, int(row[2]), frozenset({int(row[3]), *own}))
        return None

    def _table(self, place: str, columns: int) -> list[list[str]]:
        rows = [line.split(":") for line in self.read(place).splitlines()]
        return [row for row in rows if len(row) >= columns]


def owner_and_mode(path: Path) -> tuple[int, str]:
    """Return a file's group, and its mode as ``ls`` shows it."""
    facts = path.stat()
    return facts.st_gid, stat.filemode(facts.st_mode)


def existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists."""
    return next((place for place in (folder, *folder.parents) if place.exists()), Path("/"))
