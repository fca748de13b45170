"""``pipit session``: what it prints and writes of sessions that real events made."""

from __future__ import annotations

import base64
import json
import os
import re
import sqlite3
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from pipit.audio import WavClip
from pipit.device.config import PREFIX
from pipit.device.journal.page import page
from pipit.device.session_cli import app
from pipit.errors import PipitError
from pipit.fsm.journal import Journal, place
from pipit.fsm.journal.export import record_of
from pipit.fsm.session import events as se

FLOW = """
flow: check
title: Daily check
phases:
  - name: intake
    title: which truck
    say: Which truck?
    collect:
      - {field: truck, type: text, required: true}
      - {field: run_hours, type: number, unit: h}
      - {field: warm_up, type: duration}
  - name: review
    say: Anything else?
    collect:
      - {field: ready, type: yes-no, required: true}
      - {field: note, type: text}
"""
NASTY = "<script>alert('x')</script> & \"quotes\" [bold] \x07"
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv(f"{PREFIX}JOURNAL__FOLDER", str(tmp_path / "journal"))
    monkeypatch.setenv("COLUMNS", "140")


@pytest.fixture
def run() -> Run:
    def run_once(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(app, words)
        assert result.exit_code == code, (result.output, result.exception)
        return result

    return run_once


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """Two sessions: one of a check, in its second phase, and one that ended."""
    journal = Journal.open(tmp_path / "journal")
    begin(journal, "check-20260101-0900-aaa")
    end = se.SessionEnd(session="check-20260101-0900-aaa", reason="stopped", forced=True)
    journal.append("check-20260101-0900-aaa", [end])
    session = begin(journal, "check-20260102-0900-bbb")
    tell_check(journal, session)
    return journal


def begin(journal: Journal, session: str) -> str:
    start = se.SessionStart(session=session, flow="check", title="Daily check", minutes=5)
    journal.begin(
        session, "check", "Daily check", FLOW, [start, se.PhaseStart(session=session, phase="intake", index=0)]
    )
    return session


def field(
    session: str, name: str, value: se.Value, words: str, by: se.By = "parser", phase: str = "intake"
) -> se.FieldSet:
    return se.FieldSet(session=session, phase=phase, field=name, value=value, words=words, by=by, elapsed=20)


def tell_check(journal: Journal, session: str) -> None:
    place(journal.folder(session), "intake/walkaround-1.wav", b"\1\2" * 8_000)
    place(journal.folder(session), "intake/remark-1.txt", NASTY.encode(), "text/plain")
    own = {"session": session, "elapsed": 20.0}
    journal.append(
        session,
        [
            se.TurnKept(**own, said=NASTY, heard="Truck seven, is that right?", outcome="done"),
            field(session, "truck", NASTY, "the seventh"),
            field(session, "run_hours", 1204.0, "twelve hundred and four", "model"),
            field(session, "warm_up", 150, "two and a half minutes"),
            se.ArtifactAdded(**own, phase="intake", artifact="walkaround", path="intake/walkaround-1.wav", seconds=0.5),
            se.ArtifactAdded(**own, phase="intake", artifact="remark", path="intake/remark-1.txt", media="text/plain"),
            se.ArtifactAdded(**own, phase="intake", artifact="lost", path="intake/lost-1.wav"),
            se.QuestionAsked(**own, phase="intake", question="why", text="Why that truck?"),
            se.AnswerGiven(**own, phase="intake", question="why", text="It is near.", enough=True),
            se.PhaseTransition(session=session, elapsed=30.0, source="intake", dest="review", override="in a hurry"),
            se.PhaseStart(session=session, elapsed=30.0, phase="review", index=1),
            field(session, "ready", True, "sure", phase="review"),
            se.ItemSkipped(session=session, elapsed=40.0, phase="review", item="note"),
            se.Summary(session=session, elapsed=40.0, text="All is well."),
        ],
    )


# ---- what is printed -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("journal")
def test_list_shows_the_newest_first(run: Run) -> None:
    lines = run("list").output.splitlines()
    assert [line.split()[0] for line in lines] == ["session", "check-20260102-0900-bbb", "check-20260101-0900-aaa"]
    assert "running" in lines[1]
    assert "ended" in lines[2]
    listed = json.loads(run("list", "--unfinished", "--json").output)
    assert [(row["id"], row["state"], row["phase"]) for row in listed["sessions"]] == [
        ("check-20260102-0900-bbb", "running", "review")
    ]
    assert json.loads(run("list", "--flow", "chat", "--json").output)["sessions"] == []


@pytest.mark.usefixtures("journal")
def test_show_tells_values_with_their_unit_and_what_is_not_committed(run: Run) -> None:
    text = run("show", "last").output
    assert re.search(r"run_hours +1,204 h +twelve hundred and four *$", text, re.MULTILINE)
    assert re.search(r"warm_up +two minutes thirty seconds", text)
    assert re.search(r"ready +yes +sure +not yet committed", text)
    assert "<script>" in text
    assert "[bold]" in text
    assert "in a hurry" in text
    assert "All is well." in text
    shown = json.loads(run("show", "check-20260102", "--json").output)
    assert shown["fields"]["run_hours"]["value"] == 1204.0
    assert (shown["fields"]["run_hours"]["committed"], shown["fields"]["ready"]["committed"]) == (True, False)
    assert shown["overrides"] == {"intake": "in a hurry"}
    assert "events" not in shown


@pytest.mark.usefixtures("journal")
def test_timeline_tells_phase_by_phase_who_said_what(run: Run) -> None:
    text = run("timeline", "last").output
    places = [
        text.index(part) for part in ("Daily check began", "intake", "Truck seven", "on to review", "ready = yes")
    ]
    assert places == sorted(places)
    told = json.loads(run("timeline", "last", "--json").output)
    assert [phase["phase"] for phase in told["phases"]] == ["", "intake", "review"]
    moments = [moment for phase in told["phases"] for moment in phase["moments"]]
    assert [moment["n"] for moment in moments] == sorted(moment["n"] for moment in moments)
    assert {"who": "person", "text": NASTY}.items() <= moments[1].items()
    assert {"event": "answer_given", "text": "why answered: It is near."} in [
        {key: moment[key] for key in ("event", "text")} for moment in moments
    ]


@pytest.mark.usefixtures("journal")
def test_search_finds_by_scope_and_fails_when_nothing_is_found(run: Run) -> None:
    assert "two minutes" not in run("search", "twelve hund").output
    hits = json.loads(run("search", "twelve hund", "--json", "--scope", "session:last").output)["hits"]
    assert [(hit["kind"], hit["name"]) for hit in hits] == [("field", "run_hours")]
    start, end = hits[0]["marks"][0]
    assert hits[0]["snippet"][start:end] == "twelve"
    assert "Nothing found" in run("search", "elephant", code=1).output
    assert json.loads(run("search", "twelve", "--scope", "flow:chat", "--json", code=1).output)["hits"] == []


@pytest.mark.usefixtures("journal")
@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("show", "gone"), "there is no session 'gone': 'pipit session list' shows them"),
        (("show", "check"), "'check' begins the names of 2 sessions: which: check-20260102-0900-bbb, "),
        (("search", "x", "--scope", "world"), "there is no scope 'world': give all, flow:NAME or session:ID"),
        (("export", "last", "--out", "/dev/null/x"), "/dev/null/x: "),
    ],
)
def test_what_cannot_be_is_told_in_one_line(run: Run, words: tuple[str, ...], line: str) -> None:
    error = run(*words, code=1).exception
    assert isinstance(error, PipitError)
    assert error.exit_code == 2
    assert str(error).startswith(line)
    assert "\n" not in str(error)


