"""The service's files go where they belong, and away again; all below a folder, nothing of this machine changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipit.device.service.cli import app
from pipit.device.service.install import PLACED, UNIT, install, run_command, uninstall
from pipit.device.service.paths import binds, pipit_program, quoted
from pipit.device.service.status import status
from pipit.errors import BadInput, Failure

PROGRAM = Path("/opt/pipit/.venv/bin/pipit")


def tree(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def unit(root: Path) -> str:
    return (root / "etc/systemd/system" / UNIT).read_text()


def test_round_trip(tmp_path: Path) -> None:
    assert {one.change for one in install(tmp_path, PROGRAM)} == {"written"}
    assert set(tree(tmp_path)) == {placed.target for placed in PLACED}
    assert status(tmp_path, PROGRAM).installed
    assert {one.change for one in uninstall(tmp_path)} == {"removed"}
    assert tree(tmp_path) == {}
    assert not status(tmp_path, PROGRAM).installed
    assert {one.change for one in uninstall(tmp_path)} == {"absent"}


def test_twice_is_once(tmp_path: Path) -> None:
    install(tmp_path, PROGRAM)
    before = tree(tmp_path)
    assert {one.change for one in install(tmp_path, PROGRAM)} == {"unchanged"}
    assert tree(tmp_path) == before


def test_what_differs_is_mended_but_settings_are_kept(tmp_path: Path) -> None:
    install(tmp_path, PROGRAM)
    (tmp_path / "etc/systemd/system" / UNIT).write_text("[Service]\n")
    settings = tmp_path / "etc/pipit/pipit.toml"
    settings.write_text('[log]\nlevel = "debug"\n')
    assert list(status(tmp_path, PROGRAM).files.values()).count("differs") == 2
    changes = {one.path.name: one.change for one in install(tmp_path, PROGRAM)}
    assert changes.pop(UNIT) == "written"
    assert changes.pop("pipit.toml") == "kept"
    assert set(changes.values()) == {"unchanged"}
    uninstall(tmp_path)
    assert list(tree(tmp_path)) == ["etc/pipit/pipit.toml"]


def test_the_unit_starts_this_pipit(tmp_path: Path) -> None:
    install(tmp_path)
    assert f"ExecStart={pipit_program()} run\n" in unit(tmp_path)
    assert "@" not in unit(tmp_path).replace("modprobe@", "").replace("=@", "").replace("~@", "").replace(" @", "")
    assert (tmp_path / "etc/systemd/system" / UNIT).stat().st_mode & 0o777 == 0o644


def test_what_lies_in_a_home_is_bound_into_the_sandbox(tmp_path: Path) -> None:
    install(tmp_path, Path("/home/pi/my pipit/.venv/bin/pipit"))
    assert 'ExecStart="/home/pi/my pipit/.venv/bin/pipit" run\n' in unit(tmp_path)
    assert 'BindReadOnlyPaths="/home/pi/my pipit/.venv/bin"\n' in unit(tmp_path)
    assert Path("/opt/pipit/.venv/bin") not in binds(PROGRAM)


def test_systemd_is_told_in_order(tmp_path: Path) -> None:
    said: list[Sequence[str]] = []
    install(tmp_path, PROGRAM, run=said.append)
    words = [" ".join(command) for command in said]
    assert words[0] == "systemd-sysusers pipit.conf"
    assert words[-3:] == [
        "systemctl daemon-reload",
        "systemctl enable pipit.service",
        "systemctl --no-block restart pipit.service",
    ]
    said.clear()
    install(tmp_path, PROGRAM, run=said.append)
    assert said[-1][-2:] == ("start", UNIT), "nothing has changed: what runs is left alone"
    said.clear()
    install(tmp_path, PROGRAM, run=said.append, start=False)
    assert said[-1] == ("systemctl", "enable", UNIT)
    said.clear()
    uninstall(tmp_path, run=said.append)
    assert said[0] == ("systemctl", "disable", "--now", UNIT)
    said.clear()
    uninstall(tmp_path, run=said.append)
    assert said == []


def test_a_person_without_root_is_told_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    for verb, do in (("install", install), ("uninstall", uninstall)):
        with pytest.raises(Failure, match=f"sudo .*/pipit service {verb}$") as caught:
            do()
        assert "\n" not in str(caught.value)


def test_a_machine_without_systemd_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("pipit.device.service.install.BOOTED", tmp_path / "nothing")
    with pytest.raises(Failure, match="systemd does not run this machine: pipit run"):
        install()


def test_a_disk_that_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "etc").write_text("a file where a folder should be")
    with pytest.raises(Failure, match="sysusers"):
        install(tmp_path, PROGRAM)
    assert [path.name for path in tmp_path.iterdir()] == ["etc"]


def test_a_command_that_fails_is_quoted() -> None:
    with pytest.raises(Failure, match="No such file"):
        run_command(("ls", "/nowhere/at/all"))
    with pytest.raises(Failure, match="there is no pipit-no-such-thing"):
        run_command(("pipit-no-such-thing",))


@pytest.mark.parametrize("path", ["/a\nb", '/a"b', "/a:b", "/a$b", "relative", "/a\\b"])
def test_paths_that_no_unit_can_hold(path: str) -> None:
    with pytest.raises(BadInput, match="cannot stand in a unit"):
        quoted(Path(path))


@given(st.text(min_size=1))
def test_no_path_breaks_out_of_its_line(text: str) -> None:
    try:
        spelt = quoted(Path("/") / text)
    except BadInput:
        return
    assert spelt.splitlines() == [spelt] or not any(c in spelt for c in "\n\r\0")
    assert spelt.count('"') in (0, 2)


# ---- the command line ------------------------------------------------------------------------------------


def test_the_commands(tmp_path: Path) -> None:
    runner, place = CliRunner(), ["--root", str(tmp_path)]
    done = runner.invoke(app, ["install", *place])
    assert done.exit_code == 0
    assert done.stdout.count("written") == len(PLACED)
    assert f"systemctl --root={tmp_path} enable" in done.stdout
    shown = runner.invoke(app, ["status", *place, "--json"])
    assert shown.exit_code == 0
    facts = json.loads(shown.stdout)
    assert facts["installed"] is True
    assert set(facts["files"].values()) == {"as-shipped"}
    assert runner.invoke(app, ["uninstall", *place]).stdout.count("removed") == len(PLACED)
    told = runner.invoke(app, ["status", *place])
    assert told.exit_code == 1
    assert "not installed" in told.stdout


@pytest.mark.parametrize("command", ["install", "status", "uninstall"])
def test_help_has_an_example(command: str) -> None:
    assert "Example:" in CliRunner().invoke(app, [command, "--help"]).stdout


def test_help_waits_for_no_engine() -> None:
    code = "import sys, pipit.device.service.cli; print([m for m in ('vosk', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
