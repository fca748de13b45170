"""The command, and files of labels to give it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from pipit.device.cli import app
from pipit.device.config import PREFIX

Eval = Callable[..., Result]
Label = Callable[[dict[str, Any]], Path]


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name != "PIPIT_RECORDINGS":
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture
def evaluate() -> Eval:
    return lambda *arguments: CliRunner().invoke(app, ["eval", *map(str, arguments)])


@pytest.fixture
def label(tmp_path: Path) -> Label:
    """Write labels into a file; a dictionary that has no slots is the slots."""

    def write(told: dict[str, Any]) -> Path:
        path = tmp_path / "label.json"
        path.write_text(json.dumps(told))
        return path

    return write
