"""What can be wrong with the machine: each check looks at one thing and says what it found and how to mend it."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import platformdirs

from pipit.device.config import Settings, config_path, load_settings
from pipit.errors import BadConfig

Status = Literal["ok", "warn", "fail"]

MiB = 1 << 20
_LEAST_FREE, _LITTLE_FREE = 64 * MiB, 512 * MiB
_THROTTLE_BITS = ("power too weak", "clock capped", "throttled", "too hot")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    name: str
    status: Status
    what: str
    mend: str = ""
    """A command or an action; empty when there is nothing to mend."""


def _now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class Case:
    """What is examined."""

    settings: Settings
    config_file: Path | None = None
    root: Path = Path("/")
    """Where /proc and /sys are found; another folder in tests."""
    now: Callable[[], datetime] = _now
    """The wall clock."""


def data_folder() -> Path:
    """Return where the journal lives: systemd's folder for a service, else the person's own."""
    if state := os.environ.get("STATE_DIRECTORY"):
        return Path(state.split(":")[0])
    return platformdirs.user_data_path("pipit")


def python(_: Case) -> Finding:
    """Python 3.11 to 3.13, 64 bits: the engines exist for no other."""
    version = platform.python_version()
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("python", "fail", f"Python {version}", "install Python 3.11, 3.12 or 3.13, then 'make run'")
    if sys.maxsize < 1 << 32:
        return Finding("python", "fail", f"Python {version} of 32 bits", "use a 64-bit system: the voice needs it")
    return Finding("python", "ok", f"Python {version}")


def board(case: Case) -> Finding:
    """Tell the board's name and its cores."""
    model = (
        read_text(case.root / "proc/device-tree/model").strip("\0 \n") or f"{platform.system()} {platform.machine()}"
    )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    what = f"{model}, {cores} core{'s' if cores > 1 else ''}"
    if cores < 2:
        return Finding("board", "warn", what, "answers will come late: give it two cores or more")
    return Finding("board", "ok", what)


def throttling(case: Case) -> list[Finding]:
    """Ask a Raspberry Pi's firmware whether it had to slow down; other boards have nothing to ask."""
    flags = _throttle_flags(case.root)
    if flags is None:
        return []
    now = [name for bit, name in enumerate(_THROTTLE_BITS) if flags >> bit & 1]
    before = [name for bit, name in enumerate(_THROTTLE_BITS) if flags >> (bit + 16) & 1]
    mend = "use the board's own power supply, and cool it"
    if now:
        return [Finding("throttling", "fail", f"now: {', '.join(now)}", mend)]
    if before:
        return [Finding("throttling", "warn", f"since it was started: {', '.join(before)}", mend)]
    return [Finding("throttling", "ok", "never since it was started")]


def _throttle_flags(root: Path) -> int | None:
    for path in sorted((root / "sys/devices/platform").glob("soc*/*/get_throttled")):
        if text := read_text(path).strip():
            return int(text, 16)
    if program := shutil.which("vcgencmd"):
        run = subprocess.run(
            [program, "get_throttled"], capture_output=True, encoding="utf-8", errors="replace", timeout=5
        )
        found = re.search(r"throttled=0x([0-9a-fA-F]+)", run.stdout)
        return int(found[1], 16) if found else None
    return None


def audio(case: Case) -> Finding:
    """Look for sound cards that can record and play."""
    sound = case.root / "proc/asound"
    cards = re.findall(r"^ *\d+ \[.*?\]: (.+)$", read_text(sound / "cards"), re.MULTILINE)
    if not cards:
        mend = "plug in a USB microphone and a speaker; 'pipit replay WAV' works without"
        return Finding("audio", "warn", "no sound card: recordings only", mend)
    records, plays = any(sound.glob("card*/pcm*c")), any(sound.glob("card*/pcm*p"))
    if not records:
        return Finding("audio", "warn", f"{'; '.join(cards)}: none can record", "plug in a USB microphone")
    if not plays:
        return Finding("audio", "warn", f"{'; '.join(cards)}: none can play", "plug in a speaker")
    devices = [path for path in sorted((case.root / "dev/snd").glob("pcm*")) if not os.access(path, os.R_OK | os.W_OK)]
    if devices:
        mend = "sudo usermod -aG audio $USER, then log in again"
        return Finding("audio", "fail", f"{devices[0]} may not be opened by this user", mend)
    return Finding("audio", "ok", "; ".join(cards))


def disk(_: Case) -> Finding:
    """Journal and logs need room."""
    place = _existing(data_folder())
    free = shutil.disk_usage(place).free
    what = f"{free // MiB:,} MiB free at {place}"
    if free < _LITTLE_FREE:
        return Finding("disk", "fail" if free < _LEAST_FREE else "warn", what, "delete or move what is not needed")
    return Finding("disk", "ok", what)


def writable(_: Case) -> Finding:
    """The journal must be written; nothing is left behind by trying."""
    folder = data_folder()
    place = _existing(folder)
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"pipit")
    except OSError as error:
        mend = f"sudo chown $USER {place}, or set XDG_DATA_HOME to a folder that can be written"
        return Finding("data", "fail", f"{place} cannot be written ({error.strerror})", mend)
    return Finding("data", "ok", f"{folder} can be written")


def clock(case: Case) -> Finding:
    """A board without a clock wakes in the past; latency figures need one that never goes back."""
    now = case.now()
    if now.year < 2025:
        mend = "sudo timedatectl set-ntp true, or 'clock = false' under [reply]"
        return Finding("clock", "fail" if case.settings.reply.clock else "warn", f"it says {now:%Y-%m-%d}", mend)
    info, ticks = time.get_clock_info("monotonic"), [time.monotonic() for _ in range(1000)]
    if ticks != sorted(ticks) or info.resolution > 0.001:
        return Finding("clock", "fail", "its steps go back or are too long", "report this with the board's name")
    return Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M %Z}, steady")


def config(case: Case) -> Finding:
    """The configuration is read once more, so that a file that changed under a running service shows too."""
    path = case.config_file or config_path()
    try:
        load_settings(path)
    except BadConfig as error:
        return Finding("config", "fail", error.message, error.hint)
    return Finding("config", "ok", f"{path} is valid" if path else "no file: the defaults")


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists."""
    return next((place for place in (folder, *folder.parents) if place.exists()), Path("/"))


def read_text(path: Path) -> str:
    """Return what a file of the kernel's says; nothing when there is none."""
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
