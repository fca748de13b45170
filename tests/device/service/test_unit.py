"""The unit in systemd's own eyes: no word it does not know, and a sandbox that is tight."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from pipit.device.config import load_settings
from pipit.device.service.install import FILES, UNIT, install

ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(not ANALYZE, reason="no systemd-analyze here: apt-get install systemd")
EXPOSURE = 2.0


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    program = tmp_path / "pipit"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    install(tmp_path, program)
    return tmp_path / "etc/systemd/system" / UNIT


def lines(unit: Path) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            values.setdefault(key, []).append(value)
    return values


@needs_systemd
def test_systemd_understands_every_word(unit: Path) -> None:
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, ""), "an unknown key is only a warning"


@needs_systemd
def test_the_sandbox_is_tight(unit: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE * 10:.0f}", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stdout
    found = re.search(r"exposure level for .*: ([0-9.]+)", done.stdout)
    assert found
    assert float(found.group(1)) <= EXPOSURE


def test_it_leaves_sound_pins_keys_and_the_serial_line(unit: Path) -> None:
    values = lines(unit)
    allowed = {value.split()[0] for value in values["DeviceAllow"]}
    assert allowed == {"char-alsa", "char-gpiochip", "/dev/gpiomem", "char-input", "char-ttyGS"}
    assert "PrivateDevices" not in values
    assert values["SupplementaryGroups"] == ["audio gpio"]
    assert values["RestrictAddressFamilies"] == ["AF_UNIX"]
    assert values["RuntimeDirectory"] == values["StateDirectory"] == ["pipit"]


def test_no_name_is_taken() -> None:
    """Debian has a group called voice; and DynamicUser would hide what people put into the state folder."""
    text = "".join(path.read_text() for path in FILES.iterdir() if path.suffix in (".service", ".sysusers"))
    assert "DynamicUser" not in text
    assert not re.search(r"^(u|g|User=|Group=)\s*voice\b", text, re.MULTILINE)


def test_the_shipped_settings_are_valid() -> None:
    path = FILES / "pipit.toml"
    assert tomllib.loads(path.read_text())
    assert load_settings(path).log.level == "info"


@pytest.mark.skipif(not shutil.which("systemd-sysusers"), reason="no systemd-sysusers here: apt-get install systemd")
def test_the_user_is_made(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    command = ["systemd-sysusers", f"--root={tmp_path}", str(FILES / "pipit.sysusers")]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    groups = {line.split(":")[0]: line.split(":")[-1] for line in (tmp_path / "etc/group").read_text().splitlines()}
    assert groups["audio"] == groups["gpio"] == "pipit"
    assert (tmp_path / "etc/passwd").read_text().startswith("pipit:")


def test_udev_rules_assign_only_to_our_groups() -> None:
    rules = [line for line in (FILES / "99-pipit.rules").read_text().splitlines() if line and line[0] != "#"]
    assert len(rules) == 3
    for rule in rules:
        assert re.fullmatch(r'([A-Z]+(\{\w+\})?(==|=)"[^"]*"(, )?)+', rule), rule
        assert re.search(r'GROUP="(pipit|gpio)", MODE="0660"', rule)
