"""The shipped flows, led by recordings on the real engines, once each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipit.device.cli import app
from pipit.device.config import Settings
from pipit.device.replay import ReplayResult, read_scenario, replay
from pipit.models import Engines
from pipit.models.load import EngineOptions, load_engines, pocket_weights

SCENARIOS = Path(__file__).parent / "scenarios"


@dataclass(frozen=True)
class Led:
    """What came of a scenario: what the replay left, and what the journal has of its session."""

    result: ReplayResult
    journal: Path

    @property
    def flow(self) -> dict[str, Any]:
        """Where the session stands in the end."""
        return dict(self.result.report["flow"])

    @property
    def happened(self) -> list[dict[str, Any]]:
        """The session's events; their names are the only ones in lower case."""
        return [event for event in self.result.events if event["event"].islower()]

    def named(self, name: str) -> list[dict[str, Any]]:
        """Return the session's events of one name."""
        return [event for event in self.happened if event["event"] == name]

    def replies(self) -> list[str]:
        """Return all that was said by the assistant."""
        return [turn["reply"] for turn in self.result.report["turns"]]

    def exported(self, as_: str) -> str:
        """Return what ``pipit session export`` writes."""
        config, out = self.journal / "config.toml", self.journal / f"record.{as_}"
        config.write_text(f'[journal]\nfolder = "{self.journal}"\n')
        done = CliRunner().invoke(app, ["session", "export", "last", "--out", str(out), "--config", str(config)])
        assert done.exit_code == 0, done.output
        return out.read_text(encoding="utf-8")

    def record(self) -> dict[str, Any]:
        """Return the JSON export."""
        return dict(json.loads(self.exported("json")))


Lead = Callable[[str], Led]


@pytest.fixture(scope="session")
def engines() -> Engines:
    return load_engines(pocket_weights(), EngineOptions(threads=1, prefill_threads=1, voice_threads=1))


@pytest.fixture(scope="session")
def lead_anew(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Lead:
    """Lead a session by a scenario, in a journal of its own."""

    def once(name: str) -> Led:
        folder = tmp_path_factory.mktemp(name)
        scenario = read_scenario(SCENARIOS / f"{name}.yaml")
        journal = folder / "journal"
        return Led(replay(scenario, engines, Settings(), folder / "out", journal=journal), journal)

    return once


@pytest.fixture(scope="session")
def led(lead_anew: Lead) -> Lead:
    """The same, but every scenario only once."""
    kept: dict[str, Led] = {}

    def cached(name: str) -> Led:
        if name not in kept:
            kept[name] = lead_anew(name)
        return kept[name]

    return cached
