"""Disks that are full, cannot be written, or fail: one clear line, nothing committed is lost, and it goes on after."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipit.fsm.journal import Journal, JournalError
from pipit.fsm.session import events as se

TURN = se.TurnKept(session="s", said="word " * 200, heard="reply " * 200, outcome="done")
MOVED = se.PhaseTransition(session="s", source="intake", dest="review")


def begin(folder: Path) -> Journal:
    journal = Journal.open(folder)
    journal.begin("s", "chat", "Chat", "flow: chat", [se.SessionStart(session="s", flow="chat", title="Chat")])
    return journal


def one_line(told: pytest.ExceptionInfo[JournalError], code: str, path: Path) -> None:
    line = str(told.value)
    assert told.value.code == code, line
    assert told.value.exit_code == 2
    assert str(path) in line
    assert "\n" not in line
    assert told.value.hint


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of 2 MiB."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk takes root")
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no small disk here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


# ---- full ----------------------------------------------------------------------------------------------


def fill(journal: Journal, most: int = 5_000) -> tuple[int, pytest.ExceptionInfo[JournalError]]:
    """Write until it fails; return how many turns were acknowledged."""
    for count in range(most):
        try:
            journal.append("s", [TURN, TURN])
        except JournalError:
            with pytest.raises(JournalError) as told:
                journal.append("s", [TURN, TURN])
            return count, told
    raise AssertionError("the disk never filled up")


def test_a_full_disk_loses_nothing_and_is_used_again_when_there_is_room(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1 << 20))
    journal = begin(small_disk / "pipit")
    count, told = fill(journal)
    one_line(told, "journal-disk-full", journal.path)
    assert count > 10
    assert len(journal.events("s")) == 1 + 2 * count
    with sqlite3.connect(f"{journal.path.as_uri()}?mode=ro", uri=True) as beside:
        assert beside.execute("SELECT count(*) FROM turns").fetchone() == (2 * count,)
    ballast.unlink()
    journal.append("s", [TURN, MOVED])
    assert journal.state("s").turns == 2 * count + 1
    journal.close()
    again = Journal.open(journal.path.parent)
    assert again.state("s").turns == 2 * count + 1
    again.close()


def test_a_disk_that_is_full_from_the_start_is_told(small_disk: Path) -> None:
    with (small_disk / "ballast").open("wb") as ballast, pytest.raises(OSError, match="No space"):
        ballast.write(bytes(4 << 20))
    with pytest.raises(JournalError) as told:
        begin(small_disk / "pipit")
    one_line(told, "journal-disk-full", small_disk)


def test_a_journal_at_its_largest_size_is_as_a_full_disk(tmp_path: Path) -> None:
    """The same everywhere, without a disk of its own."""
    journal = begin(tmp_path)
    with journal._database.reading() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages + 20}")
    count, told = fill(journal)
    one_line(told, "journal-disk-full", tmp_path / "journal.db")
    assert len(journal.events("s")) == 1 + 2 * count
    with journal._database.reading() as db:
        db.execute("PRAGMA max_page_count = 1000000")
    journal.append("s", [TURN])
    assert journal.state("s").turns == 2 * count + 1
    journal.close()


# ---- cannot be written ---------------------------------------------------------------------------------


def test_a_disk_that_is_read_only_is_told_and_can_still_be_read(small_disk: Path) -> None:
    begin(small_disk).close()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(JournalError) as told:
        Journal.open(small_disk)
    one_line(told, "journal-read-only", small_disk)
    with pytest.raises(JournalError) as told:
        Journal.open(small_disk / "new")
    one_line(told, "journal-read-only", small_disk / "new")
    reader = Journal.open(small_disk, read_only=True)
    assert len(reader.events("s")) == 1
    with pytest.raises(JournalError) as told:
        reader.append("s", [TURN])
    one_line(told, "journal-read-only", small_disk)
    reader.close()


def test_what_a_killed_process_left_is_read_from_a_read_only_disk_or_told(small_disk: Path) -> None:
    """Without its shared memory SQLite cannot read a log that was never folded in: better none than half of it."""
    journal = begin(small_disk)
    journal.append("s", [TURN])
    copy = small_disk / "copy"
    copy.mkdir()
    for name in ("journal.db", "journal.db-wal", "journal.db-shm"):
        shutil.copy(small_disk / name, copy)
    journal.close()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    reader = Journal.open(copy, read_only=True)
    assert len(reader.events("s")) == 2
    reader.close()
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    (copy / "journal.db-shm").unlink()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(JournalError) as told:
        Journal.open(copy, read_only=True)
    one_line(told, "journal-read-only", copy)


def test_a_connection_that_lost_its_right_to_write_gets_it_back(tmp_path: Path) -> None:
    journal = begin(tmp_path)
    with journal._database.reading() as db:
        db.execute("PRAGMA query_only = ON")
    with pytest.raises(JournalError) as told:
        journal.append("s", [TURN])
    one_line(told, "journal-read-only", tmp_path)
    journal.append("s", [TURN])
    assert journal.state("s").turns == 1
    journal.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(JournalError) as told:
        Journal.open(tmp_path / "pipit")
    tmp_path.chmod(0o700)
    one_line(told, "journal-read-only", tmp_path)


@pytest.mark.parametrize("make", [lambda it: it.write_text("x"), lambda it: (it / "journal.db").mkdir(parents=True)])
def test_a_file_in_place_of_a_folder_or_the_reverse_is_told(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "pipit")
    with pytest.raises(JournalError) as told:
        Journal.open(tmp_path / "pipit")
    one_line(told, "journal-read-only", tmp_path / "pipit")


def test_another_process_that_keeps_the_journal_locked_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipit.fsm.journal.database._BUSY_S", 0.1)
    journal = begin(tmp_path)
    other = sqlite3.connect(journal.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalError, match="another process keeps it locked") as told:
        journal.append("s", [TURN])
    one_line(told, "journal-busy", tmp_path)
    assert len(journal.events("s")) == 1
    other.execute("COMMIT")
    other.close()
    journal.append("s", [TURN])
    journal.close()


# ---- fails ---------------------------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
from pipit.fsm.journal import Journal, Keeper
from pipit.fsm.session import events as se
keeper = Keeper(Journal.open(Path(sys.argv[1])))
keeper.begin("s", "chat", "Chat", "", [se.SessionStart(session="s", flow="chat", title="Chat")])
for n in range(20):
    error = keeper.append("s", [se.TurnKept(session="s", said=f"number {n}", heard="yes", outcome="done")])
    print(error.code, error) if error else None
print("waiting", keeper.waiting)
"""


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize(
    ("calls", "fault", "code"),
    [
        ("fdatasync,fsync", "EIO:when=16", "journal-disk"),
        ("fdatasync,fsync", "EIO:when=16..19", "journal-disk"),
        ("fdatasync,fsync", "EIO:when=17..25", "journal-disk"),
        ("pwrite64", "EIO:when=90..120", "journal-disk"),
        ("pwrite64", "ENOSPC:when=80..85", "journal-disk-full"),
        ("pwrite64", "ENOSPC:when=90..100", "journal-disk-full"),
    ],
)
def test_when_a_disk_fails_for_a_while_every_event_is_kept_once(
    tmp_path: Path, calls: str, fault: str, code: str
) -> None:
    trace = ["strace", "-f", "-qq", "-e", f"trace={calls}", "-e", f"inject={calls}:error={fault}", "-o", "/dev/null"]
    done = subprocess.run(
        [*trace, sys.executable, "-c", WRITER, tmp_path], capture_output=True, text=True, timeout=60, check=False
    )
    if "ptrace" in done.stderr:
        pytest.skip(f"strace may not trace here: {done.stderr.strip()}")
    *told, waiting = done.stdout.splitlines()
    assert waiting == "waiting 0", done.stderr
    assert [line.split()[0] for line in told] == [code]
    journal = Journal.open(tmp_path)
    said = [event.said for event in journal.events("s") if isinstance(event, se.TurnKept)]
    assert said == [f"number {n}" for n in range(20)]
    journal.close()
