"""When the watchdog may be fed: decided from instants alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.audio.frames import RATE
from pipit.device.config import Settings
from pipit.device.service.watchdog import Health, Limits, limits_for
from pipit.fsm import State

LIMITS = Limits(frames_s=4, lost_s=60)
STATES = [state.value for state in State]


def test_frames_that_advance_keep_it_alive() -> None:
    health = Health(LIMITS, now=0)
    assert all(health.judge(second, second * RATE).alive for second in range(1, 1000))


def test_frames_that_stop_end_it_and_frames_that_return_mend_it() -> None:
    health = Health(LIMITS, now=0)
    assert health.judge(1, RATE).alive
    assert health.judge(5, RATE).alive
    verdict = health.judge(6, RATE)
    assert not verdict.alive
    assert verdict.reason == "no sound from the microphone for 5 s"
    assert health.judge(7, RATE + 320).alive


def test_a_lost_microphone_has_its_while() -> None:
    health = Health(LIMITS, now=0)
    health.enter("suspended", 10, RATE)
    assert health.judge(69, RATE).alive
    assert health.judge(69, RATE).reason == "no microphone for 59 s"
    assert not health.judge(71, RATE).alive
    health.enter("idle", 72, RATE)
    assert health.judge(72, RATE).alive, "the first frame has yet to be counted"
    assert not health.judge(77, RATE).alive


def test_who_is_muted_is_excused() -> None:
    health = Health(LIMITS, now=0)
    assert health.judge(100, 0, excused=True).alive
    assert health.judge(104, 0).alive
    assert not health.judge(105, 0).alive


@pytest.mark.parametrize("state", ["transcribing", "pending", "thinking", "speaking"])
def test_a_turn_that_hangs(state: str) -> None:
    health = Health(LIMITS, now=0)
    health.enter(state, 10, 10 * RATE)
    limit = LIMITS.states_s[state]
    assert health.judge(10 + limit, 1).alive
    verdict = health.judge(11 + limit, 2)
    assert not verdict.alive
    assert verdict.reason == f"{state} for {limit + 1:.0f} s"
    health.enter("idle", 12 + limit, 3)
    assert health.judge(12 + limit, 4).alive


def test_listening_is_measured_in_audio() -> None:
    health = Health(LIMITS, now=0)
    health.enter("listening", 0, 0)
    assert not health.judge(1, 61 * RATE).alive
    health.enter("listening", 0, 0)
    assert health.judge(100, 59 * RATE).alive


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"listen": {"longest_s": 600, "hold_off_ms": 5000}},
        {"reply": {"tokens": 400}},
        {"sound": {"stuck_ms": 30_000}},
    ],
    ids=["usual", "long-winded", "talkative", "patient"],
)
def test_limits_leave_room_for_all_that_settings_allow(settings: dict[str, Any]) -> None:
    chosen = Settings(**settings)
    states = limits_for(chosen).states_s
    assert states["listening"] > chosen.listen.longest_s + chosen.listen.preroll_ms / 1000
    assert states["pending"] > chosen.listen.hold_off_ms / 1000
    assert states["speaking"] > chosen.reply.tokens * 0.5
    assert limits_for(chosen).frames_s > chosen.sound.stuck_ms / 1000
    assert set(states) == set(STATES) - {"idle", "suspended"}


moment = st.tuples(
    st.floats(0, 200, allow_nan=False), st.integers(0, 200 * RATE), st.sampled_from([None, *STATES]), st.booleans()
)


@given(st.lists(moment, max_size=40))
def test_the_rule_holds_whatever_happens(moments: list[tuple[float, int, str | None, bool]]) -> None:
    """Fed just when no limit is passed; told by a model that keeps the whole story."""
    health = Health(LIMITS, now=0)
    now, samples, advanced, state, entered = 0.0, 0, 0.0, "idle", (0.0, 0)
    for seconds, more, moved, muted in moments:
        now, samples = now + seconds, samples + more
        if moved:
            if state == "suspended":
                advanced = max(advanced, now)
            state, entered = moved, (now, samples)
            health.enter(moved, now, samples)
        if more or muted:
            advanced = now
        verdict = health.judge(now, samples, muted)
        age = (samples - entered[1]) / RATE if state == "listening" else now - entered[0]
        if state == "suspended":
            assert verdict.alive is (age <= LIMITS.lost_s)
        else:
            overdue = age > LIMITS.states_s.get(state, float("inf"))
            assert verdict.alive is not (overdue or now - advanced > LIMITS.frames_s)
            assert bool(verdict.reason) is not verdict.alive
