"""The unit under a systemd of its own: a container over this very machine's files, which keeps nothing.

It boots in a mount namespace of its own, so no mount outlives it however it ends. What runs in the place of `pipit run`
is a small assistant of frames without sound; the engines are tried with a drop-in that asks the model instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipit.device.service.install import UNIT

ROOT = Path(__file__).resolve().parents[3]
STATE = Path("/var/lib/pipit")
PROGRAM = f"""#!{sys.executable}
import sys, threading
from pathlib import Path
from pipit.audio import AudioClock
from pipit.device.settings import Log
from pipit.device.log import set_up
from pipit.device.service.attend import Service
from pipit.device.service.watchdog import Limits

set_up(Log())
ended, clock = threading.Event(), AudioClock()

class Assistant:
    def subscribe(self, subscriber):
        return lambda: None

    def quit(self):
        ended.set()

print("words", flush=True)
reload = lambda: print("reloaded", file=sys.stderr, flush=True)
with Service(reload) as service, service.attend(Assistant(), clock, Limits(frames_s=0.3)):
    while not ended.wait(0.02):
        if not Path("deaf").exists():
            clock.tick(clock.samples + 320)
"""
QUICK = "[Service]\nWatchdogSec=1\nRestartSec=100ms\n"
ASKS = """[Service]
Type=oneshot
WatchdogSec=0
Restart=no
StandardOutput=journal
ExecStart=
ExecStart={} ask "tell me a joke"
"""
JOKE = "tell me a joke"
BOOT = """
set -e
mount -t tmpfs tmpfs "$1"; cd "$1"; mkdir up work root
mount -t overlay overlay -o lowerdir=/,upperdir=up,workdir=work root
cp -a "$2"/. root/
rm -rf root/etc/systemd/system/*.wants
exec systemd-nspawn -D root --boot --register=no --keep-unit --console=pipe --link-journal=no --private-network --quiet
"""


def cannot() -> str:
    """Return why there can be no container here; empty when there can."""
    if os.geteuid() != 0:
        return "not root: a container of systemd takes root"
    missing = [name for name in ("systemd-nspawn", "unshare", "nsenter") if not shutil.which(name)]
    if missing:
        return f"no {missing[0]} here: apt-get install systemd-container"
    if any(Path(path).stat().st_dev != Path("/").stat().st_dev for path in (ROOT, sys.prefix, sys.base_prefix)):
        return "Pipit is on another file system than /, and the container has only that"
    return ""


pytestmark = pytest.mark.skipif(bool(cannot()), reason=cannot() or "it can run")


class Box:
    """A running container, driven from outside."""

    def __init__(self, leader: int) -> None:
        self._enter = ["nsenter", "-t", str(leader), "-a"]

    def run(self, *command: str) -> str:
        done = subprocess.run([*self._enter, *command], capture_output=True, text=True, timeout=20)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def show(self, name: str) -> str:
        return self.run("systemctl", "show", "--value", f"--property={name}", UNIT).strip()

    def journal(self) -> str:
        return self.run("journalctl", "--no-pager", "-o", "cat", "-u", UNIT)

    def wait(self, what: Callable[[], bool], seconds: float = 8) -> None:
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, (self.show("ActiveState"), self.show("StatusText"), self.journal())
            time.sleep(0.05)


def leader_of(nspawn: subprocess.Popen[str], seconds: float = 15) -> int:
    """Return the container's first process once it has booted, or 0."""
    end = time.monotonic() + seconds
    children = Path(f"/proc/{nspawn.pid}/task/{nspawn.pid}/children")
    while time.monotonic() < end and nspawn.poll() is None:
        for pid in children.read_text().split():
            asked = ["nsenter", "-t", pid, "-a", "systemctl", "is-system-running"]
            if subprocess.run(asked, capture_output=True, text=True).stdout.strip() in ("running", "degraded"):
                return int(pid)
        time.sleep(0.1)
    return 0


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    place, stage = tmp_path_factory.mktemp("box"), tmp_path_factory.mktemp("stage")
    system = stage / "etc/systemd/system"
    (system / f"{UNIT}.d").mkdir(parents=True)
    (system / f"{UNIT}.d" / "quick.conf").write_text(QUICK)
    (system / "default.target").symlink_to("/lib/systemd/system/multi-user.target")
    (stage / "opt").mkdir()
    (stage / "opt/assistant").write_text(PROGRAM)
    for folder in (stage, stage / "etc", stage / "etc/systemd", system, system / f"{UNIT}.d", stage / "opt"):
        folder.chmod(0o755)
    (stage / "opt/assistant").chmod(0o755)
    log = (place.parent / "console").open("w+")
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", BOOT, "sh", str(place), str(stage)]
    nspawn = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, text=True)
    leader = leader_of(nspawn)
    try:
        if not leader:
            log.seek(0)
            pytest.skip(f"no container boots here: {' '.join(log.read()[-300:].split())}")
        seen = subprocess.run(["nsenter", "-t", str(leader), "-a", sys.executable, "-c", "import pipit.device.app"])
        if seen.returncode:
            pytest.skip(f"{ROOT} is not to be seen in the container, which has a /tmp and a /run of its own")
        yield Box(leader)
    finally:
        if leader:
            os.kill(leader, 9)  # it keeps nothing: no need to shut down in order
        nspawn.terminate()
        nspawn.wait(10)
        log.close()


@pytest.fixture(scope="module")
def service(box: Box) -> Box:
    """The service as `install` leaves it, in there."""
    code = "from pathlib import Path; from pipit.device.service.install import install; "
    box.run(sys.executable, "-c", f"{code} install(program=Path('/opt/assistant'))")
    box.wait(lambda: box.show("ActiveState") == "active")
    return box


def test_it_is_active_once_it_hears_and_says_what_it_does(service: Box) -> None:
    service.wait(lambda: service.show("StatusText") == "idle")
    assert service.show("UnitFileState") == "enabled"
    status = Path("/proc") / service.show("MainPID") / "status"
    facts = dict(line.split(":\t", 1) for line in service.run("cat", str(status)).splitlines() if ":\t" in line)
    assert facts["NoNewPrivs"] == "1"
    assert facts["Seccomp"] == "2"
    assert int(facts["CapEff"], 16) == int(facts["CapBnd"], 16) == 0
    assert service.run("stat", "-c", "%U %G %a", str(STATE)).split() == ["pipit", "pipit", "750"]


def test_reload(service: Box) -> None:
    service.run("systemctl", "reload", UNIT)
    service.wait(lambda: "reloaded" in service.journal() and service.show("ActiveState") == "active")


def test_killed_it_comes_back(service: Box) -> None:
    before = service.show("MainPID")
    service.run("kill", "-9", before)
    service.wait(lambda: service.show("MainPID") not in ("0", before) and service.show("ActiveState") == "active")


def test_deaf_it_is_started_anew(service: Box) -> None:
    before, restarts = service.show("MainPID"), int(service.show("NRestarts"))
    service.run("touch", str(STATE / "deaf"))
    service.wait(lambda: int(service.show("NRestarts")) > restarts)
    service.run("rm", str(STATE / "deaf"))
    service.wait(lambda: service.show("MainPID") not in ("0", before) and service.show("ActiveState") == "active")
    told = service.journal()
    assert "Watchdog timeout" in told
    assert "no sound from the microphone" in told
    assert "most recent call first" in told, "where every thread was"
    assert "words" not in told, "what is said is nothing for the journal"


def test_stop_takes_less_than_two_seconds(service: Box) -> None:
    began = time.monotonic()
    service.run("systemctl", "stop", UNIT)
    assert time.monotonic() - began < 2
    assert service.show("Result") == "success"


def test_the_engines_work_in_the_sandbox(service: Box) -> None:
    drop_in = f"/etc/systemd/system/{UNIT}.d/asks.conf"
    service.run("sh", "-c", f"printf '%s' '{ASKS.format(Path(sys.executable).parent / 'pipit')}' > {drop_in}")
    service.run("systemctl", "daemon-reload")
    service.run("sh", "-c", f"systemctl start {UNIT} || true")
    outside = subprocess.run([Path(sys.executable).parent / "pipit", "ask", JOKE], check=True, capture_output=True)
    assert outside.stdout.decode().strip() in service.journal(), service.journal()
    service.run("rm", drop_in)


def test_uninstall_leaves_the_state(service: Box) -> None:
    service.run(sys.executable, "-c", "from pipit.device.service.install import uninstall; uninstall()")
    assert service.show("LoadState") == "not-found"
    service.run("test", "-d", str(STATE / "models"))
