from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.errors import EngineError
from pipit.models import CancelToken, Voice
from pipit.models.piper_engine import PiperEngine, speakable

SENTENCE = "The kettle is on and the tea will be ready soon."


def speak(voice: PiperEngine, text: str) -> list[np.ndarray]:
    return list(voice.synthesize(text, CancelToken()))


def test_is_a_voice(voice: PiperEngine) -> None:
    assert isinstance(voice, Voice)


def test_speaks_mono_16_bit_sound_of_a_likely_length(voice: PiperEngine) -> None:
    (sound,) = speak(voice, SENTENCE)
    assert (sound.dtype, sound.ndim) == (np.int16, 1)
    assert 1.5 < len(sound) / voice.sample_rate < 6
    assert 1_000 < np.abs(sound.astype(int)).max() <= 32_767


def test_a_longer_text_takes_longer_to_say(voice: PiperEngine) -> None:
    assert len(speak(voice, SENTENCE)[0]) > 2 * len(speak(voice, "The kettle.")[0])


def test_each_sentence_is_a_chunk(voice: PiperEngine) -> None:
    assert len(speak(voice, "One lamp is on. Two lamps are off. That is all.")) == 3


@pytest.mark.parametrize("text", ["", " ", "...", "?!", "—", "*** \n", "😀"])
def test_what_cannot_be_said_makes_no_sound(voice: PiperEngine, text: str) -> None:
    assert speak(voice, text) == []


@given(st.text(max_size=30))
def test_speakable_is_having_a_letter_or_digit(text: str) -> None:
    assert speakable(text) == (any(map(str.isalpha, text)) or any(map(str.isnumeric, text)))


def test_levels_do_not_jump_between_clauses(voice: PiperEngine) -> None:
    """Were every clause brought to full level, all peaks would be alike."""
    peaks = {int(np.abs(speak(voice, text)[0].astype(int)).max()) for text in ("Yes.", "Hmm.", SENTENCE)}
    assert max(peaks) - min(peaks) > 300 or max(peaks) < 32_000


def test_a_cancelled_token_makes_no_sound(voice: PiperEngine) -> None:
    token = CancelToken()
    token.cancel()
    assert list(voice.synthesize(SENTENCE, token)) == []


def test_cancel_between_sentences_ends_it(voice: PiperEngine) -> None:
    token = CancelToken()
    chunks = voice.synthesize("One lamp is on. Two lamps are off.", token)
    next(chunks)
    token.cancel()
    assert list(chunks) == []


def test_cancel_stops_a_running_synthesis(voice: PiperEngine) -> None:
    """One sentence of minutes, stopped once the network is at work on it."""
    endless = "and the kettle is on " * 300
    token, at_work, ends = CancelToken(), threading.Event(), []
    run = voice._session.run

    def watched_run(*args: object) -> object:
        at_work.set()
        try:
            sound = run(*args)
        except Exception:
            ends.append("stopped")
            raise
        ends.append("finished")
        return sound

    voice._session.run = watched_run
    try:
        working = threading.Thread(target=lambda: ends.extend(voice.synthesize(endless, token)))
        working.start()
        assert at_work.wait(30)
        time.sleep(0.01)
        token.cancel()
        working.join(30)
    finally:
        del voice._session.run
    assert ends == ["stopped"]
    assert speak(voice, SENTENCE)


def test_a_network_that_fails_is_an_engine_error(voice: PiperEngine) -> None:
    def fail(*_: object) -> object:
        raise RuntimeError("no such node")

    voice._session.run = fail
    try:
        with pytest.raises(EngineError, match="no such node") as caught:
            speak(voice, SENTENCE)
    finally:
        del voice._session.run
    assert caught.value.code == "voice-failed"


def test_a_late_cancel_does_not_reach_the_next_clause(voice: PiperEngine) -> None:
    old = CancelToken()
    list(voice.synthesize(SENTENCE, old))
    chunks = voice.synthesize(SENTENCE, CancelToken())
    old.cancel()
    assert len(list(chunks)) == 1


def test_it_tells_how_long_the_clause_will_be_before_it_speaks(voice: PiperEngine) -> None:
    told: list[int] = []
    chunks = voice.synthesize("One lamp is on. Two lamps are off and that is all.", CancelToken(), told.append)
    first = next(chunks)
    assert len(told) == 1
    total = len(first) + sum(map(len, chunks))
    assert 0.6 * total < told[0] < 1.6 * total, "a guess, while the second sentence is unknown"
    assert told[1:] == [total]


@pytest.mark.parametrize("text", ["Hello there,", "and the tea is ready.", "Is it nine?", "Well", "Yes!"])
def test_clauses_join_without_a_step(voice: PiperEngine, text: str) -> None:
    """Each begins and ends in near silence, so that one may follow the other as it is."""
    sound = np.concatenate(speak(voice, text)).astype(int)
    edges = np.abs(np.concatenate([sound[:16], sound[-16:]]))
    assert edges.max() < 0.01 * np.abs(sound).max()
    loud = np.flatnonzero(np.abs(sound) > 150) / voice.sample_rate
    assert loud[0] < 0.08, "silence before the first word delays the reply"
    assert len(sound) / voice.sample_rate - loud[-1] < 0.25, "a pause that is no longer than between sentences"
