"""What makes it fast changes no word: the shipped conversation with and without betting and reading ahead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipit.device.cli import DEMO
from pipit.device.config import Settings
from pipit.device.replay import ReplayResult, read_scenario, replay
from pipit.models import CancelToken, Engines, LanguageModel, Message


class NeverAhead:
    """The same model, which reads nothing before it is asked."""

    def __init__(self, inner: LanguageModel) -> None:
        self._inner, self.name, self.context_tokens = inner, inner.name, inner.context_tokens

    def count(self, messages: Sequence[Message]) -> int:
        return self._inner.count(messages)

    def prefill(self, messages: Sequence[Message], cancel: CancelToken) -> None:
        """Leave it for later."""

    def generate(
        self, messages: Sequence[Message], cancel: CancelToken, max_tokens: int, grammar: str = ""
    ) -> Iterator[str]:
        return self._inner.generate(messages, cancel, max_tokens, grammar)


def listening(**values: Any) -> Settings:
    base = Settings()
    return base.model_copy(update={"listen": base.listen.model_copy(update=values)})


def words(result: ReplayResult) -> list[tuple[str, ...]]:
    return [tuple(turn[key] for key in ("transcript", "reply", "heard", "outcome")) for turn in result.report["turns"]]


@pytest.fixture(scope="module", params=[True, False], ids=["open microphone", "button"])
def open_mic(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def plain(open_mic: bool, engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> ReplayResult:
    return converse(open_mic, engines, 0, tmp_path_factory.mktemp("plain"))


def converse(open_mic: bool, engines: Engines, bet_ms: int, folder: Path) -> ReplayResult:
    scenario = read_scenario(DEMO)
    if open_mic:
        steps = [step.model_copy(update={"play": step.hold, "hold": None}) for step in scenario.steps if not step.press]
        scenario = scenario.model_copy(update={"steps": tuple(s for s in steps if s.when == "idle"), "open_mic": True})
    return replay(scenario, engines, listening(bet_ms=bet_ms), folder)


@pytest.mark.parametrize("bet_ms", [60, 200])
def test_betting_changes_no_word(
    bet_ms: int, open_mic: bool, engines: Engines, plain: ReplayResult, tmp_path: Path
) -> None:
    betting = converse(open_mic, engines, bet_ms, tmp_path / "betting")
    assert words(betting) == words(plain)
    assert sum(bool(reply) for _, reply, _, _ in words(plain)) >= 4
    again = converse(open_mic, engines, bet_ms, tmp_path / "again")
    assert (again.folder / "events.jsonl").read_bytes() == (betting.folder / "events.jsonl").read_bytes()


def test_reading_ahead_changes_no_word(open_mic: bool, engines: Engines, plain: ReplayResult, tmp_path: Path) -> None:
    slow = replace(engines, model=NeverAhead(engines.model))
    assert words(converse(open_mic, slow, 0, tmp_path)) == words(plain)
