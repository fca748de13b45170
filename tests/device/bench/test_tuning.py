"""``pipit bench --tune``: that the best is chosen, that it alone is written, and what is refused before any trial."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from pipit.device.bench.meter import Call
from pipit.device.bench.tuning import run
from pipit.device.bench.tuning.choice import Row, Trial, best, candidates, is_worse, rows
from pipit.device.bench.tuning.run import Outcome, Wish, tune
from pipit.device.bench.tuning.search import Search, Tell
from pipit.device.bench.tuning.shelf import Shelf
from pipit.device.bench.tuning.show import show
from pipit.device.bench.tuning.trial import gaps_s, measure
from pipit.device.config import Settings, load_settings
from pipit.models import CancelToken, Engines, Message
from pipit.models.load import EngineOptions, pocket_weights
from pipit.models.scripted import ScriptedModel, ScriptedRecognizer, ScriptedVoice

COMMAND = [sys.executable, "-m", "pipit.device.cli", "bench", "--tune"]
OPTIONS = EngineOptions(threads=1, voice_threads=1, prefill_threads=2)
NOTHING = Engines(ScriptedRecognizer(), ScriptedModel(), ScriptedVoice())


def row(number: int, cost: float, seconds: float = 9.0, behind_s: float = 0.0, underflows: float = 0) -> Row:
    return Row(number, seconds * cost, cost, 1.0, 1.0, behind_s, underflows)


# ---- the choice --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("compared", "chosen"),
    [
        ([row(1, 1.0), row(2, 0.6), row(3, 0.8)], 2),
        ([row(1, 0.52), row(2, 0.51), row(3, 0.5)], 2),  # as fast, and fewer
        ([row(1, 1.0, seconds=0.02), row(2, 0.6, seconds=0.02)], 1),  # nobody hears 8 ms
        ([row(1, 1.0), row(2, 0.6, underflows=2), row(3, 0.8)], 3),
        ([row(1, 1.0), row(2, 0.6, underflows=1), row(3, 0.8)], 2),
        ([row(1, 1.0), row(2, 0.6, behind_s=0.3), row(3, 0.8, behind_s=0.06)], 3),
        ([row(1, 1.0, behind_s=0.2), row(2, 0.6, behind_s=0.3)], 2),
        ([row(1, 1.0, underflows=4), row(2, 0.6, behind_s=0.3)], 2),  # each starves something
    ],
)
def test_fast_then_frugal_and_no_sound_starved(compared: Sequence[Row], chosen: int) -> None:
    assert best(compared) == chosen


def test_what_is_worse_than_today() -> None:
    today = row(0, 1.0)
    assert not is_worse(row(1, 1.02), today)
    assert not is_worse(row(1, 0.5), today)
    for worse in (row(1, 1.1), row(1, 0.5, underflows=2), row(1, 0.5, behind_s=0.11)):
        assert is_worse(worse, today)


def test_rounds_are_compared_each_with_its_own() -> None:
    # the machine is twice as slow in the second round, and ten times in the third while 2 was tried
    found = {1: [trial(1.0), trial(2.0), trial(1.0)], 2: [trial(0.5), trial(1.0), trial(5.0)]}
    assert [one.cost for one in rows(lambda t: t.wait_s, found, 1)] == [1.0, 0.5]


def trial(wait_s: float = 1.0, read_s: float = 1.0) -> Trial:
    return Trial(read_s, wait_s, token_s=wait_s / 10, voice_share=0.1)


@pytest.mark.parametrize(
    ("setting", "cores", "tried"),
    [
        ("threads", 4, (1, 2, 3, 4)),
        ("threads", 2, (1, 2)),
        ("threads", 1, (1,)),
        ("voice_threads", 4, (1, 2)),
        ("voice_threads", 1, (1,)),
        ("prefill_threads", 8, (4, 7, 8)),
    ],
)
def test_what_is_tried(setting: str, cores: int, tried: tuple[int, ...]) -> None:
    assert candidates(setting, cores, tried[-1]) == tried
    assert 6 in candidates(setting, cores, 6)


def test_a_gap_is_a_piece_that_comes_after_the_one_before_it_was_over() -> None:
    first = Call("voice", 0.0, steps=[(0.0, 10.0, 16_000), (0.0, 10.5, 8000)])  # 1 s, then half a second
    second = Call("voice", 0.0, steps=[(0.0, 11.75, 16_000)])
    assert gaps_s([first, second], 16_000) == pytest.approx(0.25)
    assert gaps_s([first], 16_000) == 0
    assert gaps_s([], 16_000) == 0


# ---- the search --------------------------------------------------------------------------------------------


def searched(costs: Mapping[tuple[int, int, int], float], read: Mapping[int, float]) -> tuple[Search, list[str]]:
    told: list[str] = []
    now: list[EngineOptions] = []

    def load(options: EngineOptions) -> Engines:
        now[:] = [options]
        return NOTHING

    def measure(engines: Engines, number: int) -> Trial:
        told.append(f"{number}")
        options = now[0]
        return trial(
            costs.get((options.threads, options.voice_threads, options.prefill_threads), 5.0),
            read[options.prefill_threads],
        )

    return Search(load, measure, cores=4, rounds=2), told


def test_it_settles_one_setting_after_the_other() -> None:
    costs = {(1, 1, 2): 4.0, (3, 1, 2): 3.0, (3, 2, 2): 2.0, (3, 2, 4): 2.0}
    search, told = searched(costs, {2: 1.0, 3: 0.9, 4: 0.5})
    tuned = search.run(OPTIONS)
    assert tuned.chosen == {"threads": 3, "voice_threads": 2, "prefill_threads": 4}
    assert tuned.now == {"threads": 1, "voice_threads": 1, "prefill_threads": 2}
    assert tuned.together is not None
    assert tuned.together.cost == pytest.approx((2.0 + 0.5) / (4.0 + 1.0))
    assert told == [at for numbers in (4, 2, 3, 2) for at in "0" * numbers + "1" * numbers]
    assert len(told) == search.most_trials(OPTIONS)


def test_what_is_not_better_together_is_left() -> None:
    search, _ = searched({(1, 1, 2): 4.0, (3, 1, 2): 3.0, (3, 2, 2): 2.0}, {2: 1.0, 3: 0.9, 4: 0.5})
    tuned = search.run(OPTIONS)  # with four threads to read, an answer takes 5 s
    assert tuned.chosen == tuned.now
    assert tuned.together is not None


def test_where_today_is_best_nothing_is_compared_again() -> None:
    search, told = searched({(1, 1, 2): 4.0}, {2: 1.0, 3: 1.0, 4: 1.0})
    tuned = search.run(OPTIONS)
    assert tuned.chosen == tuned.now
    assert tuned.together is None
    assert len(told) == search.most_trials(OPTIONS) - 2 * 2


# ---- with engines of known speed, in the assistant ---------------------------------------------------------

REPLY = "Once there was a bird. It lived by the river, and it wanted to see the sea. So it flew."


def known(options: EngineOptions) -> Engines:
    """Two threads write best, one speaks best, two read best."""
    model = ScriptedModel(
        [REPLY],
        seconds_per_prompt={1: 0.3, 2: 0.05}[options.prefill_threads],
        seconds_per_token={1: 0.06, 2: 0.005}[options.threads],
    )
    voice = ScriptedVoice(seconds_per_clause={1: 0.02, 2: 0.4}[options.voice_threads])
    return Engines(ScriptedRecognizer(), model, voice)


FILE = """# mine
[engines]
weights = "scripted"  # no weights here
threads = 1
voice_threads = 2
prefill_threads = 1

