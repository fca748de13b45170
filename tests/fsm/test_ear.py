"""The ear: every frame of an utterance reaches the recogniser once, pre-roll included, and it never goes deaf."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipit.audio import FRAME_SAMPLES, AudioClock, EndpointSettings, Frame, ScriptedActivity
from pipit.errors import DeviceLost, EngineError
from pipit.fsm import Ear, EarSettings
from pipit.fsm import events as ev
from pipit.models.phrases import Phrase

from .fakes import pcm_of

F = FRAME_SAMPLES
# in frames: 5 of pre-roll, 3 of 5 start, 9 silent ones end, 5 settle, 100 are too long
ENDPOINT = EndpointSettings(
    preroll_ms=100, start_ms=60, start_window_ms=100, silence_ms=200, hold_off_ms=100, longest_ms=2000
)
SETTINGS = EarSettings(ENDPOINT, open_mic=True, feed_ms=60, release_tail_ms=100, gate_tail_ms=100)


class RecordingRecognizer:
    """Knows which frames it was fed, utterance by utterance; its words are their numbers."""

    name = "recording"

    def __init__(self) -> None:
        self.utterances: list[list[int]] = []
        self.calls: list[str] = []
        self.fail_at: set[str] = set()
        self._fed: list[int] = []

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if name in self.fail_at:
            raise EngineError("recogniser-broken", f"the recogniser broke in {name}")

    def feed(self, pcm: bytes) -> None:
        self._call("feed")
        self._fed += np.frombuffer(pcm, "<i2")[::F].tolist()

    def partial(self) -> str:
        return f"{len(self._fed)} frames"

    def final(self) -> str:
        self._call("final")
        fed, self._fed = self._fed, []
        self.utterances.append(fed)
        return f"{fed[0]} to {fed[-1]}" if fed else ""

    def reset(self) -> None:
        self._fed = []
        self._call("reset")

    def expect(self, phrase: Phrase | None) -> None:
        """Hears numbers only."""


class Source:
    """A microphone of numbered frames that may go away for a while."""

    def __init__(self, frames: Iterable[Frame | None]) -> None:
        self._frames = iter(frames)

    def read(self) -> Frame | None:
        try:
            frame = next(self._frames)
        except StopIteration:
            return None
        if frame is None:
            raise DeviceLost("microphone-lost", "unplugged")
        return frame

    def close(self) -> None:
        """Nothing to close."""


class Bench:
    """An ear that is fed by hand."""

    def __init__(self, settings: EarSettings = SETTINGS) -> None:
        self.events: list[ev.Event] = []
        self.recognizer = RecordingRecognizer()
        self.clock = AudioClock()
        self.speech = False
        self.index = 0
        self.ear = Ear(Source(()), self, self.recognizer, self.clock, self.events.append, settings)

    def is_speech(self, frame: Frame) -> bool:
        return self.speech

    def frames(self, speech: bool, count: int) -> None:
        self.speech = speech
        for _ in range(count):
            self.ear.hear(Frame(self.index, pcm_of(self.index)))
            self.index += 1

    def skip(self, count: int) -> None:
        """Let frames pass that nobody hears."""
        self.index += count

    def of(self, kind: type[ev.Event]) -> list[ev.Event]:
        return [event for event in self.events if type(event) is kind]

    def kinds(self) -> list[str]:
        return [event.name for event in self.events if not isinstance(event, ev.PartialTranscript)]


@pytest.fixture
def bench() -> Bench:
    return Bench()


# ---- the open microphone ---------------------------------------------------------------------------------


def test_an_utterance_by_voice_alone(bench: Bench) -> None:
    bench.frames(False, 20)
    bench.frames(True, 10)
    bench.frames(False, 20)
    assert bench.kinds() == ["SpeechStarted", "Endpoint", "FinalTranscript", "Settled"]
    # pre-roll of five frames, ten of speech, nine of hangover; each once
    assert bench.recognizer.utterances == [list(range(15, 39))]
    started, endpoint, final, settled = (e for e in bench.events if not isinstance(e, ev.PartialTranscript))
    assert isinstance(started, ev.SpeechStarted)
    assert isinstance(endpoint, ev.Endpoint)
    assert isinstance(final, ev.FinalTranscript)
    assert (started.start, started.turn, started.at) == (20 * F, "", 23 * F)
    assert (endpoint.start, endpoint.end, endpoint.at) == (20 * F, 30 * F, 39 * F)
    assert final.text == "15 to 38"
    assert final.pcm == b"".join(pcm_of(n) for n in range(15, 39))
    assert settled.at == 44 * F
    assert bench.clock.samples == 50 * F


def test_at_the_very_start_there_is_only_so_much_pre_roll(bench: Bench) -> None:
    bench.frames(True, 10)
    bench.frames(False, 9)
    assert bench.recognizer.utterances == [list(range(19))]


def test_it_is_fed_and_asked_in_steps(bench: Bench) -> None:
    bench.frames(False, 20)
    bench.frames(True, 30)
    texts = [event.text for event in bench.events if isinstance(event, ev.PartialTranscript)]
    assert texts == [f"{n} frames" for n in range(3, 36, 3)]


def test_going_on_gives_a_second_utterance_that_repeats_no_speech(bench: Bench) -> None:
    bench.frames(True, 10)
    bench.frames(False, 10)
    bench.frames(True, 10)
    bench.frames(False, 20)
    assert bench.kinds() == [
        *("SpeechStarted", "Endpoint", "FinalTranscript"),
        *("SpeechStarted", "Endpoint", "FinalTranscript", "Settled"),
    ]
    first, second = bench.recognizer.utterances
    assert set(range(10)) <= set(first)
    assert not set(range(10)) & set(second)
    assert second == list(range(15, 39))


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 30)), max_size=14))
@example([(True, 3), (False, 14), (True, 3)])  # the shortest word there is, from the last frame of the hold-off on
def test_no_frame_is_lost_or_fed_twice_within_an_utterance(runs: list[tuple[bool, int]]) -> None:
    bench = Bench()
    spoken: list[int] = []
    for speech, count in runs:
        spoken += range(bench.index, bench.index + count) if speech and count >= 3 else []
        bench.frames(speech, count)
    bench.frames(False, 20)
    for fed in bench.recognizer.utterances:
        assert fed == list(range(fed[0], fed[-1] + 1))
    heard = [frame for fed in bench.recognizer.utterances for frame in fed]
    if not bench.of(ev.TooLong):
        assert set(spoken) <= set(heard)  # whatever is long enough to start an utterance is within one
    finals = [event for event in bench.events if isinstance(event, ev.FinalTranscript)]
    assert [len(event.pcm) // (2 * F) for event in finals] == [len(fed) for fed in bench.recognizer.utterances]
    numbers = [event.utterance for event in bench.events if isinstance(event, ev.SpeechStarted)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_too_long_is_dropped_and_the_rest_of_it_starts_nothing(bench: Bench) -> None:
    bench.frames(True, 300)
    assert bench.kinds() == ["SpeechStarted", "TooLong"]
    assert bench.recognizer.utterances == []
    bench.frames(False, 9)
    bench.frames(True, 10)
    bench.frames(False, 20)
    assert bench.kinds()[2:] == ["SpeechStarted", "Endpoint", "FinalTranscript", "Settled"]
    assert bench.recognizer.utterances[0][0] == 304


def test_with_a_closed_microphone_speech_alone_opens_nothing() -> None:
    bench = Bench(EarSettings(ENDPOINT, open_mic=False))
    bench.frames(True, 50)
    assert bench.events == []
    assert bench.clock.samples == 50 * F


# ---- the button ------------------------------------------------------------------------------------------


def test_hold_and_release_with_pre_roll_and_no_tail_in_silence(bench: Bench) -> None:
    bench.frames(False, 20)
    bench.ear.hold("t")
    bench.frames(False, 3)
    bench.frames(True, 10)
    bench.frames(False, 3)
    bench.ear.release()
    bench.frames(False, 5)
    assert bench.kinds() == ["SpeechStarted", "Endpoint", "FinalTranscript", "Settled"]
    assert {event.turn for event in bench.events if not isinstance(event, ev.Settled)} == {"t"}
    assert bench.recognizer.utterances == [list(range(15, 37))]
    (endpoint,) = bench.of(ev.Endpoint)
    assert isinstance(endpoint, ev.Endpoint)
    assert (endpoint.start, endpoint.end) == (23 * F, 33 * F)


def test_a_word_under_way_at_the_release_is_taken_to_its_end(bench: Bench) -> None:
    bench.ear.hold("t")
    bench.frames(True, 10)
    bench.ear.release()
    bench.frames(True, 3)
    bench.frames(False, 5)
    assert bench.recognizer.utterances == [list(range(14))]


def test_the_tail_of_a_release_is_bounded(bench: Bench) -> None:
    bench.ear.hold("t")
    bench.frames(True, 10)
    bench.ear.release()
    bench.frames(True, 50)
    assert bench.recognizer.utterances[0] == list(range(15))


def test_a_button_held_in_silence_does_not_end_by_itself(bench: Bench) -> None:
    bench.ear.hold("t")
    bench.frames(False, 90)
    assert bench.kinds() == ["SpeechStarted"]


def test_a_click_while_the_button_is_held_makes_no_bound(bench: Bench) -> None:
    bench.ear.hold("t")
    for speech, count in ((False, 5), (True, 3), (False, 10), (True, 4), (False, 10), (True, 3), (False, 5)):
        bench.frames(speech, count)
    bench.ear.release()
    bench.frames(False, 1)
    (endpoint,) = bench.of(ev.Endpoint)
    assert isinstance(endpoint, ev.Endpoint)
    assert (endpoint.start, endpoint.end) == (18 * F, 22 * F)


def test_a_button_held_too_long(bench: Bench) -> None:
    bench.ear.hold("t")
    bench.frames(True, 300)
    assert bench.kinds() == ["SpeechStarted", "TooLong"]
    bench.ear.release()
    bench.frames(False, 20)
    assert bench.kinds() == ["SpeechStarted", "TooLong"]
    bench.frames(True, 5)
    assert bench.kinds()[2:] == ["SpeechStarted"]


def test_a_button_ends_what_speech_has_opened(bench: Bench) -> None:
    bench.frames(False, 10)
    bench.frames(True, 10)
    bench.ear.release()
    bench.frames(True, 10)
    assert bench.kinds()[:4] == ["SpeechStarted", "Endpoint", "FinalTranscript", "Settled"]
    (endpoint,) = bench.of(ev.Endpoint)
    assert isinstance(endpoint, ev.Endpoint)
    assert endpoint.start == 10 * F


def test_pressed_again_within_the_tail_the_same_utterance_goes_on(bench: Bench) -> None:
    bench.ear.hold("t")
    bench.frames(True, 5)
    bench.ear.release()
    bench.ear.hold("t")
    bench.frames(True, 10)
    bench.ear.release()
    bench.frames(False, 2)
    assert bench.recognizer.utterances == [list(range(16))]
    numbers = [event.utterance for event in bench.events if isinstance(event, ev.SpeechStarted)]
    assert numbers == [1, 1]  # every hold is answered


def test_pressed_again_after_the_words_no_word_is_fed_twice(bench: Bench) -> None:
    bench.ear.hold("t")
    bench.frames(True, 10)
    bench.ear.release()
    bench.frames(False, 1)
    bench.ear.hold("t")
    bench.frames(True, 10)
    bench.ear.release()
    bench.frames(False, 1)
    first, second = bench.recognizer.utterances
    assert not set(first[:10]) & set(second)
    assert second[-1] == 21


def test_a_hold_drops_what_speech_had_opened_but_keeps_its_sound_as_pre_roll(bench: Bench) -> None:
    bench.frames(False, 10)
    bench.frames(True, 4)
    bench.ear.hold("t")
    bench.ear.drop(1)  # the dialogue had not yet known which of the two came first
    bench.frames(True, 5)
    bench.ear.release()
    bench.frames(False, 1)
    assert bench.recognizer.utterances == [list(range(9, 20))]
    finals = [event for event in bench.events if isinstance(event, ev.FinalTranscript)]
    assert [(event.utterance, event.text) for event in finals] == [(1, ""), (2, "9 to 19")]


def test_after_a_drop_the_rest_of_the_sentence_starts_nothing(bench: Bench) -> None:
    bench.frames(True, 10)
    bench.ear.drop()
    bench.frames(True, 40)
    assert bench.kinds() == ["SpeechStarted", "Endpoint", "FinalTranscript", "Settled"]
    assert [e.text for e in bench.events if isinstance(e, ev.FinalTranscript)] == [""]
    bench.frames(False, 10)
    bench.frames(True, 5)
    assert bench.kinds()[-1] == "SpeechStarted"


def test_a_drop_within_the_hold_off_ends_it(bench: Bench) -> None:
    bench.frames(True, 10)
    bench.frames(False, 10)
    bench.ear.drop()
    bench.frames(False, 30)
    assert bench.kinds() == ["SpeechStarted", "Endpoint", "FinalTranscript", "Settled"]


def test_a_drop_of_another_utterance_does_nothing(bench: Bench) -> None:
    bench.frames(True, 10)
    bench.ear.drop(7)
    bench.frames(False, 20)
    assert bench.recognizer.utterances == [list(range(19))]


# ---- half duplex -----------------------------------------------------------------------------------------


def test_behind_a_closed_gate_it_is_deaf_and_a_while_after(bench: Bench) -> None:
    bench.frames(False, 5)
    bench.ear.gate(True)
    bench.frames(True, 100)
    bench.ear.gate(False)
    bench.frames(True, 5)  # the room still rings
    assert bench.events == []
    bench.frames(False, 20)
    bench.frames(True, 10)
    bench.frames(False, 10)
    assert bench.recognizer.utterances == [list(range(125, 149))]
    (started,) = bench.of(ev.SpeechStarted)
    assert isinstance(started, ev.SpeechStarted)
    assert started.start == 130 * F


def test_nothing_of_the_assistants_own_voice_is_in_the_pre_roll(bench: Bench) -> None:
    bench.ear.gate(True)
    bench.frames(True, 50)
    bench.ear.gate(False)
    bench.frames(True, 20)  # the person speaks at once
    bench.frames(False, 10)
    assert bench.recognizer.utterances[0][0] >= 50


def test_a_closing_gate_forgets_what_speech_had_opened(bench: Bench) -> None:
    bench.frames(True, 10)
    bench.ear.gate(True)
    bench.frames(True, 10)
    bench.ear.gate(False)
    bench.frames(False, 20)
    assert "reset" in bench.recognizer.calls
    bench.frames(True, 10)
    bench.frames(False, 10)
    assert len(bench.recognizer.utterances) == 1
    assert bench.recognizer.utterances[0][0] == 35


def test_a_held_button_is_heard_behind_the_gate(bench: Bench) -> None:
    bench.ear.gate(True)
    bench.frames(True, 10)
    bench.ear.hold("t")
    bench.ear.gate(False)
    bench.frames(True, 10)
    bench.ear.release()
    bench.frames(False, 1)
    assert bench.recognizer.utterances[0][-1] == 20


def test_the_bounds_are_right_when_a_hold_was_dropped_while_the_room_rang(bench: Bench) -> None:
    bench.ear.gate(True)
    bench.frames(False, 10)
    bench.ear.gate(False)
    bench.frames(False, 1)
    bench.ear.hold("t")
    bench.frames(False, 1)
    bench.ear.drop()
    bench.frames(False, 20)
    bench.frames(True, 5)
    started = bench.of(ev.SpeechStarted)[-1]
    assert isinstance(started, ev.SpeechStarted)
    assert started.start == 32 * F


# ---- what breaks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["feed", "final", "reset"])
@pytest.mark.parametrize("held", [False, True])
def test_a_recogniser_that_breaks_costs_one_utterance(bench: Bench, where: str, held: bool) -> None:
    def say() -> None:
        if held:
            bench.ear.hold("t")
        bench.frames(True, 10)
        if where == "reset":
            bench.ear.drop()
        elif held:
            bench.ear.release()
        bench.frames(False, 20)

    bench.recognizer.fail_at = {where}
    say()
    failures = [event for event in bench.events if isinstance(event, ev.Failed)]
    assert [(e.part, e.code) for e in failures] == [("ear", "recogniser-broken")]
    assert failures[0].turn == ("t" if held and where != "reset" else "")
    bench.recognizer.fail_at = set()
    bench.frames(False, 20)
    bench.frames(True, 10)
    bench.frames(False, 20)
    assert bench.recognizer.utterances[-1] == list(range(bench.index - 35, bench.index - 11))


def test_a_detector_that_breaks_does_not_end_the_ear(bench: Bench) -> None:
    answers: Iterator[object] = itertools.chain([ZeroDivisionError("no"), OSError("no")], itertools.repeat(True))

    def is_speech(frame: Frame) -> bool:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    bench.is_speech = is_speech  # type: ignore[method-assign]
    bench.frames(True, 12)
    assert bench.kinds() == ["Failed", "Failed", "SpeechStarted"]
    failure = bench.events[0]
    assert isinstance(failure, ev.Failed)
    assert (failure.code, failure.message) == ("internal", "ZeroDivisionError: no")


def run(frames: list[Frame | None], speech: list[bool]) -> tuple[list[ev.Event], RecordingRecognizer]:
    events: list[ev.Event] = []
    recognizer = RecordingRecognizer()
    Ear(Source(frames), ScriptedActivity(speech), recognizer, AudioClock(), events.append, SETTINGS).run()
    return [e for e in events if not isinstance(e, ev.PartialTranscript)], recognizer


def numbered(first: int, last: int) -> list[Frame]:
    return [Frame(n, pcm_of(n)) for n in range(first, last)]


def test_a_microphone_that_goes_is_told_once_and_so_is_its_return() -> None:
    frames = [*numbered(0, 10), *([None] * 200), *numbered(210, 250)]
    events, recognizer = run(frames, [False] * 30 + [True] * 5 + [False] * 15)
    assert [e.name for e in events] == ["MicLost", "MicBack", "SpeechStarted", "Endpoint", "FinalTranscript", "Settled"]
    assert (events[0].at, events[1].at) == (10 * F, 210 * F)
    # time went on while it was away, and nothing from before is part of what is heard now
    started = events[2]
    assert isinstance(started, ev.SpeechStarted)
    assert started.start == 230 * F
    assert recognizer.utterances == [list(range(225, 244))]


WHOLE = ["SpeechStarted", "MicLost", "MicBack", "Endpoint", "FinalTranscript", "Settled"]


def test_words_before_and_after_a_gap_are_one_utterance() -> None:
    frames = [*numbered(0, 10), *([None] * 90), *numbered(100, 140)]
    events, recognizer = run(frames, [True] * 10 + [True] * 10 + [False] * 30)
    assert [e.name for e in events] == WHOLE
    assert recognizer.utterances == [[*range(10), *range(100, 119)]]
    assert recognizer.calls.count("final") == 1
    assert "reset" not in recognizer.calls
    endpoint = events[3]
    assert isinstance(endpoint, ev.Endpoint)
    assert (endpoint.start, endpoint.end, endpoint.at) == (0, 110 * F, 119 * F)


def test_who_says_nothing_more_has_the_whole_silence_from_the_return_on() -> None:
    # 7 silent frames before, 10 after: the gap itself is no silence
    frames = [*numbered(0, 17), None, *numbered(100, 140)]
    events, recognizer = run(frames, [True] * 10 + [False] * 47)
    assert [e.name for e in events] == WHOLE
    assert recognizer.utterances == [[*range(17), *range(100, 110)]]
    endpoint, settled = events[3], events[5]
    assert isinstance(endpoint, ev.Endpoint)
    assert (endpoint.end, endpoint.at, settled.at) == (10 * F, 110 * F, 115 * F)


def test_the_hold_off_begins_again_and_who_goes_on_joins() -> None:
    frames = [*numbered(0, 21), None, *numbered(100, 140)]  # settles at 24
    events, _ = run(frames, [True] * 10 + [False] * 13 + [True] * 10 + [False] * 28)
    assert [e.name for e in events][:6] == [*WHOLE[:1], "Endpoint", "FinalTranscript", *WHOLE[1:3], "SpeechStarted"]
    again = events[5]
    assert isinstance(again, ev.SpeechStarted)
    assert again.start == 102 * F  # no frame from before the gap is in its onset


def test_a_click_before_and_one_after_a_gap_are_no_onset() -> None:
    frames = [*numbered(0, 2), None, *numbered(10, 40)]
    assert [e.name for e in run(frames, [True] * 4 + [False] * 28)[0]] == ["MicLost", "MicBack"]


def test_the_longest_utterance_is_counted_in_what_was_heard() -> None:
    frames = [*numbered(0, 50), None, *numbered(5000, 5080)]
    events, _ = run(frames, [True] * 130)
    assert [e.name for e in events] == ["SpeechStarted", "MicLost", "MicBack", "TooLong"]
    assert events[-1].at == 5050 * F


def test_a_button_that_was_let_go_in_the_gap_ends_what_was_held(bench: Bench) -> None:
    bench.ear.hold("t-1")
    bench.frames(True, 10)
    bench.skip(500)
    bench.ear.release()
    bench.frames(False, 1)
    assert bench.kinds() == ["SpeechStarted", "Endpoint", "FinalTranscript", "Settled"]
    assert bench.recognizer.utterances == [[*range(10), 510]]


def test_a_button_that_is_still_held_is_listened_to_beyond_the_longest_gap(bench: Bench) -> None:
    bench.ear.hold("t-1")
    bench.frames(True, 10)
    bench.skip(500)
    bench.frames(True, 80)
    bench.ear.release()
    bench.frames(False, 1)
    assert bench.recognizer.utterances == [[*range(10), *range(510, 591)]]


def test_frames_that_are_missing_without_a_word_are_a_gap_too(bench: Bench) -> None:
    bench.frames(True, 10)
    bench.skip(30)
    bench.frames(True, 10)
    bench.frames(False, 20)
    ended = next(e for e in bench.events if isinstance(e, ev.Endpoint))
    assert (ended.start, ended.end) == (0, 50 * F)


def test_a_source_that_ends_ends_the_ear() -> None:
    assert run(list(numbered(0, 3)), [])[0] == []
