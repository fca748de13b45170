"""Whatever breaks between any two events of any shipped flow: no session is stuck, none is half written.

At every event of every flow something is injected, and the person answers on as before: a cancel, a kill, the loss
of the microphone and a timeout at each, the others at some; with EXHAUSTIVE=1 at each as well, which takes minutes.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipit.fsm import State
from pipit.fsm import events as ev
from pipit.fsm.flow.load import read_flow
from pipit.fsm.journal import Journal
from pipit.fsm.session import events as se
from pipit.fsm.session.state import SessionState, fold

from .assistant import SECOND, Assistant, Person, finish
from .stage import Shelf

SHELF = Shelf.shipped()
ANSWERS: Mapping[str, Mapping[str, str]] = {
    "barista": {
        "coffeeDrink": "make me a large dark roast latte with soy milk and a bit of sugar",
        "numberOfShots": "double shot",
    },
    "chat": {},
    "forklift-check": {
        "truck": "nine",
        "hours": "six hundred",
        "walkround": "it all looks fine",
        **dict.fromkeys(("forks", "brakes", "horn", "lights", "safe", "told"), "yes"),
        "tyres": "no",
        "defect": "the left tyre is flat",
        "handover": "half past two",
        "note": "nothing else",
    },
    "interview": {
        "name": "Ada",
        "minutes_used": "ten minutes",
        "recommend": "certainly",
        "": "I tried it and it went well",
    },
    "wind-down": {},
}
TALK = ("hello there", "how are you")
MINUTES = {"wind-down": 3}
EVERYTHING = bool(os.environ.get("EXHAUSTIVE"))
EVERYWHERE = ("cancel", "microphone", "time_up")
STRIDE = 8
FLOWS = sorted(SHELF.sources)


def test_every_shipped_flow_is_tried() -> None:
    assert set(FLOWS) == set(ANSWERS)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return an empty folder, in memory where there is one: thousands of journals are written."""
    shared = Path("/dev/shm")  # noqa: S108
    path = Path(tempfile.mkdtemp(prefix="pipit-", dir=shared if shared.is_dir() else None))
    yield path
    shutil.rmtree(path)


def person_for(flow: str) -> Person:
    return Person(ANSWERS[flow], TALK if flow == "chat" else ())


def begun(folder: Path, flow: str, name: str = "first") -> Assistant:
    assistant = Assistant(folder / name, SHELF)
    assistant.post(ev.SessionOrder(verb="start", argument=f"{flow} new {MINUTES.get(flow, 0)}"))
    return assistant


# ---- what is injected ------------------------------------------------------------------------------------

Fault = Callable[[Assistant, Person], None]


def cancel(assistant: Assistant, person: Person) -> None:
    assistant.events.appendleft(ev.Cancel())


def microphone(assistant: Assistant, person: Person) -> None:
    assistant.events.appendleft(ev.MicLost(reason="unplugged"))


def time_up(assistant: Assistant, person: Person) -> None:
    assistant.clock.tick(assistant.clock.samples + 61 * SECOND)
    assistant.events.appendleft(ev.TimeUp())


def silence(assistant: Assistant, person: Person) -> None:
    person.deaf = True


def model_once(assistant: Assistant, person: Person) -> None:
    assistant.model.fail_next = True


def model_for_good(assistant: Assistant, person: Person) -> None:
    assistant.model.broken = True


def press(assistant: Assistant, person: Person) -> None:
    """Interrupt with the button, and say nothing."""
    assistant.events.extendleft([ev.Cancel(), ev.ButtonUp(), ev.ButtonDown()])


def disk(assistant: Assistant, person: Person) -> None:
    """The disk is full for the next 25 events."""
    assistant.journal.full = True
    until = assistant.handled + 25

    def recover() -> None:
        if assistant.handled >= until:
            assistant.journal.full = False

    assistant.before_each = recover


FAULTS: Mapping[str, Fault] = {
    fault.__name__: fault for fault in (cancel, microphone, time_up, silence, model_once, model_for_good, press, disk)
}


# ---- what must hold --------------------------------------------------------------------------------------


def check_journal(journal: Journal, session: str) -> SessionState:
    """Return a session as its events make it: what is committed is theirs, and no phase is half over."""
    events = journal.events(session)
    ends = [n for n, event in enumerate(events, 1) if isinstance(event, se.PhaseTransition | se.SessionEnd)]
    committed = fold(events[: ends[-1]]).values() if ends else {}
    assert journal.committed(session) == committed
    assert not isinstance(events[-1], se.PhaseTransition), "a phase is over and none has begun"
    state = fold(events)
    for kept in state.artifacts.values():
        assert (journal.folder(session) / kept.path).is_file(), "an event names what is not there"
    return state


def check_same(flow: str, state: SessionState, undisturbed: SessionState, fault: str) -> None:
    assert state.ended == "complete"
    if fault != "silence":  # what is optional may be left out when nobody answers
        assert state.values() == undisturbed.values()
        assert state.way[-1] == undisturbed.way[-1]
        assert set(state.visited) == set(undisturbed.visited)
        return
    specs = [spec for phase in read_flow(SHELF.source(flow), flow).phases for spec in phase.collect]
    needed = {spec.field for spec in specs if spec.required}
    assert state.values().items() <= undisturbed.values().items()
    assert needed & undisturbed.values().keys() <= state.values().keys()


