"""What it was measured on."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from pipit import __version__


def machine() -> dict[str, Any]:
    """Return processor, cores and how free they are, Python and day."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "two_at_once": round(two_at_once(), 2),
        "load": [round(value, 2) for value in os.getloadavg()],
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "pipit": __version__,
        "date": date.today().isoformat(),
    }


def two_at_once() -> float:
    """Return the share of a processor that each of two busy processes gets: 1 where two cores are free, 0.5 on one."""
    command = [sys.executable, "-c", _SPIN]
    busy = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    return sum(float(process.communicate()[0]) for process in busy) / 2


_SPIN = """
import time
began, cpu = time.perf_counter(), time.process_time()
while time.perf_counter() - began < 0.5:
    pass
print((time.process_time() - cpu) / (time.perf_counter() - began))
"""


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model")))
    return next(named, platform.processor())
