"""The guide to flows says what is true: its files are sound, its commands print what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from pipit.device.flow.find import resolve
from pipit.device.flow.picture import draw
from pipit.fsm.fields import Reading, read
from pipit.fsm.flow.condition import parse
from pipit.fsm.flow.load import check_text, load_flow
from pipit.fsm.flow.schema import ArtifactSpec, FieldSpec, Flow, Listen, Next, Part, Phase, Question
from pipit.fsm.session.commands import command_of

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "flows.md"
TEXT = GUIDE.read_text(encoding="utf-8")
PARTS: tuple[type[Part], ...] = (Flow, Phase, FieldSpec, ArtifactSpec, Next, Question, Listen)
CONFIG = '[engines]\nweights = "scripted"\n[journal]\nfolder = "journal"\n'


@dataclass(frozen=True)
class Block:
    """A fenced block; ``name`` is the file that a first line of YAML names."""

    kind: str
    text: str

    @property
    def name(self) -> str:
        return self.text.splitlines()[0].removeprefix("# ")


BLOCKS = [Block(kind, text) for kind, text in re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.M | re.S)]
FILES = [block for block in BLOCKS if block.kind == "yaml"]
FLOWS = [block for block in FILES if "\nflow:" in block.text and "scenario:" not in block.text]


@pytest.mark.parametrize("block", FLOWS, ids=lambda block: block.name)
def test_every_flow_of_the_guide_is_sound(block: Block) -> None:
    assert check_text(block.text, block.name) == ()


def test_every_file_has_a_name_and_nothing_else_is_yaml() -> None:
    assert len(FLOWS) == 6
    assert all(re.fullmatch(r"[a-z-]+\.yaml", block.name) for block in FILES)


def test_every_command_prints_what_the_guide_shows(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    for block in BLOCKS:
        if block.kind == "yaml":
            (tmp_path / block.name).write_text(block.text)
            (tmp_path / "slip.yaml").write_text((tmp_path / "closing.yaml").read_text().replace("ask:", "aks:", 1))
        elif block.kind == "console":
            command, _, shown = block.text.partition("\n")
            typed, printed = apart(command, shown)
            assert ran(tmp_path, command.removeprefix("$ pipit "), typed) == printed, command


def apart(command: str, shown: str) -> tuple[str, str]:
    """Part what a person types into a conversation from what is printed."""
    if " session start " not in command:
        return "", shown
    lines = shown.splitlines(keepends=True)
    # a reply that is too long for a line goes on in the next; what is typed comes just before a reply
    typed = [line for line, after in pairwise(lines) if after.startswith("Pipit")]
    return "".join(typed), "".join(line for line in lines if line not in typed)


def ran(folder: Path, arguments: str, typed: str) -> str:
    command = [sys.executable, "-m", "pipit.device.cli", *arguments.split()]
    around = {**os.environ, "COLUMNS": "80", "PIPIT_CONFIG": str(folder / "config.toml")}
    done = subprocess.run(command, input=typed, capture_output=True, text=True, cwd=folder, env=around, timeout=60)
    return done.stdout


def test_the_scenario_of_the_guide_comes_as_expected(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    for block in FILES:  # the later of two with one name is left
        (tmp_path / block.name).write_text(block.text)
    command = ["replay", "--scenario", "closing-test.yaml", "--config", "config.toml", "--out", "out"]
    subprocess.run([sys.executable, "-m", "pipit.device.cli", *command], cwd=tmp_path, check=True, timeout=60)


def test_the_picture_is_that_of_the_flow(tmp_path: Path) -> None:
    last = [block for block in FLOWS if block.name == "closing.yaml"][-1]
    (tmp_path / last.name).write_text(last.text)
    picture = GUIDE.parent / "pictures" / "flow-closing.svg"
    assert picture.read_text(encoding="utf-8") == draw(load_flow(resolve(tmp_path / last.name)))


# ---- tables ------------------------------------------------------------------------------------------------


def rows(heading: str) -> Iterator[list[str]]:
    """Yield the cells of the table under a heading."""
    table = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    yield from found[2:]


def quoted(cell: str) -> list[str]:
    return re.findall(r'"([^"]+)"', cell)


def test_every_key_of_a_flow_file_is_explained() -> None:
    explained = {key for row in rows("Every key") for cell in row for key in re.findall(r"`([a-z_]+)`", cell)}
    assert {name for part in PARTS for name in part.model_fields} <= explained


def test_what_the_guide_says_can_be_said_is_understood() -> None:
    today = date(2026, 11, 21)
    units = {"number": {"unit": "h"}}
    for kind, said, *_ in rows("Types of answers"):
        name = kind.strip("`")
        for words in quoted(said):
            spec = FieldSpec.model_validate({"field": "x", "type": name, **units.get(name, {})})
            assert isinstance(read(spec, words, today), Reading), (name, words)


def test_the_conditions_of_the_guide_can_be_read() -> None:
    told = TEXT.split("\n## Conditions\n")[1].split("\n## ")[0]
    conditions = [text for text in re.findall(r"`([^`]+)`", told) if text not in ("when", "and", "or", "not")]
    assert len(conditions) == 7
    assert all(parse(text) for text in conditions)


def test_what_can_be_said_at_any_time_is_a_command() -> None:
    table = {to: quoted(say) for to, say in rows("What can be said at any time")}
    del table["put an answer right"]  # no command, but an answer
    for to, sayings in table.items():
        assert sayings, to
        assert all(command_of(saying) for saying in sayings), sayings
