"""A turn and its token."""

from __future__ import annotations

import threading
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from pipit.audio import RATE
from pipit.fsm.turn import MILESTONES, Outcome, Turn, Utterance
from pipit.models import CancelToken


def test_latencies_count_from_the_end_of_speech() -> None:
    turn = Turn("t-001")
    turn.utterances[1] = Utterance(0, 0)
    turn.heard_speech(1, RATE, 3 * RATE)
    turn.mark("endpoint", 3.5)
    turn.mark("first_audio", 4.25)
    record = turn.record(Outcome.DONE, "hello", "Hi.")
    assert record.latency_ms == {"endpoint": 500.0, "first_audio": 1250.0}
    assert record.speech == (RATE, 3 * RATE)
    assert record.repeatable()["speech"] == [1.0, 3.0]
    assert "latency_ms" not in record.repeatable()


def test_the_first_stamp_of_the_reply_counts_and_the_last_of_what_precedes_it() -> None:
    turn = Turn("t-001")
    for milestone in MILESTONES:
        turn.mark(milestone, 1.0)
        turn.mark(milestone, 2.0)
    assert turn.stamps == {
        "endpoint": 2.0,
        "stt_final": 2.0,
        "llm_first_token": 1.0,
        "first_clause": 1.0,
        "tts_first_audio": 1.0,
        "first_audio": 1.0,
    }


@given(st.floats(0, 100), st.dictionaries(st.sampled_from(MILESTONES), st.floats(0, 200)))
def test_milestones_never_run_backwards(began: float, stamps: dict[str, float]) -> None:
    turn = Turn("t-001", began=began)
    for name, stamp in stamps.items():
        turn.mark(name, stamp)
    latency = turn.record(Outcome.DONE, "", "").latency_ms
    assert list(latency) == [name for name in MILESTONES if name in stamps]
    assert list(latency.values()) == sorted(latency.values())
    assert all(value >= 0 for value in latency.values())
    for name, value in latency.items():
        assert value >= round((stamps[name] - began) * 1000, 1)


def test_speech_spans_all_utterances_and_a_typed_turn_has_none() -> None:
    for order in permutations([(100, 200), (300, 400), (500, 600)]):
        turn = Turn("t", utterances={n: Utterance(*bounds) for n, bounds in enumerate(order)})
        assert turn.record(Outcome.EMPTY, "", "").speech == (100, 600)
    record = Turn("t", typed="hello").record(Outcome.DONE, "hello", "")
    assert (record.speech, record.repeatable()["speech"]) == (None, None)


def test_a_turn_is_transcribed_once_every_utterance_asked_for_has_its_words() -> None:
    turn = Turn("t", utterances={1: Utterance(0, 1)})
    assert not turn.transcribed
    turn.utterances[1].text = ""
    assert turn.transcribed
    turn.awaited = 1
    assert not turn.transcribed


def test_the_reply_is_the_clauses_as_they_were_written() -> None:
    turn = Turn("t", clauses=["Hello.", " How are\n", "you?"])
    assert turn.reply == "Hello. How are\nyou?"
    assert turn.record(Outcome.DONE, "", "").reply == "Hello. How are\nyou?"


# ---- the token -------------------------------------------------------------------------------------------


def test_a_bet_falls_with_its_turn_but_not_the_turn_with_its_bet() -> None:
    turn = Turn("t", bet=CancelToken())
    assert turn.bet is not None
    turn.token.on_cancel(turn.bet.cancel)
    turn.bet.cancel()
    assert not turn.token.cancelled
    other = Turn("u", bet=CancelToken())
    assert other.bet is not None
    other.token.on_cancel(other.bet.cancel)
    other.token.cancel()
    assert other.bet.cancelled


def test_callbacks_run_once_each_whoever_cancels_whenever() -> None:
    for _ in range(20):
        token, ready = CancelToken(), threading.Barrier(6)
        lock, calls = threading.Lock(), dict.fromkeys(range(200), 0)

        def called(n: int, lock: threading.Lock = lock, calls: dict[int, int] = calls) -> None:
            with lock:
                calls[n] += 1

        def register(first: int, token: CancelToken = token, ready: threading.Barrier = ready) -> None:
            ready.wait(10)
            for n in range(first, first + 50):
                token.on_cancel(lambda n=n: called(n))  # type: ignore[misc]

        def cancel(token: CancelToken = token, ready: threading.Barrier = ready) -> None:
            ready.wait(10)
            for _ in range(20):
                token.cancel()

        threads = [threading.Thread(target=register, args=(n * 50,)) for n in range(4)]
        threads += [threading.Thread(target=cancel) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert set(calls.values()) == {1}


def test_a_callback_may_use_the_token() -> None:
    token, seen = CancelToken(), []

    def callback() -> None:
        token.cancel()
        token.on_cancel(lambda: seen.append("inner"))
        seen.append("outer" if token.cancelled else "")

    token.on_cancel(callback)
    token.cancel()
    assert seen == ["inner", "outer"]
