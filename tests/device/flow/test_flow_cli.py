"""``pipit flow``, over shipped flows and over files with faults."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from pipit.device.config import PREFIX
from pipit.device.flow.find import found_flows, resolve, shipped_folder, users_folder
from pipit.device.flow.vocabulary import words_in
from pipit.device.flow_cli import app
from pipit.errors import BadInput, PipitError

ROOT = Path(__file__).resolve().parents[3]
WRONG = "flow: mine\ntitle: Mine\nphases:\n  - name: one\n    sey: Hello\n"
RIGHT = "flow: mine\ntitle: Mine\nphases:\n  - name: one\n    say: Hello\n"
UNHEARD = RIGHT + "    collect:\n      - {field: x, type: choice, choices: [seven, xyzzy]}\n"


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)


def flow(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def file(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_check_points_at_the_letter(tmp_path: Path) -> None:
    path = file(tmp_path / "mine.yaml", WRONG)
    result = flow("check", path)
    assert result.exit_code == 2
    assert result.output.splitlines() == [
        f"{path}:5:5: error: there is no 'sey' in a phase",
        "    5 │     sey: Hello",
        "      │     ^",
        "    did you mean 'say'?",
        f"{path}: 1 error",
    ]


def test_check_of_a_fine_flow(tmp_path: Path) -> None:
    path = file(tmp_path / "mine.yaml", RIGHT)
    result = flow("check", path)
    assert (result.exit_code, result.output) == (0, f"{path}: fine\n")


def test_check_warns_of_words_that_are_not_heard_and_lets_them_pass(tmp_path: Path) -> None:
    path = file(tmp_path / "mine.yaml", UNHEARD)
    result = flow("check", path)
    assert result.exit_code == 0
    assert f"{path}:7:51: warning: the recogniser does not know 'xyzzy'" in result.output
    assert result.output.endswith(f"{path}: 1 warning\n")


def test_check_of_several_as_json(tmp_path: Path) -> None:
    wrong, right = file(tmp_path / "mine.yaml", WRONG), file(tmp_path / "b" / "mine.yaml", RIGHT)
    result = flow("check", wrong, right, "--json")
    assert result.exit_code == 2
    fault = {
        "line": 5,
        "column": 5,
        "severity": "error",
        "message": "there is no 'sey' in a phase",
        "hint": "did you mean 'say'?",
    }
    files = [{"file": str(wrong), "faults": [fault]}, {"file": str(right), "faults": []}]
    assert json.loads(result.output) == {"version": 1, "files": files}


def test_check_shows_a_long_line_in_part_and_wide_letters_in_place(tmp_path: Path) -> None:
    path = file(tmp_path / "mine.yaml", RIGHT + f'    goal: "{"漢字 " * 60}{{nobody}}"\n')
    lines = flow("check", path).output.splitlines()
    shown, caret = lines[1], lines[2]
    assert "{nobody}" in shown
    assert len(shown) <= 108
    assert _cells(shown[: shown.index("{nobody}")]) == caret.index("^")


def _cells(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"\x00\x01", b"", b"\xe4"])
def test_check_of_what_is_no_text(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(data)
    result = flow("check", path)
    assert result.exit_code == 2
    assert result.output.startswith(f"{path}:1:1: error: ")


def test_check_of_a_folder_and_of_nothing(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.yaml"):
        result = flow("check", path)
        assert isinstance(result.exception, BadInput)
        assert str(result.exception) == f"{path}: no such file: pipit flow list shows the flows there are"


def test_list_has_the_shipped_ones_and_the_users(tmp_path: Path) -> None:
    file(users_folder() / "mine.yaml", RIGHT)
    file(users_folder() / "broken.yaml", WRONG)
    rows = _listed()
    assert set(rows) >= {"chat", "forklift-check", "interview", "wind-down", "mine", "broken"}
    assert (rows["mine"]["title"], rows["mine"]["ships"], rows["mine"]["fault"]) == ("Mine", False, "")
    assert rows["broken"]["fault"].endswith("broken.yaml:5:5: there is no 'sey' in a phase: did you mean 'say'?")
    assert rows["chat"]["ships"] is True
    shown = flow("list").output
    assert "Daily forklift check" in shown
    assert str(users_folder()) in shown


def _listed() -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in json.loads(flow("list", "--json").output)["flows"]}


def test_the_users_flow_wins_over_a_shipped_one() -> None:
    mine = file(users_folder() / "chat.yaml", RIGHT.replace("mine", "chat"))
    assert resolve("chat") == mine
    assert [found.title for found in found_flows() if found.name == "chat"] == ["Mine"]


def test_a_flow_is_found_by_name_and_by_path(tmp_path: Path) -> None:
    assert resolve("chat") == shipped_folder() / "chat.yaml"
    assert resolve(shipped_folder() / "chat.yaml") == shipped_folder() / "chat.yaml"
    file(tmp_path / "here.yaml", RIGHT)
    assert resolve("here.yaml") == Path("here.yaml")
    assert resolve("./here.yaml") == Path("here.yaml")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("forklift", "there is no flow 'forklift': did you mean 'forklift-check'?"),
        ("here.yaml", "here.yaml: no such file: pipit flow list shows the flows there are"),
        ("../chat", "../chat: no such file: pipit flow list shows the flows there are"),
    ],
)
def test_a_flow_that_is_not_there(name: str, message: str) -> None:
    with pytest.raises(BadInput) as caught:
        resolve(name)
    assert str(caught.value) == message


def test_show_has_every_phase() -> None:
    shown = flow("show", "forklift-check").output
    for words in ("Daily forklift check", "which truck", "● truck", "○ note", "→ service  hours > 500", "→ the end"):
        assert words in shown


def test_show_draws_and_prints(tmp_path: Path) -> None:
    out = tmp_path / "picture.svg"
    result = flow("show", "interview", "--svg", out)
    assert (result.exit_code, result.output) == (0, f"wrote {out}\n")
    assert ET.parse(out).getroot().tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - our own
    assert flow("show", "interview", "--mermaid").output.startswith("flowchart TD\n")


def test_show_of_a_wrong_flow_and_into_a_place_that_is_not_there(tmp_path: Path) -> None:
    path = file(tmp_path / "mine.yaml", WRONG)
    assert str(flow("show", path).exception).startswith(f"{path}:5:5: there is no 'sey'")
    failed = flow("show", "chat", "--svg", tmp_path / "no" / "where.svg").exception
    assert isinstance(failed, PipitError)
    assert (failed.exit_code, failed.hint) == (1, "choose another place for it")


def test_schema_prints_what_docs_hold() -> None:
    assert flow("schema").output == (ROOT / "docs" / "flow.schema.json").read_text(encoding="utf-8")


def test_a_list_of_words_that_is_none(tmp_path: Path) -> None:
    assert words_in(tmp_path / "none.txt") is None
    assert words_in(file(tmp_path / "empty.txt", "\n")) is None
    assert words_in(file(tmp_path / "words.txt", "one 1\ntwo 2\n")) == {"one", "two"}
