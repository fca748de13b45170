"""The wiring picture is what its tool draws, and names the pins that the board has."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from gpiozero.pins.mock import MockFactory

ROOT = Path(__file__).resolve().parents[3]


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("wiring", ROOT / "tools" / "wiring.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


wiring = _load()


def test_the_picture_in_the_repository_is_fresh(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert wiring.main(["--check"]) == 0
    assert wiring.main(["--check"], tmp_path) == 1
    assert "wiring.svg is stale" in capsys.readouterr().err
    assert wiring.main([], tmp_path) == 0
    assert wiring.main(["--check"], tmp_path) == 0


def test_pins_are_those_of_the_board() -> None:
    """Against gpiozero's own table of the 40-pin header."""
    header = MockFactory().board_info.headers["J8"].pins
    names = {number: pin.name for number, pin in header.items()}
    assert [names[pin] for pin in (*wiring.BUTTON_PINS, *wiring.LED_PINS)] == ["GND", "GPIO17", "GND", "GPIO27"]
    assert {number for number, name in names.items() if name == "GND"} == wiring.GROUND
    assert {number for number, name in names.items() if name in ("3V3", "5V")} == wiring.POWER
