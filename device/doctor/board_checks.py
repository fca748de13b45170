"""The board itself: what it is, whether it is hot or short of power, where memory goes when it runs out."""

from __future__ import annotations

import platform
import re

from pipit.device.doctor.case import Case, Finding, MiB

_THROTTLE_BITS = ("power too weak", "clock capped", "throttled", "too hot")
_ABLE = ("aarch64", "x86_64", "arm64", "AMD64")
_HOT_C, _WARM_C = 80.0, 70.0
_POWER = "use the board's own power supply, and cool it"


def board(case: Case) -> Finding:
    """Tell the board's name, its processor and its cores."""
    machine = case.machine
    model = (
        machine.read("proc/device-tree/model")
        or machine.read("sys/class/dmi/id/product_name")
        or f"{platform.system()} machine"
    )
    what = f"{model}, {machine.architecture}, {machine.cores} core{'s' if machine.cores > 1 else ''}"
    if machine.architecture not in _ABLE:
        return Finding("board", "fail", what, "install a 64-bit system (arm64): the voice has no other build")
    if machine.cores < 2:
        return Finding("board", "warn", what, "answers will come late: give it two cores or more")
    return Finding("board", "ok", what)


def throttling(case: Case) -> list[Finding]:
    """Ask a Raspberry Pi's firmware whether it had to slow down; other boards have nothing to ask."""
    flags = _throttle_flags(case)
    if flags is None:
        return []
    now = [name for bit, name in enumerate(_THROTTLE_BITS) if flags >> bit & 1]
    before = [name for bit, name in enumerate(_THROTTLE_BITS) if flags >> (bit + 16) & 1]
    if now:
        return [Finding("throttling", "fail", f"now: {', '.join(now)}", _POWER)]
    if before:
        return [Finding("throttling", "warn", f"since it was started: {', '.join(before)}", _POWER)]
    return [Finding("throttling", "ok", "never since it was started")]


def _throttle_flags(case: Case) -> int | None:
    for path in sorted(case.machine.path("sys/devices/platform").glob("soc*/*/get_throttled")):
        if text := case.machine.read(case.machine.shown(path)):
            return int(text, 16)
    answer = case.machine.run(["vcgencmd", "get_throttled"])
    found = re.search(r"throttled=0x([0-9a-fA-F]+)", answer.text) if answer else None
    return int(found[1], 16) if found else None


def temperature(case: Case) -> list[Finding]:
    """Look at the hottest sensor; nothing where there is none."""
    zones = case.machine.path("sys/class/thermal").glob("thermal_zone*/temp")
    told = [case.machine.read(case.machine.shown(path)) for path in zones]
    degrees = [int(text) / 1000 for text in told if text.lstrip("-").isdigit()]
    if not degrees:
        return []
    what = f"{max(degrees):.0f} °C"
    if max(degrees) >= _HOT_C:
        return [Finding("heat", "fail", f"{what}: the board slows down", "give it a heat sink or a fan")]
    if max(degrees) >= _WARM_C:
        return [Finding("heat", "warn", f"{what}: near where it slows down", "give it a heat sink or a fan")]
    return [Finding("heat", "ok", what)]


def speed(case: Case) -> list[Finding]:
    """See whether the processor may run as fast as it can; nothing where its speed is fixed."""
    folder = "sys/devices/system/cpu/cpu0/cpufreq"
    governor = case.machine.read(f"{folder}/scaling_governor")
    may, can = (case.machine.read(f"{folder}/{name}") for name in ("scaling_max_freq", "cpuinfo_max_freq"))
    if not governor:
        return []
    if may.isdigit() and can.isdigit() and int(may) < int(can):
        what = f"held at {int(may) // 1000} MHz of {int(can) // 1000}"
        return [Finding("speed", "warn", what, f"echo {can} | sudo tee /{folder}/scaling_max_freq")]
    if governor == "powersave" and "intel" not in case.machine.read(f"{folder}/scaling_driver"):
        mend = "echo ondemand | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"
        return [Finding("speed", "warn", "held at its slowest (powersave)", mend)]
    return [Finding("speed", "ok", f"{governor}{f', up to {int(can) // 1000} MHz' if can.isdigit() else ''}")]


def swap(case: Case) -> list[Finding]:
    """Memory that is full goes to a card, which wears out and is slow, unless zram takes it."""
    rows = [line.split() for line in case.machine.read("proc/swaps").splitlines()[1:]]
    areas = [(row[0], int(row[2]), int(row[3])) for row in rows if len(row) >= 4 and row[2].isdigit()]
    if not areas:
        return [Finding("swap", "ok", "none: what does not fit into memory is ended")]
    slow = [name for name, _, used in areas if "zram" not in name and used * 1024 > 64 * MiB]
    what = ", ".join(f"{name} ({used // 1024} of {size // 1024} MiB used)" for name, size, used in areas)
    if slow:
        mend = "sudo apt install zram-tools; or choose smaller weights: memory is too small for what runs"
        return [Finding("swap", "warn", f"{what}: replies wait for the disk", mend)]
    return [Finding("swap", "ok", what)]
