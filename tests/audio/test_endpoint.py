"""Where speech starts and ends, to the sample; nothing here knows of sound or time."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.audio import FRAME_SAMPLES, Endpointer, EndpointSettings, Mark, MarkKind
from pipit.errors import BadConfig

F = FRAME_SAMPLES
STARTED, ENDED, SETTLED, TOO_LONG = MarkKind
# in frames: 4 of 8 start, 24 silent ones after speech end (one of 25 may be speech), 15 more settle
SETTINGS = EndpointSettings(
    preroll_ms=300,
    start_ms=80,
    start_window_ms=160,
    silence_ms=500,
    end_speech_ms=20,
    hold_off_ms=300,
    longest_ms=10_000,
)
FOLLOWS = {
    None: {STARTED},
    STARTED: {ENDED, TOO_LONG},
    ENDED: {STARTED, SETTLED},
    SETTLED: {STARTED},
    TOO_LONG: {STARTED},
}


def marks_of(answers: Iterable[bool], endpointer: Endpointer | None = None) -> list[tuple[int, Mark]]:
    """Return every mark with the number of the frame, from 1, that brought it."""
    fed = endpointer or Endpointer(SETTINGS)
    return [(n, mark) for n, answer in enumerate(answers, 1) if (mark := fed.feed(answer)) is not None]


def frames(*runs: tuple[bool, int]) -> list[bool]:
    return [answer for answer, count in runs for _ in range(count)]


def test_one_utterance_to_the_sample() -> None:
    marks = marks_of(frames((False, 10), (True, 50), (False, 100)))
    assert marks == [
        (14, Mark(STARTED, 10 * F, 14 * F)),
        (84, Mark(ENDED, 10 * F, 60 * F)),
        (99, Mark(SETTLED, 10 * F, 60 * F)),
    ]


def test_what_nobody_heard_is_neither_silence_nor_speech() -> None:
    fed = Endpointer(SETTINGS)
    assert marks_of(frames((False, 10), (True, 50), (False, 20)), fed) == [(14, Mark(STARTED, 10 * F, 14 * F))]
    fed.skip_to(1000 * F)
    assert marks_of(frames((False, 100)), fed) == [
        (25, Mark(ENDED, 10 * F, 60 * F)),
        (40, Mark(SETTLED, 10 * F, 60 * F)),
    ]


def test_to_skip_backwards_is_to_stay() -> None:
    fed = Endpointer(SETTINGS)
    marks_of(frames((False, 10)), fed)
    fed.skip_to(3 * F)
    assert marks_of(frames((True, 4)), fed) == [(4, Mark(STARTED, 10 * F, 14 * F))]


def test_the_hangover_is_exact() -> None:
    assert [kind.kind for _, kind in marks_of(frames((True, 10), (False, 23)))] == [STARTED]
    assert [kind.kind for _, kind in marks_of(frames((True, 10), (False, 24)))] == [STARTED, ENDED]


def test_with_no_tolerance_the_whole_window_must_be_silent() -> None:
    strict = Endpointer(EndpointSettings(end_speech_ms=0))
    assert [(n, mark.kind) for n, mark in marks_of(frames((True, 10), (False, 40)), strict)][1] == (35, ENDED)


@pytest.mark.parametrize("run", [1, 2, 3])
def test_clicks_do_not_start(run: int) -> None:
    assert marks_of(frames((True, run), (False, 8)) * 50) == []


def test_speech_scattered_within_the_window_starts_at_its_first_frame() -> None:
    marks = marks_of([False, True, False, True, False, True, False, True])
    assert marks == [(8, Mark(STARTED, F, 8 * F))]


def test_speech_scattered_wider_than_the_window_does_not_start() -> None:
    assert marks_of([True, False, False] * 200) == []


def test_a_click_within_the_hangover_neither_goes_on_nor_delays() -> None:
    quiet = marks_of(frames((True, 10), (False, 60)))
    click = marks_of(frames((True, 10), (False, 12), (True, 1), (False, 60)))
    assert [mark.kind for _, mark in click] == [STARTED, ENDED, SETTLED]
    assert click[1][0] - quiet[1][0] == 1  # only the frame that the window's own edge had forgiven


def test_a_word_within_the_hangover_goes_on() -> None:
    marks = marks_of(frames((True, 10), (False, 20), (True, 5), (False, 30)))
    assert [(n, mark.kind) for n, mark in marks] == [(4, STARTED), (59, ENDED)]
    assert (marks[1][1].start, marks[1][1].end) == (0, 35 * F)


def test_going_on_within_the_hold_off_starts_again_and_does_not_settle() -> None:
    marks = marks_of(frames((True, 10), (False, 34), (True, 10), (False, 100)))
    assert [mark.kind for _, mark in marks] == [STARTED, ENDED, STARTED, ENDED, SETTLED]
    assert marks[2][1].start == 44 * F


def test_an_onset_at_the_last_moment_of_the_hold_off_still_resumes() -> None:
    # the hold-off ends 49 frames after the start; three frames of speech by then are an onset under way
    marks = marks_of(frames((True, 10), (False, 36), (True, 10)))
    assert [mark.kind for _, mark in marks] == [STARTED, ENDED, STARTED]


def test_half_an_onset_at_the_end_of_the_hold_off_is_none() -> None:
    marks = marks_of(frames((True, 10), (False, 37), (True, 2)))
    assert [(n, mark.kind) for n, mark in marks] == [(4, STARTED), (34, ENDED), (49, SETTLED)]


def test_going_on_after_the_hold_off_is_a_new_start() -> None:
    marks = marks_of(frames((True, 10), (False, 60), (True, 10)))
    assert [mark.kind for _, mark in marks] == [STARTED, ENDED, SETTLED, STARTED]


def test_clicks_for_ever_do_not_put_off_the_answer() -> None:
    ticking = frames((True, 3), (False, 5)) * 100
    marks = marks_of(chain(frames((True, 10), (False, 25)), ticking))
    assert [mark.kind for _, mark in marks] == [STARTED, ENDED, SETTLED]
    assert marks[2][0] - marks[1][0] <= 15 + 8


def test_too_long_ends_it_and_latches_until_silence() -> None:
    marks = marks_of(frames((True, 2000), (False, 24), (True, 600)))
    assert [(n, mark.kind) for n, mark in marks] == [
        (4, STARTED),
        (500, TOO_LONG),
        (2028, STARTED),
        (2524, TOO_LONG),
    ]
    assert (marks[1][1].start, marks[1][1].end) == (0, 500 * F)


def test_an_hour_of_speech_is_one_start_and_one_end() -> None:
    marks = marks_of(repeat(True, 3600 * 50))
    assert [mark.kind for _, mark in marks] == [STARTED, TOO_LONG]


def test_waiting_for_silence_starts_nothing_from_the_rest_of_a_sentence() -> None:
    endpointer = Endpointer(SETTINGS)
    endpointer.reset(1000 * F, wait_for_silence=True)
    assert not endpointer.idle
    assert marks_of(frames((True, 300), (False, 23)), endpointer) == []
    assert marks_of(frames((False, 1), (True, 4)), endpointer) == [(5, Mark(STARTED, 1324 * F, 1328 * F))]


@pytest.mark.parametrize(
    "wrong",
    [
        {"start_ms": 0},
        {"start_ms": 200},
        {"end_speech_ms": 500},
        {"end_speech_ms": -1},
        {"longest_ms": 660},
        {"preroll_ms": -1},
        {"hold_off_ms": -1},
    ],
)
def test_settings_that_cannot_be(wrong: dict[str, int]) -> None:
    with pytest.raises(BadConfig) as caught:
        EndpointSettings(**wrong)
    assert "_ms" in str(caught.value)


RUNS = st.lists(st.tuples(st.booleans(), st.integers(1, 90)), max_size=25).map(lambda runs: frames(*runs))
STREAMS = st.one_of(st.lists(st.booleans(), max_size=600), RUNS)
DURATIONS = st.builds(
    EndpointSettings,
    preroll_ms=st.integers(0, 500),
    start_ms=st.integers(1, 160),
    start_window_ms=st.integers(160, 320),
    silence_ms=st.integers(100, 800),
    end_speech_ms=st.integers(0, 90),
    hold_off_ms=st.integers(0, 600),
    longest_ms=st.integers(1200, 5000),
)


@given(STREAMS, DURATIONS)
def test_marks_follow_one_another_legally(answers: list[bool], settings: EndpointSettings) -> None:
    last, floor = None, 0
    for n, mark in marks_of(answers, Endpointer(settings)):
        assert mark.kind in FOLLOWS[last]
        assert 0 <= mark.start < mark.end <= n * F
        if mark.kind is STARTED:
            assert mark.start >= floor  # never back into what an earlier utterance took
        floor, last = mark.end, mark.kind


@given(STREAMS, STREAMS)
def test_after_a_reset_it_is_as_new(before: list[bool], after: list[bool]) -> None:
    used = Endpointer(SETTINGS)
    marks_of(before, used)
    used.reset(0)
    assert used.idle
    assert marks_of(after, used) == marks_of(after)


@given(STREAMS)
def test_enough_silence_always_ends_and_settles(answers: list[bool]) -> None:
    endpointer = Endpointer(SETTINGS)
    marks_of([*answers, *repeat(False, 60)], endpointer)
    assert endpointer.idle


@given(STREAMS)
def test_an_utterance_is_never_longer_than_the_longest(answers: list[bool]) -> None:
    for _, mark in marks_of([*answers, *repeat(True, 600)]):
        assert mark.end - mark.start <= SETTINGS.longest_ms * 16
