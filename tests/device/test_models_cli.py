"""``pipit models``, over folders that were damaged on purpose."""

from __future__ import annotations

import json
import os
import runpy
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from pipit.device import models_show, weights
from pipit.device.config import PREFIX
from pipit.device.models_cli import app
from pipit.errors import BadInput, PipitError
from pipit.models import catalogue as catalogue_module
from pipit.models.catalogue import Catalogue, Entry, RemoteFile, catalogue
from pipit.models.manifest import MANIFEST_NAME, digest, make_manifest, write_manifest

TOOL = Path(__file__).parents[2] / "tools" / "pocket" / "manifest.py"
FILES = {"recogniser/am/final.mdl": b"kaldi", "model/pocket.gguf": b"GGUF" * 700_000, "voice/pocket.onnx": b"onnx"}


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PIPIT_POCKET_DIR", str(tmp_path / "pocket"))
    monkeypatch.setenv("PIPIT_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def pocket(tmp_path: Path) -> Path:
    """A listed copy of a pocket set whose files may be damaged."""
    folder = tmp_path / "pocket"
    for name, data in FILES.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(data)
    write_manifest(folder, make_manifest(folder))
    return folder


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The board set, of tiny files that the catalogue is made to list."""
    folder = tmp_path / "models"
    known = catalogue()
    entries = dict(known.entries)
    for name in known.sets["board"].chosen().values():
        entries[name] = _tiny(entries[name], folder)
    changed = Catalogue(entries=entries, sets=known.sets)
    for module in (catalogue_module, weights, models_show):
        monkeypatch.setattr(module, "catalogue", lambda: changed)
    return folder


def _tiny(entry: Entry, folder: Path) -> Entry:
    if entry.unpack:
        (folder / entry.path / "am").mkdir(parents=True)
        (folder / entry.path / "am" / "final.mdl").write_bytes(b"kaldi")
        write_manifest(folder / entry.path, make_manifest(folder / entry.path))
        return entry
    files: list[RemoteFile] = []
    for file in entry.files:
        path = folder / file.name
        path.write_bytes(file.name.encode())
        files.append(file.model_copy(update={"bytes": path.stat().st_size, "sha256": digest(path)}))
    return entry.model_copy(update={"files": tuple(files)})


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, arguments)
    if isinstance(result.exception, PipitError):  # what the command line's main does with it
        result.exit_code = result.exception.exit_code
    return result


def states(result: Result) -> dict[str, str]:
    return {file["name"]: file["state"] for file in json.loads(result.stdout)["files"]}


# ---- list --------------------------------------------------------------------------------------------------


def test_the_list_for_a_person(pocket: Path) -> None:
    result = run("list")
    assert result.exit_code == 0
    for text in ("pocket (in use)", "board: Raspberry Pi 4", "roomy", "468.6 MiB", "540 MiB", "Apache-2.0", "present"):
        assert text in result.stdout
    assert "dictation and commands" in result.stdout


def test_the_list_tells_how_much_memory_the_shipped_weights_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIPIT_POCKET_DIR")
    parts = json.loads(run("list", "--json").stdout)["sets"][0]["parts"]
    assert all(20 < part["ram_mib"] < 120 for part in parts)


def test_the_list_for_a_program(pocket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPIT_ENGINES__WEIGHTS", "board")
    told: dict[str, Any] = json.loads(run("list", "--json").stdout)
    sets = {entry["name"]: entry for entry in told["sets"]}
    assert list(sets) == ["pocket", "board", "roomy"]
    assert [name for name, entry in sets.items() if entry["in_use"]] == ["board"]
    assert [part["present"] for part in sets["pocket"]["parts"]] == [True] * 3
    assert sets["pocket"]["parts"][1]["bytes"] == len(FILES["model/pocket.gguf"])
    model = sets["board"]["parts"][1]
    assert (model["kind"], model["bytes"], model["ram_mib"], model["present"]) == ("model", 491_400_032, 540, False)
    assert [part["kind"] for part in sets["roomy"]["parts"]] == ["recognizer", "model", "voice", "model"]


def test_the_list_without_any_weights() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert "missing" in result.stdout


def test_a_configuration_file_says_what_is_in_use(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("[engines]\nweights = 'roomy'\n")
    assert "roomy (in use)" in run("list", "--config", str(path)).stdout
    assert run("list", "--config", str(tmp_path / "no.toml")).exit_code == 2


# ---- verify ------------------------------------------------------------------------------------------------


def test_a_whole_set(pocket: Path) -> None:
    result = run("verify")
    assert result.exit_code == 0
    assert "pocket: all 3 files as listed" in result.stdout
    assert states(run("verify", "pocket", "--json")) == dict.fromkeys(sorted(FILES), "ok")


def test_each_way_to_be_wrong_is_told_apart(pocket: Path) -> None:
    (pocket / "recogniser/am/final.mdl").unlink()
    (pocket / "voice/pocket.onnx").write_bytes(b"onnx and more")
    with (pocket / "model/pocket.gguf").open("r+b") as file:
        file.seek(2_000_001)
        file.write(b"!")
    result = run("verify", "pocket", "--json")
    assert result.exit_code == 1
    assert not json.loads(result.stdout)["ok"]
    assert states(result) == {
        "model/pocket.gguf": "wrong digest",
        "recogniser/am/final.mdl": "missing",
        "voice/pocket.onnx": "wrong size",
    }
    text = run("verify", "pocket")
    assert text.exit_code == 1
    for words in ("wrong digest", "missing", "wrong size", "13 bytes, not 4", "install it again"):
        assert words in text.stdout


def test_a_folder_in_a_files_place_is_a_missing_file(pocket: Path) -> None:
    (pocket / "voice/pocket.onnx").unlink()
    (pocket / "voice/pocket.onnx").mkdir()
    assert states(run("verify", "--json"))["voice/pocket.onnx"] == "missing"


def test_without_a_list_it_says_that_nothing_can_be_compared(pocket: Path) -> None:
    (pocket / MANIFEST_NAME).unlink()
    result = run("verify", "pocket")
    assert result.exit_code == 1
    assert "there is no list of the pocket set's files" in " ".join(result.stdout.split())
    assert "cannot be verified" in result.stdout


@pytest.mark.parametrize("text", ["", "{", '{"files": 3}', '{"files": {"../out": {"bytes": 1, "sha256": "00"}}}'])
def test_a_list_that_is_none(text: str, pocket: Path) -> None:
    (pocket / MANIFEST_NAME).write_text(text)
    result = run("verify", "pocket")
    assert result.exit_code == 2
    assert isinstance(result.exception, BadInput)
    assert "\n" not in str(result.exception)


def test_an_empty_list_proves_nothing(pocket: Path) -> None:
    (pocket / MANIFEST_NAME).write_text('{"files": {}}')
    result = run("verify", "pocket", "--json")
    assert result.exit_code == 1
    assert states(result) == {MANIFEST_NAME: "missing"}


@pytest.mark.parametrize(
    ("name", "hint"),
    [("bord", "did you mean 'board'?"), ("Pocket", "did you mean 'pocket'?"), ("xyz", "choose one of")],
)
def test_an_unknown_set(name: str, hint: str) -> None:
    result = run("verify", name)
    assert result.exit_code == 2
    assert hint in str(result.exception)


def test_scripted_engines_have_nothing_to_verify(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPIT_ENGINES__WEIGHTS", "scripted")
    assert run("verify").exit_code == 0
    assert json.loads(run("verify", "--json").stdout)["files"] == []


def test_a_set_that_was_not_fetched() -> None:
    result = run("verify", "board", "--json")
    assert result.exit_code == 1
    assert set(states(result).values()) == {"missing"}
    assert "pipit models pull board" in " ".join(run("verify", "board").stdout.split())


def test_a_fetched_set(fetched: Path) -> None:
    result = run("verify", "board", "--json")
    assert result.exit_code == 0, result.stdout
    assert "vosk-model-small-en-us-0.15/am/final.mdl" in states(result)
    model = next(fetched.glob("qwen*.gguf"))
    model.write_bytes(model.read_bytes()[::-1])
    result = run("verify", "board", "--json")
    assert result.exit_code == 1
    assert states(result)[model.name] == "wrong digest"


def test_a_recogniser_that_was_unpacked_by_hand_cannot_be_proved(fetched: Path) -> None:
    (fetched / "vosk-model-small-en-us-0.15" / MANIFEST_NAME).unlink()
    result = run("verify", "board", "--json")
    assert result.exit_code == 1
    assert states(result)[f"vosk-model-small-en-us-0.15/{MANIFEST_NAME}"] == "missing"


@pytest.mark.parametrize("command", ["list", "verify"])
def test_help_has_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: pipit models {command}" in " ".join(result.stdout.split())


# ---- the tool that writes the pocket set's list ------------------------------------------------------------


def tool(*arguments: str) -> int:
    main = runpy.run_path(str(TOOL))["main"]
    code: int = main(list(arguments))
    return code


def test_the_tool_writes_a_list_that_verify_agrees_with(pocket: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (pocket / MANIFEST_NAME).unlink()
    assert tool() == 0
    assert "3 files, 2.8 MB" in capsys.readouterr().out
    assert tool("--check") == 0
    assert run("verify", "pocket").exit_code == 0


def test_the_tools_check_finds_changes_and_files_that_are_not_listed(
    pocket: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pocket / "voice" / "new.onnx").write_bytes(b"new")
    (pocket / "voice" / "pocket.onnx").write_bytes(b"ONNX")
    assert tool("--check") == 1
    out = capsys.readouterr().out
    assert "voice/new.onnx: not listed" in out
    assert "voice/pocket.onnx: digest" in out


def test_the_tools_check_without_a_list(pocket: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (pocket / MANIFEST_NAME).unlink()
    assert tool("--check") == 2
    assert "error:" in capsys.readouterr().err