def test_without_a_journal_nothing_is_made(run: Run, tmp_path: Path) -> None:
    assert "No sessions" in run("list").output
    assert json.loads(run("list", "--json").output)["sessions"] == []
    assert "Nothing found" in run("search", "x", code=1).output
    assert "there are no sessions yet" in str(run("show", "last", code=1).exception)
    assert not (tmp_path / "journal").exists()


@pytest.mark.parametrize("command", ["list", "show", "timeline", "search", "export"])
def test_every_command_has_help_with_an_example(run: Run, command: str) -> None:
    assert f"Example: pipit session {command}" in run(command, "--help").output


def test_an_older_journal_is_brought_up_to_date_by_looking(run: Run, journal: Journal) -> None:
    journal.close()
    with sqlite3.connect(journal.path) as db:
        for name in ("passages_in", "passages_out"):
            db.execute(f"DROP TRIGGER {name}")
        for name in ("words", "passages"):
            db.execute(f"DROP TABLE {name}")
        db.execute("DELETE FROM schema_version WHERE version > 1")
    db.close()
    assert "bbb" in run("search", "twelve").output


def test_a_journal_on_a_read_only_disk_can_be_rescued(run: Run, journal: Journal, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("mounting takes root")
    journal.close()
    folder = tmp_path / "journal"
    for how in (["--bind", folder, folder], ["-o", "remount,ro,bind", folder]):
        subprocess.run(["mount", *map(str, how)], check=True)
    try:
        assert "bbb" in run("list").output
        run("export", "last", "--out", str(tmp_path / "saved.html"))
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
    assert "1,204 h" in (tmp_path / "saved.html").read_text("utf-8")


# ---- what is written -----------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for name, value in attrs if name == "src"]
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += f"{data} "


@pytest.mark.usefixtures("journal")
def test_the_page_is_whole_by_itself(run: Run, tmp_path: Path) -> None:
    run("export", "last", "--out", str(tmp_path / "a" / "check.html"))
    text = (tmp_path / "a" / "check.html").read_text("utf-8")
    shown = Page(text)
    assert text.startswith("<!DOCTYPE html>")
    assert "@media print" in text
    assert shown.links == []
    assert all(source.startswith("data:") for source in shown.sources)
    for part in ("Which truck", "1,204 h", "two minutes thirty seconds", "“the seventh”", "read by the model"):
        assert part in shown.text
    for part in ("left out", "in a hurry", "Why that truck?", "It is near.", "All is well.", "not finished"):
        assert part in shown.text
    assert "The file cannot be read: No such file or directory." in shown.text
    (note,) = shown.sources
    assert note.startswith("data:audio/wav;base64,")
    (tmp_path / "note.wav").write_bytes(base64.b64decode(note.partition(",")[2]))
    assert WavClip(tmp_path / "note.wav").seconds == 0.5


@pytest.mark.usefixtures("journal")
def test_what_people_say_stays_text_on_the_page(run: Run) -> None:
    shown = Page(run("export", "last", "--format", "html").output)
    assert "script" not in shown.tags
    assert shown.text.count("<script>alert('x')</script> & \"quotes\" [bold] \ufffd") == 3  # field, note, turn


@settings(max_examples=40)
@given(words=st.text(st.characters(), max_size=40), name=st.text(st.characters(), min_size=1, max_size=20))
def test_no_words_can_break_the_page(tmp_path_factory: pytest.TempPathFactory, words: str, name: str) -> None:
    journal = Journal.open(tmp_path_factory.mktemp("journal"))
    session = begin(journal, "s")
    kept = se.ArtifactAdded(session=session, phase="intake", artifact=name, path="intake/x", media=words)
    turn = se.TurnKept(session=session, said=words, heard=words, outcome=words)
    said = se.AnswerGiven(session=session, phase="intake", question=name, text=words, enough=True)
    asked = se.QuestionAsked(session=session, phase="intake", question=name, text=words)
    journal.append(
        session, [turn, kept, asked, said, field(session, name, words, words), se.Summary(session=session, text=words)]
    )
    made = Page(page(record_of(journal, journal.sessions()[0])))
    journal.close()
    plain = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "tr", "th", "td", "blockquote"}
    assert set(made.tags) <= plain
    assert made.tags.count("body") == 1


