"""What is written into the configuration, and languages that go together."""

from __future__ import annotations

import io
import os
import shutil
import tomllib
from pathlib import Path

import pytest
from rich.console import Console

from pipit.device.config import load_settings
from pipit.device.fetch import choose as choose_module
from pipit.device.fetch.bars import Bars
from pipit.device.fetch.choose import choose, memory_word
from pipit.device.fetch.config_edit import change, file_to_change, overruled, require_changeable
from pipit.device.language import PROMPTS, chosen_weights
from pipit.device.settings import EngineChoice, Reply
from pipit.errors import BadConfig, BadInput, PipitError, WeightsError
from pipit.models.fetch import Wish, add
from pipit.models.languages import in_order, speaks
from pipit.models.load import pocket_weights

POCKET = pocket_weights()


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("PIPIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PIPIT_MODELS_DIR", str(tmp_path / "models"))


@pytest.fixture
def german(tmp_path: Path) -> Path:
    """A recogniser and a voice that say they are German, and a model that says it writes it."""
    models = tmp_path / "models"
    add(Wish(str(POCKET.recognizer), name="ohr", language="de", link=True), models)
    add(Wish(str(POCKET.voice), name="mund", language="de-DE", link=True), models)
    add(Wish(str(POCKET.model), name="kopf", language="en, de", link=True), models)
    return models


# ---- the file ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[engines]\nweights = "board"\n'),
        ("# a\n[log]\nlevel = 'info' # b\n", "# a\n[log]\nlevel = 'info' # b\n\n[engines]\nweights = \"board\"\n"),
        ("[engines]\nweights = 'roomy' # mine\nvoice='x'\n", '[engines]\nweights = "board" # mine\n'),
        ("engines.weights = 'roomy'\nengines.seed = 3\n", 'engines.weights = "board"\nengines.seed = 3\n'),
        ("engines = {weights = 'roomy', voice = 'x', seed = 3}\n", 'engines = {weights = "board", seed = 3}\n'),
    ],
)
def test_all_else_stays_as_it_was_written(before: str, after: str, tmp_path: Path) -> None:
    path = tmp_path / "pipit.toml"
    path.write_text(before)
    path.chmod(0o640)
    change(path, {"weights": "board", "voice": None})
    assert tomllib.loads(path.read_text()) == tomllib.loads(after)
    assert path.read_text().split() == after.split()
    assert path.stat().st_mode & 0o777 == 0o640
    assert [found.name for found in tmp_path.iterdir() if found.is_file()] == ["pipit.toml"]


@pytest.mark.parametrize("text", ["[engines", "[engines]\nwieghts = 'x'\n", "engines = 3\n"])
def test_a_file_that_is_wrong_is_left_as_it_is(text: str, tmp_path: Path) -> None:
    path = tmp_path / "pipit.toml"
    path.write_text(text)
    with pytest.raises(BadConfig, match=r"pipit\.toml"):
        change(path, {"weights": "board"})
    assert path.read_text() == text
    assert [found.name for found in tmp_path.iterdir()] == ["pipit.toml"]


def test_a_file_that_is_meant_to_stay_does_so_even_for_who_may_write_it(tmp_path: Path) -> None:
    path = tmp_path / "pipit.toml"
    path.write_text("# managed elsewhere\n")
    path.chmod(0o444)
    with pytest.raises(BadConfig, match=r"pipit\.toml cannot be written \(it is read-only\): .*--config"):
        change(path, {"threads": 2})
    path.chmod(0o644)
    change(path, {"threads": 2})
    assert path.read_text().startswith("# managed elsewhere\n")
    assert load_settings(path).engines.threads == 2


def test_where_nothing_can_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadConfig, match="cannot be written"):
        require_changeable(tmp_path / "file" / "pipit.toml")
    require_changeable(tmp_path / "not" / "yet" / "pipit.toml")
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "real.toml", tmp_path / "link.toml"
    path.write_text("")
    link.symlink_to(path)
    change(file_to_change(link), {"weights": "board"})
    assert link.is_symlink()
    assert load_settings(link).engines.weights == "board"


def test_the_users_file_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(file_to_change(None), {"weights": "board"})
    assert load_settings().engines.weights == "board"
    monkeypatch.setenv("PIPIT_ENGINES__WEIGHTS", "roomy")
    assert overruled({"weights": "board"}) == ["PIPIT_ENGINES__WEIGHTS"]


# ---- languages ---------------------------------------------------------------------------------------------


