"""A journal of an older edition, with what it holds; of a newer one; and files that are no journal at all."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipit.fsm.journal import Journal, JournalError, projection
from pipit.fsm.journal.migrations import LATEST, MIGRATIONS, migrate
from pipit.fsm.journal.store import FILE
from pipit.fsm.session import events as se
from pipit.fsm.session.state import fold

WALL = datetime(2026, 11, 21, 9, 31, tzinfo=UTC)
EVENTS: tuple[se.SessionEvent, ...] = (
    se.SessionStart(session="s", flow="forklift-check", title="Daily"),
    se.PhaseStart(session="s", phase="intake", index=0),
    se.TurnKept(session="s", said="twelve hundred hours", heard="Thank you.", outcome="done"),
    se.FieldSet(session="s", phase="intake", field="hours", value=1200, words="twelve hundred"),
    se.PhaseTransition(session="s", source="intake", dest="review"),
)


def old_journal(folder: Path, edition: int) -> Path:
    """Make the journal that an older Pipit left: its own tables, its own rows."""
    path = folder / FILE
    with sqlite3.connect(path, isolation_level=None) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN")
        migrate(db, str(path), WALL, edition)
        at = WALL.isoformat()
        row = ("s", "forklift-check", "Daily", "flow: forklift-check", at, at)
        db.execute("INSERT INTO sessions (id, flow, title, source, began, updated) VALUES (?, ?, ?, ?, ?, ?)", row)
        for n, event in enumerate(EVENTS, 1):
            body = json.dumps(se.to_json(event))
            db.execute("INSERT INTO events VALUES ('s', ?, ?, ?, ?)", (n, event.kind, body, at))
        db.execute("COMMIT")
    db.close()
    return path


@pytest.mark.parametrize("edition", range(1, LATEST))
def test_an_older_journal_is_brought_up_to_date_with_all_it_holds(tmp_path: Path, edition: int) -> None:
    path = old_journal(tmp_path, edition)
    journal = Journal.open(tmp_path)
    assert journal.events("s") == EVENTS
    assert journal.state("s") == fold(EVENTS)
    assert journal.committed("s") == {"hours": 1200}
    assert [(hit.kind, hit.session) for hit in journal.search("twelve")] == [("said", "s"), ("field", "s")]
    assert journal.sessions()[0].began == WALL
    journal.append("s", [se.SessionEnd(session="s", reason="complete")])
    journal.close()
    with sqlite3.connect(path) as db:
        assert [number for (number,) in db.execute("SELECT version FROM schema_version")] == list(range(1, LATEST + 1))
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_an_upgrade_that_fails_leaves_the_old_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old_journal(tmp_path, 1)
    with monkeypatch.context() as patch:
        patch.setattr(projection, "rebuild", lambda db: db.execute("INSERT INTO half VALUES (1)"))
        with pytest.raises(JournalError, match="half"):
            Journal.open(tmp_path)
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT max(version) FROM schema_version").fetchone() == (1,)
    journal = Journal.open(tmp_path)
    assert journal.events("s") == EVENTS
    journal.close()


def test_a_journal_of_a_newer_edition_is_left_alone(tmp_path: Path) -> None:
    Journal.open(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("INSERT INTO schema_version VALUES (99, '2030-01-01')")
    db.close()
    before = (tmp_path / FILE).read_bytes()
    for read_only in (False, True):
        with pytest.raises(JournalError, match=f"is of edition 99, this Pipit knows {LATEST}: upgrade Pipit") as told:
            Journal.open(tmp_path, read_only=read_only)
        assert told.value.code == "journal-newer"
        assert told.value.exit_code == 2
    assert (tmp_path / FILE).read_bytes() == before


def test_an_older_journal_that_is_only_read_is_left_as_it_is(tmp_path: Path) -> None:
    old_journal(tmp_path, 1)
    with pytest.raises(JournalError, match="is of edition 1") as told:
        Journal.open(tmp_path, read_only=True)
    assert told.value.code == "journal-older"


def test_steps_are_only_ever_added(tmp_path: Path) -> None:
    """What stood in a released step must not change: whoever has taken it does not take it again."""
    db = sqlite3.connect(tmp_path / "x", isolation_level=None)
    migrate(db, "x", WALL, 1)
    names = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"sessions", "events", "turns", "fields", "artifacts", "schema_version"} <= names
    assert "passages" not in names
    assert migrate(db, "x", WALL) == (1, LATEST)
    assert migrate(db, "x", WALL) == (LATEST, LATEST)
    assert len(MIGRATIONS) == LATEST
    db.close()


# ---- files that are no journal -------------------------------------------------------------------------


def _noise(path: Path) -> None:
    path.write_bytes(random.Random(7).randbytes(path.stat().st_size))


def _cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2 + 100])


def _stub(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:44])


def _hole(path: Path) -> None:
    """Overwrite everything but the first page."""
    data = path.read_bytes()
    path.write_bytes(data[:4096] + bytes(len(data) - 4096))


def _tableless(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE fields")
        db.execute("DROP TABLE turns")


def _foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE recipes (soup)")


@pytest.mark.parametrize("damage", [_noise, _cut, _stub, _hole, _tableless, _foreign], ids=lambda it: it.__name__)
def test_a_damaged_file_is_told_in_one_line_and_left_for_rescue(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    old_journal(tmp_path, 1)
    journal = Journal.open(tmp_path)
    for n in range(200):
        journal.append("s", [se.TurnKept(session="s", said=f"number {n}", heard="yes", outcome="done")])
    journal.close()
    path = tmp_path / FILE
    damage(path)
    with pytest.raises(JournalError) as told:
        _use_all(Journal.open(tmp_path))
    line = str(told.value)
    assert told.value.code == "journal-damaged", line
    assert str(path) in line
    assert "\n" not in line
    assert "move it away" in line
    assert path.exists()


def _use_all(journal: Journal) -> None:
    journal.sessions()
    journal.events("s")
    journal.search("number")
    journal.append("s", [se.SessionEnd(session="s", reason="complete")])
