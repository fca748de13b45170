"""The bench itself: that it runs, what it writes, and what holds on any machine; figures are for who runs it alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipit.device.bench.meter import Call, first_clause
from pipit.device.bench.plots import draw
from pipit.device.bench.run import Result
from pipit.device.bench.table import TABLE, Found, figure
from pipit.errors import BadInput

COMMAND = [sys.executable, "-m", "pipit.device.cli", "bench"]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("bench") / "figures.json"
    done = bench("--quick", "--engines", "scripted", "--json", str(path))
    assert done.returncode == 0, done.stderr
    return dict(json.loads(path.read_text("utf-8")))


def of(measured: dict[str, Any], number: int) -> dict[str, Any]:
    return next(found for found in measured["figures"] if found["number"] == number)


def test_every_figure_is_there_once_with_all_that_is_asked_of_it(measured: dict[str, Any]) -> None:
    assert [found["number"] for found in measured["figures"]] == list(TABLE)
    for found in measured["figures"]:
        assert {"name", "value", "unit", "target", "limit", "peer", "met", "how"} <= set(found)
        assert found["how"]
        assert (found["met"] is None) == (found["value"] is None)
    assert {"processor", "cores", "load", "date"} <= set(measured["machine"])


def test_what_no_machine_changes(measured: dict[str, Any]) -> None:
    assert of(measured, 3)["more"]["leaks"] == 0
    assert of(measured, 13)["value"] == 0 or not of(measured, 13)["more"]["kept_up"]
    presses = of(measured, 7)["more"]
    assert presses["after_order"] <= presses["period_samples"]


def test_a_bet_is_sooner_than_none_and_both_than_one_thing_after_the_other(measured: dict[str, Any]) -> None:
    plain, betting = of(measured, 1), of(measured, 2)
    assert betting["value"] < plain["value"] < plain["peer"]["one after the other"]


def test_more_may_be_better_or_less() -> None:
    assert figure(10, "pocket", Found(0.9, "how")).met
    assert not figure(10, "pocket", Found(0.8, "how")).met
    assert figure(7, "pocket", Found(9.0, "how")).met
    assert figure(7, "pocket", Found(None, "how")).met is None


def test_the_first_clause_is_sure_with_the_word_after_it() -> None:
    call = Call("reply", 0.0, steps=[(0.1, 0.1, "Sure."), (0.2, 0.2, " It"), (0.3, 0.3, " is.")], busy=0.3)
    assert first_clause(call) == (0.2, "Sure.")
    call.steps[:] = call.steps[:1]
    assert first_clause(call) == (0.3, "Sure.")


@pytest.mark.parametrize("wrong", [["--only", "14"], ["--only", "x"], ["--engines", "magic"], ["--engines", ","]])
def test_wrong_words_are_told_in_a_line(wrong: list[str]) -> None:
    done = bench(*wrong)
    assert done.returncode == 2
    assert done.stderr.startswith("pipit: ")
    assert len(done.stderr.splitlines()) == 1


def test_pictures_say_what_they_need(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(BadInput, match="matplotlib"):
        draw(Result(), tmp_path)
