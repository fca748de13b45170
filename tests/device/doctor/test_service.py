"""The service: its state as systemd tells it, and what its user needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipit.device.doctor import service_checks
from pipit.device.doctor.machine import Answer

UNIT = {"etc/systemd/system/pipit.service": "[Service]\nUser=pipit\nSupplementaryGroups=audio gpio\n"}
PASSWD = {"etc/passwd": "root:x:0:0::/root:/bin/sh\npipit:x:990:990::/var/lib/pipit:/bin/false\n"}
GROUPS = {"etc/group": "audio:x:29:\ngpio:x:997:\npipit:x:990:\n"}


def systemd(*lines: str) -> dict[str, Answer]:
    return {"systemctl": Answer("\n".join(lines) + "\n")}


@pytest.mark.parametrize(
    ("lines", "status", "what"),
    [
        (("ActiveState=active", "Result=success", "StatusText=listening"), "ok", "running, listening"),
        (("ActiveState=activating", "Result=success"), "warn", "starting: it has not heard a frame of sound yet"),
        (("ActiveState=failed", "Result=watchdog", "ExecMainStatus=6"), "fail", "it hung and was ended"),
        (("ActiveState=failed", "Result=oom-kill"), "fail", "for want of memory"),
        (("ActiveState=failed", "Result=exit-code", "ExecMainStatus=2"), "fail", "a setting or a file cannot be used"),
        (("ActiveState=inactive", "Result=success", "UnitFileState=enabled"), "warn", "installed, not running"),
        (("ActiveState=inactive", "Result=success", "UnitFileState=disabled"), "warn", "not started with the board"),
    ],
)
def test_how_the_service_does(lines: tuple[str, ...], status: str, what: str, case_of: Any) -> None:
    (finding,) = service_checks.service(case_of(UNIT, systemd(*lines)))
    assert finding.status == status
    assert what in finding.what
    assert bool(finding.mend) == (status != "ok")
    if status == "fail":
        assert "journalctl -u pipit" in finding.mend


def test_a_service_that_comes_back_again_and_again(case_of: Any) -> None:
    told = systemd("ActiveState=active", "Result=success", "NRestarts=7")
    running, restarts = service_checks.service(case_of(UNIT, told))
    assert (running.status, restarts.status) == ("ok", "warn")
    assert "7 times" in restarts.what


def test_no_service_and_no_systemd(case_of: Any) -> None:
    (none,) = service_checks.service(case_of({}, systemd("ActiveState=active")))
    assert (none.status, none.what) == ("ok", "not installed; sudo pipit service install starts it with the board")
    assert service_checks.service_user(case_of()) == []


@pytest.mark.parametrize("answers", [{}, {"systemctl": Answer("", "Failed to connect to bus")}])
def test_an_installed_service_without_systemd(answers: dict[str, Answer], case_of: Any) -> None:
    assert service_checks.service(case_of(UNIT, answers))[0].status == "warn"


@pytest.mark.parametrize(
    ("files", "what"),
    [
        (GROUPS, "there is no user pipit"),
        ({**PASSWD, "etc/group": "audio:x:29:\n"}, "there is no group gpio"),
        ({**PASSWD, **GROUPS, "etc/systemd/system/pipit.service": "[Service]\n"}, "pipit is not in the group audio"),
    ],
)
def test_a_user_that_lacks_something(files: dict[str, str], what: str, case_of: Any) -> None:
    (finding,) = service_checks.service_user(case_of({**UNIT, **files}))
    assert finding.status == "fail"
    assert what in finding.what
    assert finding.mend


def test_what_the_user_must_read_and_write(case_of: Any, tmp_path: Path) -> None:
    case = case_of({**UNIT, **PASSWD, **GROUPS, "etc/pipit/pipit.toml": "", "var/lib/pipit/x": ""})
    state, settings = tmp_path / "root/var/lib/pipit", tmp_path / "root/etc/pipit/pipit.toml"
    state.chmod(0o755)
    assert "may not be written" in service_checks.service_user(case)[0].what
    state.chmod(0o777)
    settings.chmod(0o600)
    assert service_checks.service_user(case)[0].mend == "sudo chmod a+r /etc/pipit/pipit.toml"
    settings.chmod(0o644)
    (finding,) = service_checks.service_user(case)
    assert (finding.status, finding.what) == ("ok", "pipit, in audio, pipit, gpio")
