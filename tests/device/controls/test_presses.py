"""The pure logic of a press: every order of edges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.device.controls import Press, Presses
from pipit.fsm import events as ev

DOWN, UP, LONG, STUCK = Press.DOWN, Press.UP, Press.LONG, Press.STUCK


def changed(source: str, dest: str) -> ev.StateChanged:
    return ev.StateChanged(source=source, dest=dest)


def test_press_and_release_count_at_once() -> None:
    presses = Presses()
    assert presses.edge(True, 1.0) == [DOWN]
    assert presses.edge(False, 1.8) == [UP]


def test_ten_edges_within_5_ms_are_one_press_at_the_first() -> None:
    presses = Presses()
    told = [(at, list(presses.edge(n % 2 == 0, at))) for n in range(11) for at in [1 + n * 0.0005]]
    assert [(at, what) for at, what in told if what] == [(1.0, [DOWN])]
    assert presses.tick(1.2) == []
    told = [(at, list(presses.edge(n % 2 == 1, at))) for n in range(10) for at in [3 + n * 0.0005]]
    assert [(at, what) for at, what in told if what] == [(3.0, [UP])]


def test_a_tap_shorter_than_the_bounce_is_not_lost() -> None:
    presses = Presses(bounce_s=0.03)
    assert presses.edge(True, 1.0) == [DOWN]
    assert presses.edge(False, 1.01) == []
    assert presses.due == pytest.approx(1.04)
    assert presses.tick(1.039) == []
    assert presses.tick(1.041) == [UP]
    assert presses.due is None


def test_a_slip_of_the_finger() -> None:
    hold, toggle = Presses("hold"), Presses("toggle")
    for presses in (hold, toggle):
        assert presses.edge(True, 1.0) == [DOWN]
    assert hold.edge(False, 1.5) == [UP]
    assert hold.edge(True, 1.51) == []
    assert hold.tick(1.55) == [DOWN]  # the words before and after join
    assert toggle.edge(False, 1.5) == []
    assert toggle.edge(True, 1.51) == []
    assert toggle.tick(1.55) == []  # no second tap
    assert toggle.talking


def test_toggle_taps() -> None:
    presses = Presses("toggle")
    taps = [presses.edge(down, at) for at, down in ((1, True), (1.1, False), (4, True), (4.1, False), (9, True))]
    assert taps == [[DOWN], [], [UP], [], [DOWN]]


@pytest.mark.parametrize("state", ["transcribing", "thinking", "speaking"])
def test_toggle_interrupts_after_the_turn_went_on_without_it(state: str) -> None:
    presses = Presses("toggle")
    presses.edge(True, 1)
    presses.edge(False, 1.1)
    presses.follow(changed("listening", state))  # silence ended the utterance
    assert presses.edge(True, 3) == [DOWN]
    presses.follow(changed(state, "listening"))
    presses.edge(False, 3.1)
    assert presses.edge(True, 4) == [UP]


def test_toggle_ends_an_utterance_that_a_voice_began() -> None:
    presses = Presses("toggle")
    presses.follow(changed("idle", "listening"))
    assert presses.edge(True, 1) == [UP]


def test_toggle_ends_what_was_said_before_the_microphone_went() -> None:
    presses = Presses("toggle")
    presses.follow(changed("idle", "listening"))
    presses.follow(changed("listening", "suspended"))
    assert presses.edge(True, 1) == [UP]
    presses.edge(False, 1.1)
    presses.follow(changed("suspended", "listening"))
    presses.follow(changed("listening", "transcribing"))
    assert presses.edge(True, 2) == [DOWN]


@pytest.mark.parametrize("dest", ["idle", "thinking"])
def test_toggle_begins_anew_after_a_gap_that_ended_in_something_else(dest: str) -> None:
    presses = Presses("toggle")
    presses.follow(changed("idle", "listening"))
    presses.follow(changed("listening", "suspended"))
    presses.follow(changed("suspended", dest))
    assert presses.edge(True, 1) == [DOWN]


def test_toggle_that_was_ignored_begins_again() -> None:
    presses = Presses("toggle")
    assert presses.edge(True, 1) == [DOWN]
    presses.edge(False, 1.2)
    presses.follow(ev.Ignored(of="ButtonDown", state="suspended"))
    assert presses.edge(True, 2) == [DOWN]


def test_long_press_without_a_word() -> None:
    presses = Presses(long_press_s=2.5)
    presses.edge(True, 1)
    assert presses.due == 3.5
    assert presses.tick(3.4) == []
    assert presses.tick(3.5) == [LONG, UP]
    assert presses.tick(9) == []
    assert presses.edge(False, 10) == []
    assert presses.edge(True, 11) == [DOWN]


def test_holding_on_to_talk_is_no_long_press() -> None:
    presses = Presses(long_press_s=2.5)
    presses.edge(True, 1)
    presses.follow(ev.PartialTranscript(utterance=1, text="um"))
    assert presses.due == 3.5
    presses.follow(ev.PartialTranscript(utterance=1, text="tell me"))
    assert presses.tick(20) == []
    assert presses.edge(False, 20) == [UP]
    presses.edge(True, 30)
    assert presses.tick(32.5) == [LONG, UP]  # the next is judged anew


def test_a_stuck_switch_counts_as_let_go() -> None:
    presses = Presses(stuck_s=60)
    presses.edge(True, 1)
    presses.follow(ev.PartialTranscript(utterance=1, text="tell me"))
    assert presses.tick(61) == [STUCK, UP]
    assert presses.due is None
    assert presses.edge(False, 99) == []
    assert presses.edge(True, 100) == [DOWN]


def test_a_line_that_hums_is_one_press() -> None:
    presses = Presses()
    told = [press for n in range(1000) for press in presses.edge(n % 2 == 0, n * 0.01)]
    assert told == [DOWN, LONG, UP]


EDGES = st.lists(st.tuples(st.booleans(), st.floats(0, 0.2) | st.floats(0, 90), st.booleans()), max_size=60)


def alternates(told: list[Press]) -> bool:
    taps = [press for press in told if press in (DOWN, UP)]
    return all(press is (DOWN, UP)[n % 2] for n, press in enumerate(taps))


@given(EDGES, st.sampled_from(["hold", "toggle"]), st.sampled_from([0.0, 0.03, 0.5]))
def test_downs_and_ups_alternate(edges: list[tuple[bool, float, bool]], mode: str, bounce_s: float) -> None:
    presses = Presses("toggle" if mode == "toggle" else "hold", bounce_s)
    at, told = 0.0, []
    for down, gap, ticks in edges:
        at += gap
        if ticks:
            told += presses.tick(at)
        told += presses.edge(down, at)
        assert presses.talking == (sum(press in (DOWN, UP) for press in told) % 2 == 1)
    assert alternates(told)
    while (due := presses.due) is not None:
        at = max(at, due)
        told += presses.tick(at)
    assert alternates(told)
    if mode == "hold":
        assert not presses.talking  # whatever happened, it is over within stuck_s
    presses.reset()
    presses.edge(False, at + 100)
    assert DOWN in presses.edge(True, at + 200)


@given(EDGES)
def test_a_quiet_line_reports_a_press_at_its_own_time(edges: list[tuple[bool, float, bool]]) -> None:
    presses, at = Presses(), 0.0
    for down, gap, _ in edges:
        at += gap
        presses.edge(down, at)
    presses.edge(False, at + 1)
    presses.tick(at + 2)
    assert presses.edge(True, at + 3)[-1] is DOWN
