"""The table by itself: one answer to everything, no dead end, nothing that changes without a row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.fsm.actions import Actions
from pipit.fsm.machine import ACTIVE, TABLE, TRIGGERS, Row, State, TurnMachine


class Recorder:
    """Has every action of the table, and writes down which ran in which state."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, State, object]] = []
        self.machine = TurnMachine(self)

    def fire(self, trigger: str) -> tuple[bool, State, State]:
        fired = self.machine.fire(trigger, None)
        return fired, self.machine.state, self.machine.left

    def __getattr__(self, name: str) -> object:
        return lambda event: self.ran.append((name, self.machine.state, event))


def row_for(trigger: str, state: State, left: State = State.IDLE) -> Row | None:
    rows = [row for row in TABLE if row.trigger == trigger and state in row.sources]
    rows = [row for row in rows if not row.returns or row.dest is left]
    assert len(rows) <= 1, f"{trigger} in {state} has {len(rows)} rows"
    return rows[0] if rows else None


def edges() -> Iterator[tuple[State, State]]:
    for row in TABLE:
        for source in row.sources:
            yield source, row.dest or source


def reachable(start: State) -> set[State]:
    seen, todo = {start}, [start]
    while todo:
        here = todo.pop()
        for dest in {b for a, b in edges() if a is here} - seen:
            seen.add(dest)
            todo.append(dest)
    return seen


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize(
    ("state", "left"),
    [*((s, State.IDLE) for s in State), *((State.SUSPENDED, s) for s in ACTIVE)],
)
def test_every_trigger_in_every_state_does_what_the_one_row_says(trigger: str, state: State, left: State) -> None:
    recorder = Recorder()
    machine, row, event = recorder.machine, row_for(trigger, state, left), object()
    machine.state, machine.left = state, left
    assert machine.allows(trigger) == (row is not None)
    assert machine.fire(trigger, event) == (row is not None)
    if row is None:
        assert (machine.state, recorder.ran) == (state, [])
        return
    assert machine.state is (row.dest or state)
    # the action runs once, before the state changes
    assert recorder.ran == ([(row.action, state, event)] if row.action else [])


def test_every_state_is_reached_from_idle_and_leads_back() -> None:
    assert reachable(State.IDLE) == set(State)
    for state in State:
        assert State.IDLE in reachable(state)


def test_whoever_is_active_can_be_cancelled_fail_and_lose_the_microphone() -> None:
    assert set(ACTIVE) == set(State) - {State.IDLE, State.SUSPENDED}
    for state in ACTIVE:
        for trigger, dest in (("cancel", State.IDLE), ("fail", State.IDLE), ("mic_lost", State.SUSPENDED)):
            row = row_for(trigger, state)
            assert row is not None
            assert row.dest is dest


@pytest.mark.parametrize("left", [State.IDLE, *ACTIVE])
def test_who_was_suspended_goes_on_where_it_was(left: State) -> None:
    recorder = Recorder()
    recorder.machine.state = left
    assert recorder.fire("mic_lost") == (True, State.SUSPENDED, left)
    assert recorder.fire("mic_lost") == (False, State.SUSPENDED, left)
    assert recorder.fire("mic_back") == (True, left, left)
    assert [name for name, _, _ in recorder.ran] == ["suspend", "resume"]


@pytest.mark.parametrize("left", ACTIVE)
def test_a_turn_that_was_cancelled_while_suspended_is_not_gone_back_to(left: State) -> None:
    recorder = Recorder()
    recorder.machine.state = left
    recorder.fire("mic_lost")
    assert recorder.fire("cancel") == (True, State.SUSPENDED, State.IDLE)
    assert recorder.fire("mic_back") == (True, State.IDLE, State.IDLE)


def test_a_turn_begins_and_ends_with_an_action() -> None:
    for row in TABLE:
        for source in row.sources:
            crosses = (source is State.IDLE) != ((row.dest or source) is State.IDLE)
            assert not crosses or row.action, f"{row.trigger} in {source} starts or ends a turn unseen"


def test_every_action_of_the_table_is_there_and_documented() -> None:
    for row in TABLE:
        if row.action:
            assert getattr(Actions, row.action).__doc__


def test_there_are_no_transitions_beside_the_table() -> None:
    machine = TurnMachine(Recorder())
    assert set(machine._machine.events) == set(TRIGGERS)


def test_an_action_that_breaks_leaves_the_state() -> None:
    class Broken(Recorder):
        def begin_turn(self, event: object) -> None:
            raise RuntimeError("broken")

    machine = Broken().machine
    with pytest.raises(RuntimeError, match="broken"):
        machine.fire("press", None)
    assert machine.state is State.IDLE


@given(st.lists(st.sampled_from(TRIGGERS), max_size=60))
def test_any_walk_stays_on_the_table(triggers: list[str]) -> None:
    machine = Recorder().machine
    for trigger in triggers:
        row, before = row_for(trigger, machine.state, machine.left), machine.state
        assert machine.fire(trigger, None) == (row is not None)
        assert machine.state is ((row.dest or before) if row else before)
