"""The ground that the assistant stands on: Python, its settings, the clock."""

from __future__ import annotations

import platform
import sys
import time

from pipit.device.config import config_path, load_settings
from pipit.device.doctor.case import Case, Finding, MiB, Status
from pipit.errors import BadConfig

__all__ = ["Case", "Finding", "MiB", "Status", "clock", "config", "python", "synchronised"]

_CLOCK = "sudo timedatectl set-ntp true; without a network: sudo timedatectl set-time 'YYYY-MM-DD HH:MM:SS'"


def python(_: Case) -> Finding:
    """Python 3.11 to 3.13, 64 bits: the engines exist for no other."""
    version = platform.python_version()
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("python", "fail", f"Python {version}", "install Python 3.11, 3.12 or 3.13, then 'make run'")
    if sys.maxsize < 1 << 32:
        return Finding("python", "fail", f"Python {version} of 32 bits", "use a 64-bit system: the voice needs it")
    return Finding("python", "ok", f"Python {version}")


def config(case: Case) -> Finding:
    """The configuration is read once more, so that a file that changed under a running service shows too."""
    path = case.config_file or config_path()
    try:
        load_settings(path)
    except BadConfig as error:
        return Finding("config", "fail", error.message, error.hint)
    return Finding("config", "ok", f"{path} is valid" if path else "no file: the defaults")


def clock(case: Case) -> list[Finding]:
    """A board without a clock wakes in the past, and its journal then gets wrong dates."""
    now = case.machine.now()
    if now.year < 2025:
        status: Status = "fail" if case.settings.reply.clock else "warn"
        mend = f"{_CLOCK}; or 'clock = false' under [reply]"
        return [Finding("clock", status, f"it says {now:%Y-%m-%d}: the journal gets wrong dates", mend)]
    info, ticks = time.get_clock_info("monotonic"), [time.monotonic() for _ in range(1000)]
    if ticks != sorted(ticks) or info.resolution > 0.001:
        what = "its steps go back or are too long: latency figures mean nothing"
        return [Finding("clock", "fail", what, "report this: pipit doctor --bundle")]
    told = f"{now:%Y-%m-%d %H:%M %Z}"
    match synchronised(case):
        case True:
            return [Finding("clock", "ok", f"{told}, synchronised")]
        case False:
            rtc = any(case.machine.path("sys/class/rtc").glob("rtc*"))
            kept = "only its own battery keeps it" if rtc else "and nothing keeps it while the power is off"
            return [Finding("clock", "warn", f"{told}, not synchronised, {kept}: check the date", _CLOCK)]
    return [Finding("clock", "ok", f"{told}; nobody here tells whether it is synchronised")]


def synchronised(case: Case) -> bool | None:
    """Return whether the time came from elsewhere since the start; None where nobody knows."""
    if case.machine.path("run/systemd/timesync/synchronized").exists():
        return True
    answer = case.machine.run(["timedatectl", "show", "--property=NTPSynchronized", "--value"])
    if answer is None or answer.error:
        return None
    return {"yes": True, "no": False}.get(answer.text.strip())
