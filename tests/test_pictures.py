"""The pictures of the docs tell what the code does."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

from pipit.fsm.machine import ACTIVE, TABLE, TRIGGERS, Row, State

ROOT = Path(__file__).parent.parent


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pictures", ROOT / "tools" / "pictures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["pictures"] = module
    spec.loader.exec_module(module)
    return module


pictures = _load()


def test_pictures_in_the_repository_are_fresh() -> None:
    assert [str(path) for path in pictures.stale(ROOT)] == []


def test_mermaid_has_every_state_and_trigger() -> None:
    diagram = pictures.mermaid()
    for state in State:
        assert re.search(rf"\b{state.value}\b", diagram)
    for trigger in TRIGGERS:
        assert re.search(rf"\b{trigger}\b", diagram)
    assert "idle --> listening: press / speech" in diagram


def test_the_drawing_has_the_words_of_every_arrow() -> None:
    root = ET.fromstring(pictures.machine_svg())  # noqa: S314 - our own
    words = " ".join(e.text or "" for e in root.iter("{http://www.w3.org/2000/svg}text"))
    for arrow in pictures.arrows():
        assert arrow.label in words


def test_arrows_lose_no_row() -> None:
    drawn = {(a.source, t, a.dest) for a in pictures.arrows() for t in a.triggers}
    for row in TABLE:
        for source in row.sources:
            dest = "turn" if row.returns and row.dest in ACTIVE else (row.dest or source).value
            own, merged = (source.value, row.trigger, dest), ("turn", row.trigger, dest)
            assert own in drawn or (source in ACTIVE and merged in drawn)


def test_another_table_is_another_picture() -> None:
    table = (*TABLE, Row("wake", (State.IDLE,), State.LISTENING))
    assert "idle --> listening: press / speech / wake" in pictures.mermaid(table)
    assert pictures.machine_svg(table) != pictures.machine_svg()


def test_an_arrow_without_a_way_says_where_to_draw_it() -> None:
    table = (*TABLE, Row("nap", (State.SUSPENDED,), State.SPEAKING))
    with pytest.raises(SystemExit, match="suspended -> speaking: add it in routes"):
        pictures.machine_svg(table)


def test_check_names_what_is_stale_and_writing_mends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "README.md"
    page.write_text("# Pipit\n\n<!-- turn machine -->\nold\n<!-- /turn machine -->\n\nEnd.\n", encoding="utf-8")
    assert pictures.main(["--check"], tmp_path) == 1
    named = capsys.readouterr().err
    assert all(name in named for name in ("turn-machine.mmd", "turn-machine.svg", "README.md"))
    assert "old" in page.read_text(encoding="utf-8")
    assert pictures.main([], tmp_path) == 0
    assert pictures.main(["--check"], tmp_path) == 0
    text = page.read_text(encoding="utf-8")
    assert f"```mermaid\n{pictures.mermaid()}```" in text
    assert text.endswith("\n\nEnd.\n")
    (tmp_path / "docs/pictures/turn-machine.mmd").write_text("stale", encoding="utf-8")
    assert pictures.main(["--check"], tmp_path) == 1


def test_a_readme_without_markers_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Pipit\n", encoding="utf-8")
    assert pictures.main([], tmp_path) == 0
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "# Pipit\n"


def test_a_timeline_is_taken_over(tmp_path: Path) -> None:
    made = tmp_path / "made.svg"
    made.write_text("<svg/>", encoding="utf-8")
    assert pictures.main(["--timeline", str(made)], tmp_path) == 0
    assert (tmp_path / "docs/pictures/timeline.svg").read_text(encoding="utf-8") == "<svg/>"
    assert pictures.main(["--timeline", str(tmp_path / "none.svg")], tmp_path) == 2
