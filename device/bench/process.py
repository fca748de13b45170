"""Figures 11 and 12: what a process of ours holds and how soon it listens, over the engines alone."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

from pipit.device.bench import peer
from pipit.device.bench.rigs import Rig
from pipit.device.bench.table import Found
from pipit.errors import Failure

_LONGEST_S = 120


def memory(rig: Rig, repeats: int) -> Found:
    """Return how many MB more the assistant holds than its engines."""
    if rig.real:
        return Found(None, "taken with scripted engines: real ones hide it")
    bare, engines, ours = (median(_child(f"memory-{what}") for _ in range(repeats)) for what in _MEMORY)
    peers = {"pipecat": _child("memory-pipecat") - engines} if peer.installed() else {}
    how = (
        f"resident: bare Python {bare:.0f} MB, with the engines {engines:.0f} MB, the listening assistant {ours:.0f} MB"
    )
    return Found(ours - engines, how, peer=peers)


_MEMORY = ("bare", "engines", "assistant")


def cold_start(rig: Rig, repeats: int) -> Found:
    """Return spawn to listening, over spawn to the slowest engine, alone, being loaded."""
    if not rig.real:
        return Found(None, "scripted engines load at once")
    parts = ("model", "voice") if rig.drawn else ("recognizer", "model", "voice")
    alone = {part: median(_since_spawn(f"load-{part}", rig) for _ in range(repeats)) for part in parts}
    ours = median(_since_spawn("listen", rig) for _ in range(repeats))
    slowest = max(alone, key=lambda part: alone[part])
    told = ", ".join(f"{part} {seconds:.2f} s" for part, seconds in alone.items())
    how = f"median of {repeats}: {told}, all three and listening {ours:.2f} s; slowest: {slowest}"
    return Found(ours / alone[slowest], how, 1.0)


def _since_spawn(what: str, rig: Rig) -> float:
    began = time.perf_counter()
    return _child(what, rig.name) - began


def _child(*arguments: str) -> float:
    command = [sys.executable, "-m", "pipit.device.bench.child", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_S, check=False)
    if done.returncode:
        raise Failure("bench-child", f"{' '.join(arguments)}: {done.stderr.strip()[-300:]}")
    return float(done.stdout.split()[-1])
