"""Sessions that are led and steered from the command line, in text, with a journal on disk."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipit.device.config import PREFIX
from pipit.device.flow_cli import app as flow_app
from pipit.device.session_cli import app
from pipit.errors import BadInput, PipitError
from pipit.fsm.journal import Journal

FLOW = """
flow: check
title: Daily check
order: free
closing: Drive safely.
phases:
  - name: intake
    collect:
      - {field: truck, type: choice, choices: [seven, nine], required: true, ask: "Which truck?"}
      - {field: note, type: text, ask: "Anything to note?"}
    next: [{when: truck = nine, to: extra}, {to: last}]
  - name: extra
    say: Nine needs oil.
  - name: last
    collect: [{field: ready, type: yes-no, required: true, ask: "Ready?"}]
"""
Run = Callable[..., Result]


@pytest.fixture
def flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in os.environ:
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv(f"{PREFIX}JOURNAL__FOLDER", str(tmp_path / "journal"))
    path = tmp_path / "a check.yaml"
    path.write_text(FLOW)
    return path


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=typed)


def fields(tmp_path: Path) -> dict[str, object]:
    journal = Journal.open(tmp_path / "journal", read_only=True)
    try:
        return dict(journal.state(journal.sessions()[0].id).values())
    finally:
        journal.close()


def test_a_session_is_led_by_typed_words_to_its_end(flow: Path, tmp_path: Path) -> None:
    result = run("start", str(flow), typed="nine\nskip\nyes\n")
    assert result.exit_code == 0, result.output
    assert [line.split("Pipit  ")[-1] for line in result.output.splitlines()] == [
        "Which truck?",
        "Nine. Anything to note?",
        "Skipped. Nine needs oil.",
        "Ready?",
        "Drive safely.",
    ]
    assert fields(tmp_path) == {"truck": "nine", "ready": True}


def test_one_that_is_left_rests_and_is_resumed(flow: Path, tmp_path: Path) -> None:
    left = run("start", str(flow), typed="seven\n")
    assert "rests; go on with: pipit session resume check-" in " ".join(left.output.split())
    resumed = run("resume", "last", typed="all clean\nno\n")
    assert "We were at intake, step 1 of 3. Anything to note?" in resumed.output
    assert fields(tmp_path) == {"truck": "seven", "note": "all clean", "ready": False}


def test_an_unfinished_one_is_continued_restarted_or_left_beside_a_new_one(flow: Path) -> None:
    run("start", str(flow), typed="seven\n")
    asked = run("start", str(flow), typed="what\nnew\n")
    assert "There is an unfinished Daily check, at intake. Continue, restart, or new?" in asked.output
    assert "Please say continue, restart, or new." in asked.output
    assert len(json.loads(run("list", "--unfinished", "--json").output)["sessions"]) == 2
    assert "Which truck?" in run("start", str(flow), "--how", "restart").output
    assert len(json.loads(run("list", "--unfinished", "--json").output)["sessions"]) == 2
    assert "We were at intake" in run("start", str(flow), "--how", "continue").output


def test_a_phase_is_completed_only_with_what_it_needs_or_a_reason(flow: Path) -> None:
    run("start", str(flow))
    refused = run("complete-phase", "last")
    assert (refused.exit_code, "Not yet: truck is missing." in refused.output) == (1, True)
    allowed = run("complete-phase", "last", "--override", "the truck is gone")
    assert allowed.exit_code == 0, allowed.output
    assert "the truck is gone" in run("timeline", "last").output


def test_a_session_ends_from_its_last_phase_unless_forced(flow: Path) -> None:
    run("start", str(flow))
    refused = run("end", "last")
    assert (refused.exit_code, "which is not the end" in " ".join(refused.output.split())) == (1, True)
    forced = run("end", "last", "--force")
    assert (forced.exit_code, "Ended before its end." in forced.output) == (0, True)
    assert isinstance(run("resume", "last").exception, BadInput)


def test_what_is_wrong_is_one_line(flow: Path) -> None:
    flow.write_text(FLOW.replace("choices:", "choises:"))
    error = run("start", str(flow)).exception
    assert isinstance(error, PipitError)
    assert f"{flow}:9:" in str(error)
    assert isinstance(run("resume", "last").exception, BadInput)


def test_a_dry_run_walks_every_branch(flow: Path) -> None:
    told = json.loads(CliRunner().invoke(flow_app, ["dry-run", str(flow), "--json"]).output)
    assert sorted(walk["path"] for walk in told["walks"]) == [["intake", "extra", "last"], ["intake", "last"]]
    assert {walk["ended"] for walk in told["walks"]} == {"complete"}
    assert told["never_reached"] == []
    shown = CliRunner().invoke(flow_app, ["dry-run", str(flow)])
    assert shown.exit_code == 0
    assert "Nine needs oil." in shown.output


def test_a_phase_that_no_answer_leads_to_fails_the_dry_run(flow: Path) -> None:
    flow.write_text(FLOW.replace("when: truck = nine", "when: truck = nine and truck = seven"))
    shown = CliRunner().invoke(flow_app, ["dry-run", str(flow), "--short"])
    assert shown.exit_code == 1
    assert "never reached: extra" in shown.output


def test_a_file_is_laid_beside_a_phase_and_kept(flow: Path, tmp_path: Path) -> None:
    artifacts = "    artifacts: [{name: photo, kind: file, required: true}]\n"
    flow.write_text(FLOW.replace("    next: [{when", f"{artifacts}    next: [{{when"))
    photo = tmp_path / "my tyre.JPG"
    photo.write_bytes(b"a picture")
    asked = run("start", str(flow), typed="seven\nskip\n")
    assert "Please add the file for photo." in " ".join(asked.output.split())
    assert isinstance(run("attach", "last", "video", str(photo)).exception, BadInput)
    assert isinstance(run("attach", "last", "photo", str(tmp_path / "gone.jpg")).exception, BadInput)
    added = run("attach", "last", "photo", str(photo))
    assert (added.exit_code, "Got it." in added.output, "Ready?" in added.output) == (0, True, True)
    (kept,) = (tmp_path / "journal" / "sessions").rglob("*.jpg")
    assert kept.read_bytes() == b"a picture"
    assert "photo" in run("show", "last").output
