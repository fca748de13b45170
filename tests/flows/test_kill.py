"""``kill -9`` of a checklist's real process at 200 random moments: it goes on where it was, and nothing is lost.

By default most of the 200 have scripted engines, for the sake of time; EXHAUSTIVE=1 gives them all real ones.
"""

from __future__ import annotations

import os
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipit.audio import AudioClock, WavClip
from pipit.device.flow.find import resolve
from pipit.device.sessions import lead_sessions, record_in
from pipit.fsm.flow.load import load_flow
from pipit.fsm.journal import Journal
from pipit.fsm.session import events as se
from pipit.fsm.session.rehearsal import Rehearsal
from pipit.fsm.session.state import SessionState, fold

from .killing import Forks, Run, run_afresh

SCENARIOS = Path(__file__).parent / "scenarios"
EVERYTHING = bool(os.environ.get("EXHAUSTIVE"))
KILLS = 200
OF_THEM_REAL = KILLS if EVERYTHING else 12
AT_ONCE = 2
FLOW = "forklift-check"
ANSWERS = {
    "truck": "seven",
    "hours": "twelve hundred hours",
    "walkround": "there is water on the floor",
    "lights": "no",
    "defect": "the right light is off",
    "handover": "half past three",
    "note": "please clean the seat",
}
"""By what is asked for; everything else is answered with yes."""
FIELDS = set("truck hours tyres forks brakes horn lights defect safe told handover note".split())
Start = Callable[..., int]


@dataclass(frozen=True)
class Kill:
    """Where one kill hit: the phase, and whether more was on the disk than had been published."""

    phase: str
    ahead: bool


@pytest.fixture
def forks() -> Iterator[list[Forks]]:
    started = [Forks() for _ in range(AT_ONCE)]
    yield started
    for each in started:
        each.close()


@pytest.mark.timeout(3600 if EVERYTHING else 400)
def test_a_check_goes_on_after_each_of_200_kills(tmp_path: Path, forks: list[Forks], capsys: Any) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [pool.submit(killed_often, tmp_path / f"typed-{n}", each.run, n) for n, each in enumerate(forks)]
        forked = [kill for job in jobs for kill in job.result()]
        jobs = [pool.submit(killed_afresh, tmp_path / f"spoken-{n}", n) for n in range(AT_ONCE)]
        real = [kill for job in jobs for kill in job.result()]
    kills = forked + real
    phases, ahead = Counter(kill.phase for kill in kills), sum(kill.ahead for kill in kills)
    with capsys.disabled():
        told = ", ".join(f"{phase} {count}" for phase, count in sorted(phases.items()))
        print(f"\n{len(kills)} kills ({len(real)} with real engines): {told}; {ahead} between commit and publication")
    assert len(kills) == KILLS
    assert len(real) == OF_THEM_REAL
    assert phases.keys() >= {"intake", "walkround", "parts", "defects", "service", "review"}


def killed_often(folder: Path, start: Start, seed: int) -> list[Kill]:
    """Kill processes without engines, typed to."""
    many = (KILLS - OF_THEM_REAL) // AT_ONCE
    return killed(folder, start, lambda where: Run(where, SCENARIOS / "forklift-typed.yaml", "scripted"), many, seed)


def killed_afresh(folder: Path, seed: int) -> list[Kill]:
    """Kill processes with the real engines, spoken to."""
    many = OF_THEM_REAL // AT_ONCE
    return killed(
        folder, run_afresh, lambda where: Run(where, SCENARIOS / "forklift-defect.yaml", "pocket"), many, seed
    )


def killed(folder: Path, start: Start, run_in: Callable[[Path], Run], many: int, seed: int) -> list[Kill]:
    """Kill as many runs, each when a random share of the log is written and up to 4 ms later; look at each."""
    whole, chance = run_in(folder / "whole"), random.Random(seed)
    assert start(whole) == 0
    kills: list[Kill] = []
    for number in range(10 * many):
        if len(kills) == many:
            break
        run = run_in(folder / str(number))
        if start(run, int(chance.uniform(0, whole.size())), chance.uniform(0, 0.004)) == -9:
            kills.append(examined(run))
    return kills