@pytest.mark.usefixtures("journal")
def test_json_holds_everything_by_a_version(run: Run, tmp_path: Path) -> None:
    printed = json.loads(run("export", "last").output)
    run("export", "last", "--out", str(tmp_path / "check.json"))
    written: dict[str, Any] = json.loads((tmp_path / "check.json").read_text("utf-8"))
    assert written == printed
    assert written["version"] == 1
    assert written["flow_file"] == FLOW
    assert [event["n"] for event in written["events"]] == list(range(1, 17))
    again = [se.from_json("s", event) for event in written["events"]]
    assert again[0] == se.SessionStart(session="s", flow="check", title="Daily check", minutes=5)
    assert written["questions"][0]["answer"] == "It is near."
    assert written["skipped"] == ["review/note"]
    assert (Path(written["folder"]) / written["artifacts"]["walkaround"]["path"]).is_file()


def test_a_flow_that_this_edition_cannot_read_is_no_reason_to_lose_a_record(run: Run, tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "journal")
    start = se.SessionStart(session="s", flow="later", title="Later")
    journal.begin(
        "s", "later", "Later", "flow: later\nholograms: 3\n", [start, se.PhaseStart(session="s", phase="p", index=0)]
    )
    journal.append("s", [field("s", "truck", 2.5, "two and a half", phase="p")])
    journal.close()
    assert "2.5" in run("show", "last").output
    assert "2.5" in run("export", "s", "--format", "html").output
