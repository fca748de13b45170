"""The real engines, loaded once; people's recordings, where there are some; a way to replay."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipit.device.config import Settings
from pipit.device.replay import ReplayResult, Scenario, replay
from pipit.models import Engines
from pipit.models.load import EngineOptions, load_engines, pocket_weights

ROOT = Path(__file__).resolve().parents[2]
Replay = Callable[..., ReplayResult]


@pytest.fixture(scope="session")
def engines() -> Engines:
    return load_engines(pocket_weights(), EngineOptions(threads=1, prefill_threads=1, voice_threads=1))


@pytest.fixture(scope="session")
def people() -> Path:
    folder = Path(os.environ.get("PIPIT_RECORDINGS") or ROOT.parent / "shared" / "recordings")
    if not folder.is_dir():
        pytest.skip(f"no recordings of people at {folder}")
    return folder


@pytest.fixture
def run(tmp_path: Path, engines: Engines) -> Replay:
    """Replay a scenario, with the real engines unless others are given."""

    def run_once(scenario: Scenario, name: str = "out", **more: Any) -> ReplayResult:
        chosen = more.pop("engines", engines)
        return replay(scenario, chosen, more.pop("settings", Settings()), tmp_path / name, **more)

    return run_once


def scenario(*steps: dict[str, Any], **more: Any) -> Scenario:
    """Return a scenario of steps as the YAML has them."""
    return Scenario.model_validate({"scenario": "test", "steps": steps, **more})


def named(events: Sequence[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return the events of one name."""
    return [event for event in events if event["event"] == name]