# ---- what must be true after every one ---------------------------------------------------------------------


def examined(run: Run) -> Kill:
    """Look at what a killed process left behind, and lead its session to the end."""
    acknowledged = run.acknowledged()
    journal = Journal.open(run.journal)
    rows, state = journal.sessions(), SessionState()
    events: tuple[se.SessionEvent, ...] = ()
    if rows:
        events, state = journal.events(rows[0].id), journal.state(rows[0].id)
        assert state == fold(events)
        assert rows[0].phase == state.phase
        assert_artifacts(journal.folder(rows[0].id), state)
        assert dict(journal.committed(rows[0].id)) == committed(events)
    assert_all_there(acknowledged, events)
    journal.close()
    assert_integrity(run.journal)
    assert_it_goes_on(run.journal, state)
    return Kill("ended" if state.ended else state.phase or "before the first", len(events) > len(acknowledged))


def assert_all_there(acknowledged: list[dict[str, Any]], events: tuple[se.SessionEvent, ...]) -> None:
    """What the process had published is in the journal, in the same order; a little more may be."""
    assert len(acknowledged) <= len(events)
    for told, event in zip(acknowledged, events, strict=False):
        # the time is in samples here and in seconds there, and the turn is only told where it was published
        body = {key: value for key, value in se.to_json(event).items() if key not in ("at", "turn")}
        assert {key: told[key] for key in body} == body


def committed(events: tuple[se.SessionEvent, ...]) -> dict[str, se.Value]:
    """Return the fields as they were at the end of the last phase that is complete."""
    ends = [n for n, event in enumerate(events) if isinstance(event, se.PhaseTransition)]
    return fold(events[: ends[-1] + 1]).values() if ends else {}


def assert_artifacts(folder: Path, state: SessionState) -> None:
    """What an event names is there whole."""
    for kept in state.artifacts.values():
        if kept.media == "audio/wav":
            assert WavClip(folder / kept.path).samples().size == round(kept.seconds * 16_000)
        else:
            assert (folder / kept.path).read_text() == ANSWERS["walkround"]


def assert_integrity(folder: Path) -> None:
    with sqlite3.connect(folder / "journal.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def assert_it_goes_on(folder: Path, before: SessionState) -> None:
    """``start … continue`` says where it was, asks for what is missing, and comes to the end."""
    clock = AudioClock()
    sessions = lead_sessions(lambda: "", clock, record_in(folder), today=lambda: date(2026, 11, 21))
    stage = Rehearsal(sessions, clock)
    sessions.order("start", f"{FLOW} continue")
    said = " ".join(stage.run_on())
    goes_on = bool(before.id) and not before.ended
    assert said.startswith(where(before) if goes_on else "Good morning. Which truck are you taking?")
    for _ in range(2 * len(FIELDS)):
        state = sessions.state
        if state is None or state.ended:
            break
        item = sessions._director.player.item if sessions._director else ""
        said = " ".join(stage.say("yes" if "Is that right?" in said else ANSWERS.get(item, "yes")))
    sessions.leave()
    assert_ended(folder, before if goes_on else SessionState())


def where(state: SessionState) -> str:
    flow = load_flow(resolve(FLOW))
    return f"We were at {flow.phase(state.phase).title}, step {flow.index(state.phase) + 1} of {len(flow.phases)}."


def assert_ended(folder: Path, before: SessionState) -> None:
    journal = Journal.open(folder, read_only=True)
    row = journal.sessions()[0]
    after = journal.state(row.id)
    assert row.state == "ended"
    assert after.ended == "complete"
    assert before.id in ("", row.id)
    assert {name: after.values()[name] for name in before.values()} == before.values()
    assert dict(journal.committed(row.id)) == after.values()
    assert after.values().keys() == FIELDS
    journal.close()