def test_languages() -> None:
    assert in_order("de_DE,en, others") == "de-DE, en, others"
    assert speaks("de-DE", "de-AT")
    assert speaks("en, others", "xh")
    assert speaks("", "xh")
    assert not speaks("de", "en")
    for wrong in ("german", "DE", "d"):
        with pytest.raises(ValueError, match="is no language"):
            in_order(wrong)


def test_a_language_picks_recogniser_voice_and_prompts(german: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(f"[engines]\nlanguage = 'de'\nmodel = '{german / 'kopf.gguf'}'\n[reply]\napology = 'Oh.'\n")
    settings = load_settings(path)
    weights = chosen_weights(settings.engines)
    assert (weights.recognizer.name, weights.voice.name) == ("ohr", "mund.onnx")
    assert settings.reply.system == PROMPTS["de"][0]
    assert settings.reply.apology == "Oh."
    assert not settings.reply.clock
    assert load_settings().reply == Reply()


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ({"language": "de"}, "the model writes en-US .pocket., but engines.language is de"),
        ({"language": "fr"}, "no recogniser for the language 'fr' is here: pipit models add"),
        ({"voice": "mund.onnx"}, "the voice speaks de-DE .mund., but the recogniser hears en-US"),
        ({"language": "en", "recognizer": "ohr"}, "the recogniser hears de .ohr., but engines.language is en"),
    ],
)
def test_languages_that_disagree(choice: dict[str, str], says: str, german: Path) -> None:
    paths = {key: value if key == "language" else str(german / value) for key, value in choice.items()}
    with pytest.raises(BadConfig, match=says):
        chosen_weights(EngineChoice.model_validate(paths))


def test_names_make_a_choice(german: Path) -> None:
    now = EngineChoice()
    chosen = choose(["mund", "kopf"], "", now)
    assert chosen.values == {
        "voice": str(german / "mund.onnx"),
        "model": str(german / "kopf.gguf"),
        "language": "de-DE",
    }
    assert chosen.weights.recognizer == german / "ohr"
    after = EngineChoice.model_validate(chosen.values)
    back = choose(["pocket"], "", after)
    assert back.values == {"weights": "pocket", "recognizer": None, "model": None, "voice": None, "language": None}
    assert back.weights == POCKET
    assert choose(["roomy", "qwen2.5-1.5b-instruct"], "", now).weights.model.name.startswith("qwen2.5-1.5b")
    assert choose(["board"], "en", now).values["language"] is None
    assert choose(["board"], "de", now).weights.voice.name == "mund.onnx"


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["board", "roomy"], "two sets"),
        (["kopf", "qwen2.5-0.5b-instruct"], "one of a kind"),
        (["mind"], "did you mean 'mund'"),
        (["mund", "vosk-small-en-us"], "of 2 languages: de, en"),
    ],
)
def test_names_that_do_not_go_together(names: list[str], says: str, german: Path) -> None:
    with pytest.raises(BadInput, match=says):
        choose(names, "", EngineChoice())
    with pytest.raises(BadInput, match="is no language"):
        choose(["pocket"], "english", EngineChoice())


def test_memory(german: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = choose(["pocket"], "", EngineChoice())
    for free, word in ((1 << 40, ""), (None, "")):
        monkeypatch.setattr(choose_module, "available_bytes", lambda free=free: free)
        assert memory_word(chosen, 512, anyway=False) == word
    monkeypatch.setattr(choose_module, "available_bytes", lambda: 1 << 20)
    with pytest.raises(WeightsError, match=r"1 MiB free.*--anyway"):
        memory_word(chosen, 512, anyway=False)
    assert "may swap" in memory_word(chosen, 512, anyway=True)


def test_what_was_added_and_went_away(german: Path) -> None:
    (german / "kopf.gguf").unlink()
    with pytest.raises(PipitError, match=r"the model kopf\.gguf is not here .* add it again"):
        choose_module.require_present(choose(["kopf"], "en", EngineChoice()))
    shutil.rmtree(german)


# ---- bars --------------------------------------------------------------------------------------------------


def test_bars_on_a_terminal_and_lines_in_a_log() -> None:
    for terminal in (True, False):
        told = io.StringIO()
        console = Console(file=told, force_terminal=terminal, width=120, highlight=False)
        with Bars(300, console) as bars:
            bars.at("a[b].gguf", "fetching", 100, 200)
            bars.at("c", "fetching", 50, None)
            bars.say("c: stalled; going on in 1 s")
            bars.at("a[b].gguf", "checking", 10, 200)
            bars.at("a[b].gguf", "done", 200, 200)
        text = told.getvalue()
        assert "going on in 1 s" in text
        assert "a[b].gguf" in text
        assert ("all" in text and "250/300 bytes" in text) == terminal
        assert ("a[b].gguf: whole" in text) != terminal
