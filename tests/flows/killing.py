"""``pipit replay`` as a process that can be killed: started afresh with real engines, or forked, which costs nothing.

The log tells which events were published, line by line and unbuffered: what stands there was acknowledged.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PATIENCE_S = 60.0
FORKING = """
import os, sys
import pipit.device.app, pipit.device.cli, pipit.device.replay.run, pipit.device.show, pipit.models.scripted
print("ready", flush=True)
for line in sys.stdin:
    sys.argv = line.rstrip("\\n").split("\\t")
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        status = 1
        try:
            pipit.device.cli.main()
        except SystemExit as ended:
            status = ended.code or 0
        finally:
            os._exit(status)
    print(child, flush=True)
    sys.stdin.readline()  # until then nobody else can have its number
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Run:
    """One replay with everything that it leaves behind in ``folder``."""

    def __init__(self, folder: Path, scenario: Path, engines: str) -> None:
        self.folder = folder
        self.journal, self.log = folder / "journal", folder / "log.jsonl"
        folder.mkdir(parents=True)
        config = f'[engines]\nweights = "{engines}"\n[log]\nlevel = "debug"\nfile = "{self.log}"\n'
        (folder / "config.toml").write_text(config)
        options = {"--scenario": scenario, "--journal": self.journal, "--out": folder / "out"}
        named = [str(part) for option in options.items() for part in option]
        self.command = ["pipit", "replay", *named, "--config", str(folder / "config.toml")]

    def size(self) -> int:
        """Return how much has been logged."""
        return self.log.stat().st_size if self.log.exists() else 0

    def acknowledged(self) -> list[dict[str, Any]]:
        """Return the session's events that were published; a half line was not."""
        lines = self.log.read_bytes().split(b"\n")[:-1] if self.log.exists() else []
        told = [json.loads(line) for line in lines]
        return [line for line in told if "elapsed" in line]

    def when(self, size: int, after_s: float) -> None:
        """Wait until so much has been logged, and a moment longer."""
        until = time.monotonic() + PATIENCE_S
        while self.size() < size and time.monotonic() < until:
            time.sleep(0.0005)
        time.sleep(after_s)


class Forks:
    """A process that has everything imported and forks at every run."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", FORKING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def _tell(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def run(self, run: Run, size: int | None = None, after_s: float = 0.0) -> int:
        """Run to the end, or kill once so much has been logged; return the exit code."""
        self._tell("\t".join(run.command))
        child = int(self._line())
        if size is not None:
            run.when(size, after_s)
            os.kill(child, signal.SIGKILL)
        self._tell("end")
        return int(self._line())

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=30)


def run_afresh(run: Run, size: int | None = None, after_s: float = 0.0) -> int:
    """Do the same with a process of its own, as a person starts it."""
    command: Sequence[str] = [sys.executable, "-m", "pipit.device.cli", *run.command[1:]]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    if size is not None:
        run.when(size, after_s)
        process.kill()
    return process.wait(PATIENCE_S)
