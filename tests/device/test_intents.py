"""What code answers, on a whole assistant: by the scenario's clock, by the user's table, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import platformdirs
import pytest

from pipit.device.config import Settings
from pipit.device.replay import Scenario
from pipit.device.sessions import knowledge_for_life
from pipit.device.settings import EngineChoice, Reply
from pipit.errors import BadInput
from pipit.fsm.intents import Situation, answer
from pipit.models.scripted import scripted_engines

ASKED = ("what time is it", "what is seven times eight", "flip a coin", "roll a die", "pick a number")


def replies(run: Any, name: str = "run", clock: str | None = None, **reply: Any) -> list[str]:
    steps = [{"text": said} for said in ASKED]
    told = Scenario.model_validate({"scenario": "test", "steps": steps, **({"clock": clock} if clock else {})})
    result = run(told, name, engines=scripted_engines(), settings=Settings(reply=Reply(**reply)))
    return [turn["reply"] for turn in result.report["turns"]]


def test_the_clock_is_the_scenarios(run: Any) -> None:
    assert replies(run, clock="2026-05-03T15:42:00")[:2] == [
        "It's three forty two in the afternoon.",
        "Seven times eight is fifty six.",
    ]


def test_without_a_clock_it_says_so(run: Any) -> None:
    assert replies(run)[0] == "I don't know what time it is."


def test_chance_is_the_same_in_every_replay(run: Any) -> None:
    assert replies(run, "one") == replies(run, "two")


def test_it_can_be_turned_off(run: Any) -> None:
    assert "Seven times eight is fifty six." not in replies(run, intents=False)
    assert knowledge_for_life(Reply(intents=False), EngineChoice()) is None


def test_the_users_own_table(run: Any, tmp_path: Path) -> None:
    table = tmp_path / "mine.yaml"
    table.write_text("intents:\n  - say: flip a coin\n    reply: I have no coins.\n")
    assert replies(run, own_intents=table)[2] == "I have no coins."


def test_a_fault_in_the_table_is_told_at_the_start(tmp_path: Path) -> None:
    table = tmp_path / "mine.yaml"
    table.write_text("intents:\n  - say: flip a coin\n")
    with pytest.raises(BadInput, match=r"mine\.yaml:2:5: an intent needs 'reply'"):
        knowledge_for_life(Reply(own_intents=table), EngineChoice())
    with pytest.raises(BadInput, match="No such file"):
        knowledge_for_life(Reply(own_intents=tmp_path / "none.yaml"), EngineChoice())


def test_the_table_beside_the_configuration_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, "user_config_path", lambda name: tmp_path)
    known = knowledge_for_life(Reply(), EngineChoice())
    assert known is not None
    assert not known.own
    (tmp_path / "intents.yaml").write_text("intents:\n  - say: flip a coin\n    reply: I have no coins.\n")
    known = knowledge_for_life(Reply(), EngineChoice())
    assert known is not None
    assert answer("flip a coin", Situation(), known.own) == "I have no coins."


def test_it_tells_which_model_it_has() -> None:
    pocket, other = (knowledge_for_life(Reply(), choice) for choice in (EngineChoice(), EngineChoice(weights="board")))
    assert pocket is not None
    assert other is not None
    assert pocket.model.startswith("a pocket model of ")
    assert pocket.model.endswith(" megabytes")
    assert other.model == "a language model"
