"""What is told to the journal is what it gives back: events, the fold, and the tables that follow from them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from pipit.errors import BadInput
from pipit.fsm.journal import Journal, JournalError, UnknownSession
from pipit.fsm.session import events as se
from pipit.fsm.session.state import fold

from .strategies import any_event, batches

FLOW = "flow: forklift-check\ntitle: Daily\n"
TABLES = {
    "sessions": "SELECT * FROM sessions",
    "turns": "SELECT * FROM turns",
    "fields": "SELECT * FROM fields",
    "artifacts": "SELECT * FROM artifacts",
    "passages": "SELECT session, kind, name, text, wall FROM passages",
}


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal.open(tmp_path / "state" / "pipit")
    yield journal
    journal.close()


def begin(journal: Journal, session: str = "s", flow: str = "forklift-check") -> str:
    start = se.SessionStart(session=session, flow=flow, title="Daily", minutes=5)
    journal.begin(session, flow, "Daily", FLOW, [start, se.PhaseStart(session=session, phase="intake", index=0)])
    return session


def field(value: se.Value, name: str = "hours", session: str = "s") -> se.FieldSet:
    return se.FieldSet(session=session, phase="intake", field=name, value=value, words=f"it is {value}")


def said(text: str, session: str = "s", heard: str = "I see.") -> se.TurnKept:
    return se.TurnKept(session=session, turn="t1", said=text, heard=heard, outcome="done")


def moved(session: str = "s") -> se.PhaseTransition:
    return se.PhaseTransition(session=session, source="intake", dest="review")


def tables(journal: Journal) -> dict[str, list[tuple[object, ...]]]:
    """Return all that follows from the events, as it stands in the file."""
    with sqlite3.connect(journal.path) as db:
        return {table: sorted(db.execute(query), key=repr) for table, query in TABLES.items()}


# ---- round trips ---------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(batches())
def test_the_fold_of_what_is_read_is_the_fold_of_what_was_written(told: list[list[se.SessionEvent]]) -> None:
    with TemporaryDirectory() as folder:
        journal = Journal.open(Path(folder))
        journal.begin("s", "forklift-check", "Daily", FLOW, [])
        for batch in told:
            journal.append("s", batch)
        written = tuple(event for batch in told for event in batch)
        live = journal.state("s")
        journal.close()
        again = Journal.open(Path(folder))
        assert again.events("s") == written
        assert again.state("s") == live == fold(written)
        again.close()


@settings(max_examples=60)
@given(batches("a"), batches("b"))
def test_tables_built_anew_are_the_tables_there_were(
    first: list[list[se.SessionEvent]], second: list[list[se.SessionEvent]]
) -> None:
    with TemporaryDirectory() as folder:
        journal = Journal.open(Path(folder))
        for session in "ab":
            journal.begin(session, "forklift-check", "Daily", FLOW, [])
        for session, told in (("a", first), ("b", second)):
            for batch in told:
                journal.append(session, batch)
        before = tables(journal)
        journal.rebuild()
        assert tables(journal) == before
        journal.close()


@settings(max_examples=50)
@given(batches("a"), batches("b"))
def test_two_sessions_told_in_turn_are_as_each_alone(
    first: list[list[se.SessionEvent]], second: list[list[se.SessionEvent]]
) -> None:
    with TemporaryDirectory() as folder:
        journal = Journal.open(Path(folder))
        for session in "ab":
            journal.begin(session, session, "Daily", f"flow: {session}", [])
        queues = {"a": list(first), "b": list(second)}
        while any(queues.values()):
            for session, queue in queues.items():
                if queue:
                    journal.append(session, queue.pop(0))
        for session, told in (("a", first), ("b", second)):
            assert journal.state(session) == fold(event for batch in told for event in batch)
            assert journal.source(session) == f"flow: {session}"
            assert [row.id for row in journal.sessions(session)] == [session]
        journal.close()


def test_an_event_of_another_session_is_refused_and_nothing_is_written(journal: Journal) -> None:
    begin(journal, "a")
    begin(journal, "b")
    before = journal.events("a")
    with pytest.raises(ValueError, match="an event of b"):
        journal.append("a", [field(1, session="a"), field(2, session="b")])
    assert journal.events("a") == before


@given(event=any_event())
def test_json_gives_every_kind_of_event_back(event: se.SessionEvent) -> None:
    assert se.from_json("s", se.to_json(event)) == event


# ---- what is committed ---------------------------------------------------------------------------------


def test_fields_are_committed_with_their_phase(journal: Journal) -> None:
    begin(journal)
    journal.append("s", [field(1200)])
    assert journal.state("s").values() == {"hours": 1200}
    assert journal.committed("s") == {}
    note = se.ArtifactAdded(session="s", phase="intake", artifact="note", path="intake/note.wav", seconds=2.5)
    journal.append("s", [field(True, "ready"), note, moved()])
    assert journal.committed("s") == {"hours": 1200, "ready": True}
    assert tables(journal)["artifacts"] == [("s", "note", "intake", "intake/note.wav", "audio/wav", 2.5)]


def test_a_cleared_field_is_no_longer_committed_after_the_next_phase(journal: Journal) -> None:
    begin(journal)
    journal.append("s", [field(1200), moved()])
    journal.append("s", [se.FieldCleared(session="s", phase="intake", field="hours")])
    assert journal.committed("s") == {"hours": 1200}
    journal.append("s", [moved()])
    assert journal.committed("s") == {}
    assert journal.search("hours") == ()


def test_a_list_tells_where_each_session_stands(journal: Journal) -> None:
    for session in ("one", "two", "three"):
        begin(journal, session)
    begin(journal, "talk", "chat")
    journal.append("one", [se.SessionEnd(session="one", reason="complete", elapsed=61.5)])
    journal.append("two", [said("hello", "two"), se.Paused(session="two", reason="parked")])
    rows = {row.id: row for row in journal.sessions()}
    assert list(rows) == ["talk", "three", "two", "one"]
    assert [row.id for row in journal.sessions("forklift-check", unfinished=True)] == ["three", "two"]
    one, two = rows["one"], rows["two"]
    assert (one.state, one.elapsed, one.ended is not None, one.minutes) == ("ended", 61.5, True, 5)
    assert (two.state, two.turns, two.ended, two.phase) == ("paused", 1, None, "intake")
    assert one.began <= one.updated
    assert one.began.tzinfo is not None
    newest = journal.unfinished("forklift-check")
    assert newest
    assert newest.id == "three"
    assert journal.unfinished("wind-down") is None


def test_newest_is_what_began_last_even_when_the_clock_went_back(tmp_path: Path) -> None:
    hours = iter(range(9, 0, -1))
    journal = Journal(tmp_path, now=lambda: datetime(2026, 1, 1, next(hours), tzinfo=UTC))
    begin(journal, "before")
    begin(journal, "after")
    assert [row.id for row in journal.sessions()] == ["after", "before"]
    journal.close()


# ---- names ---------------------------------------------------------------------------------------------


def test_ids_are_readable_sortable_and_unique(tmp_path: Path) -> None:
    now = datetime(2026, 11, 21, 9, 31, tzinfo=UTC)
    journal = Journal(tmp_path, now=lambda: now)
    local = now.astimezone()
    ids = set()
    for _ in range(150):  # of 4,096: chance alone would give one twice, more often than not
        ids.add(begin(journal, journal.new_id("forklift-check")))
    assert len(ids) == 150
    assert all(session.startswith(f"forklift-check-{local:%Y%m%d-%H%M}-") for session in ids)
    now += timedelta(minutes=1)
    assert journal.new_id("forklift-check") > max(ids)
    journal.close()


@pytest.mark.parametrize("name", ["../etc", "a/b", "", ".", "..", "-rf", "a\0b", "x" * 200, "ä"])
def test_a_name_that_could_leave_the_folder_is_refused(journal: Journal, name: str) -> None:
    for use in (journal.folder, journal.claim, lambda it: begin(journal, it)):
        with pytest.raises(UnknownSession, match="cannot name a session"):
            use(name)


def test_what_is_not_there_is_told(journal: Journal) -> None:
    for use in (journal.events, journal.state, journal.source, journal.committed, lambda it: journal.append(it, [])):
        with pytest.raises(UnknownSession, match="no session 'gone'"):
            use("gone")
    begin(journal)
    with pytest.raises(BadInput, match="there is a session 's' already"):
        begin(journal)
    with pytest.raises(UnknownSession):
        journal.begin("gone/", "f", "t", "", [])


def test_a_session_whose_beginning_failed_is_not_remembered(journal: Journal) -> None:
    with pytest.raises(ValueError, match="an event of other"):
        journal.begin("s", "f", "t", "", [field(1, session="other")])
    with pytest.raises(UnknownSession):
        journal.state("s")


def test_two_journals_of_one_folder_see_each_others_events(journal: Journal) -> None:
    begin(journal)
    other = Journal.open(journal.path.parent)
    assert other.state("s").fields == {}
    journal.append("s", [field(7)])
    assert other.state("s").values() == {"hours": 7}
    other.append("s", [replace(field(8), field="more")])
    assert journal.state("s").values() == {"hours": 7, "more": 8}
    other.close()


# ---- only ever more ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE events SET json = '{}' WHERE n = 1",
        "DELETE FROM events",
        "DELETE FROM events WHERE session = 's' AND n = 2",
        "INSERT OR REPLACE INTO events VALUES ('s', 1, 'x', '{}', '')",
        "REPLACE INTO events VALUES ('s', 2, 'x', '{}', '')",
        "INSERT INTO events VALUES ('s', 9, 'x', '{}', '')",
        "UPDATE OR REPLACE events SET n = 1 WHERE n = 2",
    ],
)
def test_events_cannot_be_changed_even_by_hand(journal: Journal, attack: str) -> None:
    begin(journal)
    before = journal.events("s")
    with sqlite3.connect(journal.path) as db, pytest.raises(sqlite3.IntegrityError, match=r"^events "):
        db.execute(attack)
    assert journal.events("s") == before
    assert len(before) == 2


def test_an_event_of_a_later_edition_is_told(journal: Journal) -> None:
    begin(journal)
    with sqlite3.connect(journal.path) as db:
        db.execute("INSERT INTO events VALUES ('s', 3, 'levitation', '{\"event\": \"levitation\"}', '2030-01-01')")
    with pytest.raises(JournalError, match=r"event 3 of s cannot be read.*upgrade Pipit") as told:
        journal.events("s")
    assert told.value.code == "journal-newer"
