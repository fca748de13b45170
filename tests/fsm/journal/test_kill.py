"""``kill -9`` of a real process that writes: what was acknowledged is there, whole batches or nothing."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipit.fsm.journal import Journal, SessionInUse
from pipit.fsm.session import events as se
from pipit.fsm.session.state import fold

KILLS = 60
WRITER = """
import sys
from pathlib import Path
from pipit.fsm.journal import Journal
from pipit.fsm.session import events as se
journal = Journal.open(Path(sys.argv[1]))
if not journal.sessions():
    journal.begin("s", "count", "Count", "flow: count", [se.SessionStart(session="s", flow="count", title="Count")])
journal.claim("s")
number = journal.committed("s").get("number", 0)
print("begun", number, flush=True)
while True:
    number += 1
    journal.append("s", [
        se.TurnKept(session="s", said=f"number {number}", heard="yes", outcome="done"),
        se.FieldSet(session="s", phase="count", field="number", value=number, words=str(number)),
        se.PhaseTransition(session="s", source="count", dest="count"),
        se.PhaseStart(session="s", phase="count", index=0),
    ])
    print("kept", number, flush=True)
"""


def killed_writer(folder: Path, batches: int, after_s: float) -> int:
    """Let a process write so much and a little longer, kill it; return the last number that it said was kept."""
    writer = subprocess.Popen([sys.executable, "-c", WRITER, folder], stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    said = "".join(writer.stdout.readline() for _ in range(1 + batches))  # however slow the machine is
    assert said.startswith("begun "), said
    time.sleep(after_s)
    writer.send_signal(signal.SIGKILL)
    said += writer.stdout.read()
    assert writer.wait(timeout=30) == -signal.SIGKILL
    whole = [line for line in said.splitlines(keepends=True) if line.endswith("\n")]
    return int(whole[-1].split()[1])


@pytest.mark.timeout(600)
def test_every_acknowledged_batch_is_there_after_each_of_many_kills(tmp_path: Path) -> None:
    chance, last = random.Random(20261121), 0
    for _ in range(KILLS):
        kept = killed_writer(tmp_path, chance.randint(0, 4), chance.uniform(0, 0.03))
        journal = Journal.open(tmp_path)
        journal.claim("s")  # the kernel has taken it back from the killed one
        events = journal.events("s")
        found = int(journal.committed("s").get("number", 0))
        assert found in (kept, kept + 1)  # the one that was being written may be there too, whole
        assert found >= last
        assert len(events) == 1 + 4 * found
        assert journal.state("s") == fold(events)
        assert journal.state("s").turns == found
        assert len(journal.search(f"number {found}")) >= min(found, 1)
        journal.close()
        last = found
    with sqlite3.connect(tmp_path / "journal.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        db.execute("INSERT INTO words (words) VALUES ('integrity-check')")
    assert last > KILLS


def test_a_copy_of_the_disk_at_any_moment_is_a_whole_journal(tmp_path: Path) -> None:
    """A pulled plug leaves what was synced: the log cut off anywhere behind it gives whole batches too."""
    live = tmp_path / "live"
    journal = Journal.open(live)
    journal.begin("s", "count", "Count", "", [se.SessionStart(session="s", flow="count", title="Count")])
    for n in range(1, 6):
        field = se.FieldSet(session="s", phase="count", field="number", value=n, words=str(n))
        journal.append("s", [field, se.PhaseTransition(session="s", source="count", dest="count")])
    log = (live / "journal.db-wal").read_bytes()
    chance, seen = random.Random(7), set()
    for cut in sorted(chance.randrange(len(log) // 2, len(log) + 1) for _ in range(40)):
        copy = tmp_path / f"cut-{cut}"
        copy.mkdir(exist_ok=True)
        shutil.copy(live / "journal.db", copy)
        (copy / "journal.db-wal").write_bytes(log[:cut])
        again = Journal.open(copy)
        found = int(again.committed("s").get("number", 0)) if again.sessions() else 0
        if again.sessions():
            assert len(again.events("s")) == 1 + 2 * found
        again.close()
        seen.add(found)
    journal.close()
    assert len(seen) > 2


def test_a_session_is_led_by_one_process_until_that_is_killed(tmp_path: Path) -> None:
    script = WRITER.replace('print("begun", number, flush=True)', 'print("begun", number, flush=True); input()')
    holder = subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout
    assert holder.stdout.readline().startswith("begun")
    journal = Journal.open(tmp_path)
    with pytest.raises(SessionInUse, match=f"session s is led by another process: end process {holder.pid} first"):
        journal.claim("s")
    journal.claim("other")
    holder.kill()
    holder.communicate(timeout=30)
    journal.claim("s")
    journal.claim("s")
    second = Journal.open(tmp_path)
    with pytest.raises(SessionInUse):
        second.claim("s")
    journal.release("s")
    journal.release("s")
    second.claim("s")
    second.close()
    journal.claim("s")
    journal.close()