def undisturbed_run(folder: Path, flow: str) -> tuple[int, SessionState]:
    assistant = begun(folder, flow, "undisturbed")
    state = finish(assistant, person_for(flow))
    assert check_journal(assistant.journal, state.id) == state
    assistant.close()
    return assistant.handled, state


def run_with(folder: Path, flow: str, at: int, fault: str) -> tuple[Assistant, SessionState]:
    assistant, person = begun(folder, flow, f"{fault}-{at}"), person_for(flow)

    def inject() -> None:
        if assistant.handled == at:
            assistant.before_each = lambda: None
            FAULTS[fault](assistant, person)

    assistant.before_each = inject
    state = finish(assistant, person)
    assistant.journal.full = False
    assistant.record.retry()
    return assistant, state


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("flow", FLOWS)
def test_a_fault_at_any_event_leaves_the_session_whole_and_it_ends(folder: Path, flow: str, fault: str) -> None:
    events, undisturbed = undisturbed_run(folder, flow)
    stride = 1 if EVERYTHING or fault in EVERYWHERE else STRIDE
    for at in range(list(FAULTS).index(fault) % stride, events, stride):
        assistant, state = run_with(folder, flow, at, fault)
        assert check_journal(assistant.journal, state.id) == assistant.record.state(state.id), f"at event {at}"
        check_same(flow, state, undisturbed, fault)
        assert assistant.dialogue.state in (State.IDLE, State.SUSPENDED), f"at event {at}"
        assistant.close()
        shutil.rmtree(assistant.folder)


# ---- killed ----------------------------------------------------------------------------------------------


class Killed(Exception):
    pass


def run_until(assistant: Assistant, person: Person, at: int) -> None:
    """Run up to an event, or to the end."""

    def stop() -> None:
        if assistant.handled == at:
            raise Killed

    assistant.before_each = stop
    try:
        finish(assistant, person)
    except Killed:
        return


@pytest.mark.parametrize("flow", FLOWS)
def test_a_process_killed_at_any_event_is_followed_by_one_that_goes_on(folder: Path, flow: str) -> None:
    events, undisturbed = undisturbed_run(folder, flow)
    for at in range(events):
        first = begun(folder, flow, f"{at}")
        run_until(first, person_for(flow), at)
        phase_before = first.state.phase
        second = first.killed(folder / f"{at}-again")
        session = second.record.unfinished(flow)
        before = check_journal(second.journal, session) if session else SessionState()
        assert before.phase in ("", phase_before), f"at event {at}"
        second.post(ev.SessionOrder(verb="start", argument=f"{flow} continue {MINUTES.get(flow, 0)}"))
        state = finish(second, person_for(flow))
        if session:
            assert state.id == session, f"at event {at}"
            assert before.values().items() <= state.values().items(), f"at event {at}"
        assert check_journal(second.journal, state.id) == state
        check_same(flow, state, undisturbed, "kill")
        second.close()
        shutil.rmtree(first.folder)
        shutil.rmtree(second.folder)


@pytest.mark.parametrize("flow", [flow for flow in FLOWS if flow != "chat"])
def test_a_session_that_goes_on_says_where_it_was(folder: Path, flow: str) -> None:
    first = begun(folder, flow)
    run_until(first, person_for(flow), 20)
    where = first.sessions._director.scene.where() if first.sessions._director else ""
    second = first.killed(folder / "again")
    second.order("start", f"{flow} continue")
    assert second.spoken[0].startswith(f"We were at {where}.")
    second.close()


# ---- several faults, wherever they come ------------------------------------------------------------------


@settings(max_examples=300 if EVERYTHING else 25)
@given(
    st.sampled_from([flow for flow in FLOWS if flow != "wind-down"]),
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(sorted(FAULTS))), min_size=2, max_size=5),
)
def test_several_faults_in_one_run_leave_it_whole_as_well(flow: str, faults: list[tuple[int, str]]) -> None:
    with tempfile.TemporaryDirectory(prefix="pipit-") as name:
        assistant, person = begun(Path(name), flow), person_for(flow)
        waiting = list(faults)

        def inject() -> None:
            assistant.journal.full = assistant.journal.full and assistant.handled % 17 > 0
            if waiting and assistant.handled >= sum(gap for gap, _ in faults[: len(faults) - len(waiting) + 1]):
                _, fault = waiting.pop(0)
                FAULTS[fault](assistant, person)
                assistant.before_each = inject

        assistant.before_each = inject
        state = finish(assistant, person)
        assistant.journal.full = False
        assistant.record.retry()
        assert state.ended == "complete"
        assert check_journal(assistant.journal, state.id).ended == "complete"
        assistant.close()


# ---- one case by itself ----------------------------------------------------------------------------------


def test_a_verdict_that_comes_while_the_microphone_is_away_is_acted_on_when_it_is_back(folder: Path) -> None:
    assistant, person = begun(folder, "interview"), person_for("interview")
    while not assistant.model.grammars:  # until the model has judged
        assert assistant.step() or person.acts(assistant)
    assert [event.name for event in assistant.events] == ["Judged"]
    assistant.events.appendleft(ev.MicLost())
    assistant.rest()
    assert assistant.dialogue.state is State.SUSPENDED
    assistant.post(ev.MicBack())
    assistant.rest()
    assert assistant.dialogue.state is State.IDLE
    assert assistant.spoken[-1].startswith("Thank you.")
    assistant.close()
