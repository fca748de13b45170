"""Disk, the journal and what people wrote themselves."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipit.device.doctor import disk_checks, flow_checks, journal_checks
from pipit.device.doctor.case import Finding
from pipit.device.doctor.machine import Room, User, myself, room_at
from pipit.fsm.journal import Journal
from pipit.fsm.session import events as se

MiB = 1 << 20
UNIT = {"etc/systemd/system/pipit.service": "[Service]\n"}


def statuses(findings: Sequence[Finding]) -> dict[str, str]:
    return {finding.name: finding.status for finding in findings}


@pytest.mark.parametrize(
    ("room", "status", "what"),
    [
        (Room(4096 * MiB, 1000, False), "ok", "4,096 MiB free"),
        (Room(4096 * MiB, None, False), "ok", "4,096 MiB free"),
        (Room(300 * MiB, 1000, False), "warn", "300 MiB free"),
        (Room(10 * MiB, 1000, False), "fail", "10 MiB free"),
        (Room(4096 * MiB, 12, False), "fail", "room for 12 more files"),
        (Room(4096 * MiB, 1000, True), "fail", "read-only"),
    ],
)
def test_disk(room: Room, status: str, what: str, case_of: Any) -> None:
    (finding,) = disk_checks.disk(case_of(room=lambda _: room))
    assert finding.status == status
    assert what in finding.what
    assert bool(finding.mend) == (status != "ok")


def test_the_room_of_a_real_folder(tmp_path: Path) -> None:
    room = room_at(tmp_path)
    assert room.free > 0
    assert not room.read_only


def test_it_is_the_journals_folder_that_must_be_written(case_of: Any, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    (finding,) = disk_checks.writable(case_of(settings={"journal": {"folder": tmp_path / "mine"}}))
    assert (finding.status, finding.what) == ("ok", f"{tmp_path / 'mine'} can be written")
    assert sorted({*tmp_path.rglob("*")} - {tmp_path / "root"}) == before


@pytest.mark.parametrize("place", ["/proc/pipit", "/dev/null"])
def test_a_journals_folder_that_cannot_be_written(place: str, case_of: Any) -> None:
    (finding,) = disk_checks.writable(case_of(settings={"journal": {"folder": place}}))
    assert finding.status == "fail"
    assert "cannot be written" in finding.what
    assert finding.mend


def test_the_services_folder_is_judged_by_its_user(case_of: Any, tmp_path: Path) -> None:
    users = {"etc/passwd": f"pipit:x:990:{os.getegid()}::/var/lib/pipit:/bin/false\n"}
    case = case_of({**UNIT, **users})
    own, service = disk_checks.writable(case)
    assert (own.status, service.status, "not there yet" in service.what) == ("ok", "warn", True)
    state = tmp_path / "root/var/lib/pipit"
    state.mkdir(parents=True)
    state.chmod(0o755)
    assert disk_checks.writable(case)[1].mend == f"sudo chown -R pipit: {state}"
    state.chmod(0o775)
    assert disk_checks.writable(case)[1].status == "ok"


def test_a_log_file_that_takes_no_lines(case_of: Any, tmp_path: Path) -> None:
    assert disk_checks.log(case_of()) == []
    file = tmp_path / "pipit.log"
    file.touch(0o600)
    (finding,) = disk_checks.log(case_of(settings={"log": {"file": file}}))
    assert (finding.status, finding.what) == ("fail", f"{file} cannot be written by ann")
    assert disk_checks.log(case_of(settings={"log": {"file": file}}, me=myself()))[0].status == "ok"
    gone = case_of(settings={"log": {"file": tmp_path / "no/pipit.log"}}, me=myself())
    assert disk_checks.log(gone)[0].mend == f"mkdir -p {tmp_path / 'no'}"
    assert disk_checks.log(case_of(settings={"log": {"file": tmp_path}}, me=myself()))[0].status == "fail"


# ---- the journal ---------------------------------------------------------------------------------------------


def begin(folder: Path, name: str, *, ended: bool, at: datetime) -> None:
    journal = Journal(folder, now=lambda: at)
    events: list[se.SessionEvent] = [se.SessionStart(flow="chat", title="Chat"), se.PhaseStart(phase="talk", index=0)]
    if ended:
        events.append(se.SessionEnd(reason="complete"))
    journal.begin(name, "chat", "Chat", "flow: chat\n", events)
    journal.close()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def case(case_of: Any, place: Path) -> Any:
    return case_of(settings={"journal": {"folder": place}}, me=myself())


def test_no_journal_yet_is_well_and_none_is_made(case: Any, place: Path) -> None:
    assert statuses(journal_checks.journal(case)) == {"journal": "ok"}
    assert not place.exists()


def test_a_journal_in_good_health(case: Any, place: Path) -> None:
    begin(place, "chat-1", ended=True, at=datetime(2026, 11, 20, tzinfo=UTC))
    (finding,) = journal_checks.journal(case)
    assert finding.status == "ok"
    assert "whole, 1 session, 0.1 MiB" in finding.what


def test_sessions_that_never_ended(case: Any, place: Path) -> None:
    begin(place, "chat-2", ended=False, at=datetime(2026, 11, 20, tzinfo=UTC))
    assert statuses(journal_checks.journal(case)) == {"journal": "ok", "sessions": "ok"}
    begin(place, "chat-1", ended=False, at=datetime(2026, 3, 1, tzinfo=UTC))
    _, old = journal_checks.journal(case)
    assert (old.status, old.what) == ("warn", "2 unfinished, the oldest of 2026-03-01 (chat-1)")
    assert "pipit session end chat-1 --force" in old.mend


def test_dates_from_a_clock_that_was_ahead(case: Any, place: Path) -> None:
    begin(place, "chat-1", ended=True, at=datetime(2031, 1, 1, tzinfo=UTC))
    assert statuses(journal_checks.journal(case)) == {"journal": "ok", "journal dates": "warn"}


def test_a_journal_of_a_later_edition(case: Any, place: Path) -> None:
    begin(place, "chat-1", ended=True, at=datetime(2026, 11, 20, tzinfo=UTC))
    with sqlite3.connect(place / "journal.db") as db:
        db.execute("INSERT INTO schema_version VALUES (99, '2030-01-01')")
    (finding,) = journal_checks.journal(case)
    assert (finding.status, "edition 99" in finding.what) == ("fail", True)
    assert "upgrade" in finding.mend


def test_a_journal_that_is_not_ours_to_read_is_not_called_empty(case_of: Any, place: Path) -> None:
    begin(place, "chat-1", ended=True, at=datetime(2026, 11, 20, tzinfo=UTC))
    (finding,) = journal_checks.journal(case_of(settings={"journal": {"folder": place}}))
    assert (finding.status, finding.what) == ("warn", f"{place / 'journal.db'} may not be read by ann")
    assert finding.mend == "sudo pipit doctor looks into it"


@pytest.mark.parametrize("content", [b"SQLite format 3\0" + b"\xff" * 4000, b"no database at all" * 400])
def test_a_journal_that_is_none(content: bytes, case: Any, place: Path) -> None:
    place.mkdir()
    (place / "journal.db").write_bytes(content)
    (finding,) = journal_checks.journal(case)
    assert (finding.status, "damaged" in finding.what) == ("fail", True)


def test_a_journal_with_a_damaged_page(case: Any, place: Path) -> None:
    for number in range(40):
        begin(place, f"chat-{number}", ended=True, at=datetime(2026, 11, 20, tzinfo=UTC))
    path = place / "journal.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'passages'").fetchone()[0]
        size = db.execute("PRAGMA page_size").fetchone()[0]
    db.close()
    data = bytearray(path.read_bytes())
    data[(page - 1) * size : (page - 1) * size + 200] = b"\x99" * 200
    path.write_bytes(data)
    (finding,) = journal_checks.journal(case)
    assert finding.status == "fail"
    assert "damaged" in finding.what
    assert ".recover" in finding.mend


# ---- what people wrote ---------------------------------------------------------------------------------------


def test_a_flow_of_ones_own_with_a_fault(case_of: Any, tmp_path: Path) -> None:
    assert statuses(flow_checks.flows(case_of())) == {"flows": "ok"}
    folder = tmp_path / "config/pipit/flows"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("flow: mine\nphasen: []\n")
    (finding,) = flow_checks.flows(case_of())
    assert finding.status == "warn"
    assert finding.mend == f"pipit flow check {folder / 'mine.yaml'}"
    (folder / "chat.yaml").write_text("flow: [\n")
    assert {f.status for f in flow_checks.flows(case_of())} == {"warn", "fail"}


@pytest.mark.parametrize(
    ("text", "status"),
    [("intents:\n  - say: who cooks\n    reply: Anna does.\n", "ok"), ("intents:\n  - say: who cooks\n", "fail")],
)
def test_a_table_of_ones_own(text: str, status: str, case_of: Any, tmp_path: Path) -> None:
    assert flow_checks.intents(case_of()) == []
    table = tmp_path / "own.yaml"
    table.write_text(text)
    (finding,) = flow_checks.intents(case_of(settings={"reply": {"own_intents": table}}))
    assert (finding.status, bool(finding.mend)) == (status, status != "ok")
    assert flow_checks.intents(case_of(settings={"reply": {"own_intents": table, "intents": False}})) == []


def test_a_table_that_is_named_but_not_there(case_of: Any) -> None:
    (finding,) = flow_checks.intents(case_of(settings={"reply": {"own_intents": "/no/such.yaml"}}))
    assert (finding.status, finding.mend) == ("fail", "check reply.own_intents")


def test_a_user_may_what_the_mode_says(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    file.chmod(0o640)
    owner, member = User("a", os.geteuid(), frozenset()), User("b", 54321, frozenset({os.getegid()}))
    assert owner.may(file, os.R_OK | os.W_OK)
    assert member.may(file, os.R_OK)
    assert not member.may(file, os.W_OK)
    assert not User("c", 54321, frozenset()).may(file, os.R_OK)
    assert User("root", 0, frozenset()).may(file, os.W_OK)