[reply]
tokens = 60
"""


def tuned_file(path: Path, *, dry: bool) -> Outcome:
    path.write_text(FILE)
    return tune(Wish(path, dry, rounds=1), lambda total, warnings: lambda what: None, load=known, cores=2)


def shown(outcome: Outcome) -> str:
    told = io.StringIO()
    show(outcome, Console(file=told, width=100))
    return " ".join(told.getvalue().split())


def test_the_best_is_written_and_all_else_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_the_machine(engines: Engines, number: int, settings: Settings) -> Trial:
        # engines that only sleep starve nothing; other programs here may
        return replace(measure(engines, number, settings), behind_s=0.0, underflows=0)

    monkeypatch.setattr(run, "measure", without_the_machine)
    path = tmp_path / "pipit.toml"
    outcome = tuned_file(path, dry=False)
    assert outcome.tuned.chosen == {"threads": 2, "voice_threads": 1, "prefill_threads": 2}
    changed = {
        "threads = 1": "threads = 2",
        "voice_threads = 2": "voice_threads = 1",
        "prefill_threads = 1": "prefill_threads = 2",
    }
    assert path.read_text().splitlines() == [changed.get(line, line) for line in FILE.splitlines()]
    assert [found.name for found in tmp_path.iterdir()] == ["pipit.toml"]
    assert f"written to {path}" in shown(outcome)
    assert "engines.voice_threads = 1 (was 2)" in shown(outcome)


def test_a_dry_run_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "measure", lambda engines, number, settings: trial())
    monkeypatch.setenv("PIPIT_ENGINES__THREADS", "2")
    path = tmp_path / "pipit.toml"
    outcome = tuned_file(path, dry=True)
    assert path.read_text() == FILE
    assert outcome.tuned.now["threads"] == 2
    assert outcome.tuned.chosen == {"threads": 1, "voice_threads": 1, "prefill_threads": 1}
    assert outcome.warnings == ["the variable PIPIT_ENGINES__THREADS wins over what stands in the file"]
    assert "nothing was written" in shown(outcome)


def test_an_assistant_that_runs_is_told_of_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "measure", lambda engines, number, settings: trial())
    place, path = tmp_path / "console.sock", tmp_path / "pipit.toml"
    path.write_text(f"[console]\nsocket = '{place}'\n")
    told: list[str] = []

    def begin(total: int, warnings: Sequence[str]) -> Tell:
        told.extend(warnings)
        return lambda what: None

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place))
        server.listen()
        outcome = tune(Wish(path, dry=True, rounds=1), begin, load=lambda _: NOTHING, cores=2)
    assert (
        outcome.warnings
        == told
        == [f"an assistant is running (process {os.getpid()}): end it first, it takes its share"]
    )


# ---- the command -------------------------------------------------------------------------------------------


def refused(*arguments: str) -> str:
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not done.stdout
    return done.stderr


def test_a_configuration_that_may_not_be_written_is_told_before_any_trial(tmp_path: Path) -> None:
    path = tmp_path / "pipit.toml"
    path.write_text("# managed\n")
    path.chmod(0o444)
    said = refused("--config", str(path))
    assert f"{path} cannot be written (it is read-only): " in said
    assert path.read_text() == "# managed\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[engines\n", "it must be TOML"),
        ("[engines]\nthreds = 2\n", "engines.threads"),
        ("[engines]\nthreads = 0\n", "engines.threads = 0"),
        ("[engines]\nweights = 'scripted'\n", "pipit models use pocket"),
    ],
)
def test_a_configuration_that_is_wrong(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "pipit.toml"
    path.write_text(text)
    assert says in refused("--config", str(path))
    assert path.read_text() == text


def test_options_that_do_not_go_together() -> None:
    assert "--only and --plots" in refused("--only", "1")
    done = subprocess.run([*COMMAND[:-1], "--dry-run"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "pipit bench --tune --dry-run" in done.stderr


def test_the_pocket_set_on_this_machine(tmp_path: Path) -> None:
    path = tmp_path / "new" / "pipit.toml"
    path.parent.mkdir()
    path.write_text("# mine\n[engines]\nseed = 3\n")
    arguments = ["--quick", "--json", "-", "--config", str(path)]
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["written"]
    assert [one["name"] for one in told["settled"]] == ["generation", "voice", "prefill"]
    assert all(one["chosen"] in [found["number"] for found in one["rows"]] for one in told["settled"])
    assert tomllib.loads(path.read_text()) == {"engines": {"seed": 3, **told["chosen"]}}
    assert path.read_text().startswith("# mine\n")
    assert load_settings(path).engines.threads == told["chosen"]["threads"]


def test_only_what_has_changed_is_loaded_again_and_says_the_same_words() -> None:
    shelf, asked = Shelf(pocket_weights()), [Message("user", "tell me a joke")]
    first = shelf(OPTIONS)
    words = "".join(first.model.generate(asked, CancelToken(), 20))
    second = shelf(EngineOptions(threads=2, voice_threads=1, prefill_threads=1))
    assert (second.model, second.voice, second.recognizer) == (first.model, first.voice, first.recognizer)
    assert "".join(second.model.generate([*asked], CancelToken(), 20)) == words
    third = shelf(EngineOptions(threads=2, voice_threads=2, prefill_threads=1))
    assert third.model is first.model
    assert third.voice is not first.voice
    assert sum(map(len, third.voice.synthesize("Hello.", CancelToken()))) > 0
