"""The conversation goes on in memory while the journal cannot be written, and all of it is written after."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipit.errors import BadInput
from pipit.fsm.journal import Journal, Keeper, UnknownSession
from pipit.fsm.session import events as se
from pipit.fsm.session.state import fold

from .strategies import batches

START = se.SessionStart(session="s", flow="chat", title="Chat")
WEATHER = st.lists(st.booleans(), min_size=8, max_size=8)


def said(n: int, session: str = "s") -> se.TurnKept:
    return se.TurnKept(session=session, said=f"number {n}", heard="yes", outcome="done")


@pytest.fixture
def keeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    monkeypatch.setattr("pipit.fsm.journal.database._BUSY_S", 0.0)
    journal = Journal.open(tmp_path)
    yield Keeper(journal, most=20)
    journal.close()


@contextmanager
def outage(journal: Journal) -> Iterator[None]:
    """Nobody can write while another process does."""
    with sqlite3.connect(journal.path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    other.close()


def numbers(journal: Journal, session: str = "s") -> list[str]:
    return [event.said for event in journal.events(session) if isinstance(event, se.TurnKept)]


def test_an_outage_is_told_once_and_everything_is_written_in_order_after(keeper: Keeper) -> None:
    assert keeper.begin("s", "chat", "Chat", "", [START]) is None
    with outage(keeper.journal):
        told = [keeper.append("s", [said(n)]) for n in range(5)]
        assert [error.code if error else None for error in told] == ["journal-busy", None, None, None, None]
        assert keeper.waiting == 5
        flushed = keeper.flush()
        assert flushed
        assert flushed.code == "journal-busy"
        assert numbers(keeper.journal) == []
    assert keeper.append("s", [said(5)]) is None
    assert numbers(keeper.journal) == [f"number {n}" for n in range(6)]
    assert keeper.waiting == 0
    with outage(keeper.journal):
        assert keeper.append("s", [said(6)]) is not None  # a new outage is told anew
    assert keeper.flush() is None
    assert len(numbers(keeper.journal)) == 7


def test_a_session_may_begin_in_an_outage(keeper: Keeper) -> None:
    with outage(keeper.journal):
        assert keeper.begin("s", "chat", "Chat", "flow: chat", [START]) is not None
        assert keeper.append("s", [said(0)]) is None
    assert keeper.flush() is None
    assert keeper.journal.source("s") == "flow: chat"
    assert numbers(keeper.journal) == ["number 0"]


def test_events_keep_the_time_at_which_they_happened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipit.fsm.journal.database._BUSY_S", 0.0)
    hours = [datetime(2026, 11, 21, 9, tzinfo=UTC)]
    journal = Journal(tmp_path, now=lambda: hours[-1])
    keeper = Keeper(journal)
    keeper.begin("s", "chat", "Chat", "", [START])
    with outage(journal):
        for n in range(2):
            hours.append(hours[-1] + timedelta(hours=1))
            keeper.append("s", [said(n)])
    hours.append(hours[-1] + timedelta(hours=1))
    keeper.flush()
    assert [entry.wall.hour for entry in journal.entries("s")] == [9, 10, 11]
    journal.close()


def test_past_the_bound_what_is_written_is_a_beginning_of_what_happened(keeper: Keeper) -> None:
    keeper.begin("s", "chat", "Chat", "", [START])
    with outage(keeper.journal):
        told = [keeper.append("s", [said(n)]) for n in range(30)]
    assert [(n, error.code) for n, error in enumerate(told) if error] == [
        (0, "journal-busy"),
        (20, "journal-memory-full"),
    ]
    assert keeper.append("s", [said(30)]) is None
    assert keeper.flush() is None
    assert numbers(keeper.journal) == [f"number {n}" for n in range(20)]


def test_a_fault_of_the_caller_is_raised_and_does_not_block_what_waits(keeper: Keeper) -> None:
    keeper.begin("s", "chat", "Chat", "", [START])
    with outage(keeper.journal):
        keeper.append("s", [said(0)])
    with pytest.raises(UnknownSession):
        keeper.append("gone", [said(1, "gone")])
    with pytest.raises(BadInput, match="already"):
        keeper.begin("s", "chat", "Chat", "", [START])
    assert keeper.append("s", [said(2)]) is None
    assert numbers(keeper.journal) == ["number 0", "number 2"]


@settings(max_examples=60)
@given(batches("a"), batches("b"), WEATHER)
def test_whatever_the_weather_both_sessions_are_written_once_and_in_order(
    first: list[list[se.SessionEvent]], second: list[list[se.SessionEvent]], weather: list[bool]
) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr("pipit.fsm.journal.database._BUSY_S", 0.0)
        journal = Journal.open(Path(folder))
        keeper = Keeper(journal)
        for session in "ab":
            keeper.begin(session, session, session, "", [])
        for n, bad in enumerate(weather):
            with outage(journal) if bad else nullcontext():
                for session, told in (("a", first), ("b", second)):
                    if n < len(told):
                        keeper.append(session, told[n])
        assert keeper.flush() is None
        for session, told in (("a", first), ("b", second)):
            happened = tuple(event for batch in told for event in batch)
            assert journal.events(session) == happened
            assert journal.state(session) == fold(happened)
        journal.close()
