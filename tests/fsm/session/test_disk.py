"""A disk that is full or read-only in the middle of a session costs one clear line, and nothing that was said."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pipit.fsm import events as ev
from pipit.fsm.journal.errors import DISK_FULL, READ_ONLY
from pipit.fsm.session import events as se

from .assistant import SECOND, Assistant, Person, talk_until
from .stage import Shelf
from .test_faults import ANSWERS, check_journal

SPOKEN = "I cannot write this down at the moment."


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
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


def fill(disk: Path) -> Path:
    """Leave no room at all."""
    ballast = disk / "ballast"
    file = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    for size in (65_536, 4_096, 512, 1):
        with suppress(OSError):
            while os.write(file, bytes(size)):
                pass
    os.close(file)
    return ballast


def remount(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", disk], check=True)


def driver() -> Person:
    return Person(ANSWERS["forklift-check"])


def up_to_the_walk(assistant: Assistant) -> Assistant:
    """Complete the first phase."""
    assistant.order("start", "forklift-check new")
    talk_until(assistant, driver(), lambda state: state.phase == "walkround")
    return assistant


def outages(assistant: Assistant) -> list[str]:
    return [event.code for event in assistant.of(se.SessionError)]  # type: ignore[attr-defined]


def told_aloud(assistant: Assistant) -> int:
    return sum(SPOKEN in text for text in assistant.spoken)


KNOWN = {"truck": "nine", "hours": 600, "tyres": False, "forks": True}


def go_on(assistant: Assistant) -> None:
    """Say the walk round, and answer half of the next phase."""
    talk_until(assistant, driver(), lambda state: "forks" in state.fields)
    assert assistant.state.values() == KNOWN
    assert set(assistant.state.artifacts) == {"walkround"}


def to_the_end(assistant: Assistant) -> None:
    talk_until(assistant, driver(), lambda state: not state.phase)
    assert [event.reason for event in assistant.of(se.SessionEnd)] == ["complete"]  # type: ignore[attr-defined]


def session_of(assistant: Assistant) -> str:
    return assistant.of(se.SessionStart)[0].session


def check_all_written(assistant: Assistant) -> None:
    session = session_of(assistant)
    written = assistant.journal.events(session)
    happened = [event for event in assistant.published if isinstance(event, se.SessionEvent)]
    own = [event for event in happened if event.session == session and event.name != "error"]
    assert [event.name for event in written if event.name != "error"] == [event.name for event in own]
    assert check_journal(assistant.journal, session) == assistant.record.state(session)


def test_a_disk_that_fills_up_is_told_once_and_all_is_written_when_there_is_room(disk: Path) -> None:
    assistant = up_to_the_walk(Assistant(disk, Shelf.shipped()))
    session, committed = session_of(assistant), assistant.journal.committed(session_of(assistant))
    assert committed == {"truck": "nine", "hours": 600}
    ballast = fill(disk)
    go_on(assistant)
    assert outages(assistant) == [DISK_FULL]
    assert told_aloud(assistant) == 1
    assert assistant.journal.committed(session) == committed, "what was committed is still there"
    ballast.unlink()
    to_the_end(assistant)
    assert outages(assistant) == [DISK_FULL]
    check_all_written(assistant)
    assistant.close()


def test_a_second_outage_is_told_again(disk: Path) -> None:
    assistant = up_to_the_walk(Assistant(disk, Shelf.shipped()))
    for item in ("tyres", "brakes"):
        ballast = fill(disk)
        talk_until(assistant, driver(), lambda state, item=item: item in state.fields)  # type: ignore[misc]
        ballast.unlink()
        assistant.say("where are we")
    assert outages(assistant) == [DISK_FULL, DISK_FULL]
    assert told_aloud(assistant) == 2
    to_the_end(assistant)
    check_all_written(assistant)
    assistant.close()


def test_a_disk_that_becomes_read_only_is_told_once_and_all_is_written_later(disk: Path) -> None:
    assistant = up_to_the_walk(Assistant(disk, Shelf.shipped()))
    assistant.journal.close()  # a disk with open files cannot be made read-only
    remount(disk, "ro")
    go_on(assistant)
    assert outages(assistant) == [READ_ONLY]
    assert told_aloud(assistant) == 1
    remount(disk, "rw")
    to_the_end(assistant)
    check_all_written(assistant)
    assistant.close()


def test_what_waits_is_written_though_nobody_says_anything_more(disk: Path) -> None:
    assistant = up_to_the_walk(Assistant(disk, Shelf.shipped()))
    ballast = fill(disk)
    go_on(assistant)
    waiting = assistant.record.waits
    ballast.unlink()
    assert waiting
    assistant.clock.tick(assistant.clock.samples + 31 * SECOND)
    assistant.post(ev.TimeUp())
    assistant.rest()
    assert not assistant.record.waits
    check_all_written(assistant)
    assistant.close()


def test_a_session_that_is_left_and_taken_up_while_the_disk_is_full_knows_what_it_knew(disk: Path) -> None:
    assistant = up_to_the_walk(Assistant(disk, Shelf.shipped()))
    ballast = fill(disk)
    go_on(assistant)
    assistant.order("stop")
    assistant.order("start", "forklift-check continue")
    assert assistant.state.values() == KNOWN
    assert assistant.spoken[-1].startswith("We were at the five parts")
    ballast.unlink()
    to_the_end(assistant)
    check_all_written(assistant)
    assistant.close()


def test_a_session_can_begin_on_a_full_disk_and_is_written_later(disk: Path) -> None:
    assistant = Assistant(disk, Shelf.shipped())
    ballast = fill(disk)
    up_to_the_walk(assistant)
    assert (len(outages(assistant)), told_aloud(assistant)) == (1, 1)
    assistant.order("stop")
    assistant.order("start", "forklift-check continue")
    assert assistant.state.phase == "walkround"
    assert assistant.state.values() == {"truck": "nine", "hours": 600}
    ballast.unlink()
    to_the_end(assistant)
    check_all_written(assistant)
    assistant.close()


def test_killed_while_the_disk_is_full_all_that_was_committed_is_there(disk: Path, tmp_path: Path) -> None:
    first = up_to_the_walk(Assistant(disk, Shelf.shipped()))
    ballast = fill(disk)
    go_on(first)
    ballast.unlink()
    second = first.killed(tmp_path / "again")
    session = second.record.unfinished("forklift-check")
    assert session
    assert second.journal.committed(session) == {"truck": "nine", "hours": 600}
    second.order("start", "forklift-check continue")
    assert second.spoken[-1].startswith("We were at")
    second.close()
