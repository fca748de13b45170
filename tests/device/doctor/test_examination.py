"""All of it: on this very machine, when a check itself breaks, and how it is told."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from pipit.device.config import Settings
from pipit.device.doctor import Case, Finding, as_json, checks, engine_checks, examine, render, worst
from pipit.device.doctor.examination import as_text, settings_or_defaults
from pipit.errors import Failure
from pipit.models.manifest import make_manifest, write_manifest


def test_this_machine_can_run_pipit(pocket: Path) -> None:
    write_manifest(pocket, make_manifest(pocket))
    findings = examine(Case(Settings()))
    found = {finding.name: finding.status for finding in findings}
    for name in ("python", "board", "config", "clock", "disk", "journal folder", *engine_checks.ENGINES.values()):
        assert found[name] in ("ok", "warn"), [f for f in findings if f.name == name]
    for name in ("recogniser", "model", "voice", "digests", "memory", "flows", "journal"):
        assert found[name] == "ok", [f for f in findings if f.name == name]
    assert all(finding.mend for finding in findings if finding.status != "ok")


def test_a_machine_without_anything_gets_one_line_a_finding(case_of) -> None:  # type: ignore[no-untyped-def]
    for finding in examine(case_of()):
        assert "\n" not in finding.what + finding.mend
        assert finding.what
        assert "the check itself failed" not in finding.what


def broken(_: Case) -> Finding:
    raise ZeroDivisionError("two\nlines")


def refusing(_: Case) -> list[Finding]:
    raise Failure("x", "the thing is gone", "put it back")


def unreadable(_: Case) -> Finding:
    raise PermissionError(13, "Permission denied", "/secret")


def fine(_: Case) -> Finding:
    return Finding("fine", "ok", "all\nwell")


def test_a_check_that_crashes_is_a_finding_and_the_others_go_on() -> None:
    first, second, third, fourth = examine(Case(Settings()), (broken, refusing, unreadable, fine))
    assert (first.name, first.status) == ("broken", "fail")
    assert first.what == "the check itself failed: ZeroDivisionError: two lines"
    assert second == Finding("refusing", "fail", "the thing is gone", "put it back")
    assert (third.status, third.what) == ("fail", "/secret: Permission denied")
    assert fourth == Finding("fine", "ok", "all well")


def test_the_worst_counts() -> None:
    ok, warn, fail = (Finding("n", status, "w") for status in ("ok", "warn", "fail"))  # type: ignore[arg-type]
    assert worst([]) == "ok"
    assert worst([ok, warn, ok]) == "warn"
    assert worst([warn, fail, ok]) == "fail"


def test_what_a_person_sees() -> None:
    out = StringIO()
    findings = [Finding("audio", "warn", "[no] card", "plug one in"), Finding("voice", "fail", "gone", "fetch it")]
    render(findings, Console(file=out, width=80))
    text = out.getvalue()
    assert "! warn  audio  [no] card" in text
    assert "→ plug one in" in text
    assert "1 to mend, 1 to know about" in text
    assert as_text(findings).splitlines()[1:3] == ["      → plug one in", "fail  voice              gone"]


def test_what_a_program_sees() -> None:
    told = as_json([Finding("audio", "warn", "no card", "plug one in")])
    assert json.loads(json.dumps(told)) == {
        "version": 1,
        "worst": "warn",
        "findings": [{"name": "audio", "status": "warn", "what": "no card", "mend": "plug one in"}],
    }


def test_the_configuration_file_is_named_or_its_fault(tmp_path: Path) -> None:
    path = tmp_path / "pipit.toml"
    path.write_text("[listen]\nsilence_ms = 700\n")
    assert checks.config(Case(Settings(), path)).what == f"{path} is valid"
    path.write_text("[listen]\nsilense_ms = 700\n")
    finding = checks.config(Case(Settings(), path))
    assert finding.status == "fail"
    assert "silense_ms" in finding.what
    assert finding.mend == "did you mean 'listen.silence_ms'?"


def test_a_broken_configuration_does_not_keep_the_rest_from_being_examined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pipit.toml"
    path.write_text("[listen")
    monkeypatch.setenv("PIPIT_LISTEN__SILENCE_MS", "soon")
    settings = settings_or_defaults(path)
    assert settings.listen.silence_ms == 500
    found = {f.name: f.status for f in examine(Case(settings, path), (checks.config, checks.python))}
    assert found == {"config": "fail", "python": "ok"}
