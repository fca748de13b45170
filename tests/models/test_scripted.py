from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.errors import EngineError
from pipit.models import CancelToken, LanguageModel, Message, Recognizer, Voice
from pipit.models.phrases import Words
from pipit.models.scripted import (
    Script,
    ScriptedModel,
    ScriptedRecognizer,
    ScriptedVoice,
    scripted_engines,
    wait,
)

SECOND = bytes(32_000)
HELLO = [Message("user", "hello")]


def seconds(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def cancelled_after(delay: float, work: Callable[[CancelToken], object]) -> float:
    token = CancelToken()
    timer = threading.Timer(delay, token.cancel)
    timer.start()
    taken = seconds(lambda: work(token))
    timer.join()
    return taken


def test_they_implement_the_ports() -> None:
    engines = scripted_engines()
    assert isinstance(engines.recognizer, Recognizer)
    assert isinstance(engines.model, LanguageModel)
    assert isinstance(engines.voice, Voice)


def test_each_utterance_has_the_next_transcript() -> None:
    recognizer = ScriptedRecognizer(["turn it  on", "and off"])
    heard = []
    for _ in range(3):
        recognizer.feed(SECOND)
        heard.append(recognizer.final())
    assert heard == ["turn it on", "and off", "turn it on"]


def test_partials_grow_with_the_audio() -> None:
    recognizer = ScriptedRecognizer(["one two three four"], words_per_second=2)
    partials = []
    for _ in range(3):
        partials.append(recognizer.partial())
        recognizer.feed(SECOND)
    assert [*partials, recognizer.partial()] == ["", "one two", "one two three four", "one two three four"]


def test_nothing_fed_and_reset_use_no_transcript() -> None:
    recognizer = ScriptedRecognizer(["first", "second"])
    assert recognizer.final() == ""
    recognizer.feed(SECOND)
    recognizer.reset()
    assert recognizer.partial() == ""
    recognizer.feed(SECOND)
    assert recognizer.final() == "first"


def test_what_was_expected_is_kept_and_changes_nothing() -> None:
    recognizer = ScriptedRecognizer(["turn it on"])
    for phrase in (Words("off"), None):
        recognizer.expect(phrase)
        recognizer.feed(SECOND)
        assert recognizer.final() == "turn it on"
    assert recognizer.expected == [Words("off"), None]


def test_grammars_are_kept() -> None:
    model = ScriptedModel(["{}"])
    assert list(model.generate(HELLO, CancelToken(), 5, 'root ::= "{}"')) == ["{}"]
    assert list(model.generate(HELLO, CancelToken(), 5)) == ["{}"]
    assert model.grammars == ['root ::= "{}"', ""]


def test_final_takes_its_time() -> None:
    recognizer = ScriptedRecognizer(seconds_per_final=0.05)
    recognizer.feed(SECOND)
    assert 0.05 <= seconds(recognizer.final) < 1


def test_replies_come_in_turn_and_in_words() -> None:
    model = ScriptedModel(["Hello there.", "Bye."])
    said = [list(model.generate(HELLO, CancelToken(), 50)) for _ in range(3)]
    assert said == [["Hello", " there."], ["Bye."], ["Hello", " there."]]


def test_a_function_may_reply() -> None:
    model = ScriptedModel(lambda messages: f"You said {messages[-1].text}.")
    assert "".join(model.generate(HELLO, CancelToken(), 50)) == "You said hello."


@given(st.text(alphabet="ab .\n", max_size=40), st.integers(0, 8))
def test_words_join_to_the_beginning_of_the_reply(text: str, most: int) -> None:
    pieces = list(ScriptedModel([text]).generate(HELLO, CancelToken(), most))
    assert text.startswith("".join(pieces))
    assert len(pieces) == min(most, len(text.split()))


def test_prompt_and_tokens_take_their_time() -> None:
    model = ScriptedModel(["one two three"], seconds_per_prompt=0.04, seconds_per_token=0.02)
    assert 0.1 <= seconds(lambda: list(model.generate(HELLO, CancelToken(), 50))) < 1


def test_a_prefilled_prompt_takes_no_time_again() -> None:
    model = ScriptedModel(["one"], seconds_per_prompt=0.1)
    model.prefill(HELLO, CancelToken())
    assert seconds(lambda: list(model.generate(HELLO, CancelToken(), 50))) < 0.08
    assert seconds(lambda: model.prefill([*HELLO, *HELLO], CancelToken())) >= 0.1


def test_a_cancelled_prefill_counts_for_nothing() -> None:
    model = ScriptedModel(["one"], seconds_per_prompt=0.1)
    assert cancelled_after(0.02, lambda token: model.prefill(HELLO, token)) < 0.09
    assert seconds(lambda: list(model.generate(HELLO, CancelToken(), 50))) >= 0.1


@pytest.mark.parametrize("timing", [{"seconds_per_prompt": 30}, {"seconds_per_token": 30}])
def test_cancel_ends_a_reply_at_once(timing: dict[str, float]) -> None:
    model, pieces = ScriptedModel(["one two"], **timing), []
    assert cancelled_after(0.02, lambda token: pieces.extend(model.generate(HELLO, token, 50))) < 5
    assert pieces == []


def test_a_prompt_longer_than_the_context_is_refused() -> None:
    model = ScriptedModel(context_tokens=4)
    with pytest.raises(EngineError) as caught:
        model.prefill([Message("user", "much too many words")], CancelToken())
    assert caught.value.code == "prompt-too-long"


def test_the_tone_is_as_long_as_the_text() -> None:
    voice = ScriptedVoice(sample_rate=8_000, seconds_per_character=0.01, hertz=200)
    (sound,) = voice.synthesize("twenty characters ok", CancelToken())
    assert (sound.dtype, sound.shape) == (np.int16, (1_600,))
    spectrum = np.abs(np.fft.rfft(sound))
    assert int(spectrum.argmax()) * 8_000 / 1_600 == 200


def test_nothing_to_say_makes_no_sound() -> None:
    assert list(ScriptedVoice(seconds_per_clause=30).synthesize(" ... ", CancelToken())) == []


def test_cancel_ends_a_clause_at_once() -> None:
    voice, sounds = ScriptedVoice(seconds_per_clause=30), []
    assert cancelled_after(0.02, lambda token: sounds.extend(voice.synthesize("hello", token))) < 5
    assert sounds == []


def test_failures_come_at_the_chosen_calls_only() -> None:
    broken = EngineError("broken", "as the script says")
    failures = {part: {2: broken} for part in ("recognizer", "model", "voice")}
    engines = scripted_engines(Script(failures=failures))

    def hear() -> object:
        engines.recognizer.feed(SECOND)
        return engines.recognizer.final()

    for work in (
        hear,
        lambda: "".join(engines.model.generate(HELLO, CancelToken(), 50)),
        lambda: next(engines.voice.synthesize("hello", CancelToken())).size,
    ):
        assert work()
        with pytest.raises(EngineError) as caught:
            work()
        assert caught.value is broken
        assert work()


def test_waiting_says_whether_it_was_cancelled() -> None:
    token = CancelToken()
    assert wait(0, token)
    token.cancel()
    assert not wait(30, token)
