from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.errors import EngineError
from pipit.models import CancelToken, LanguageModel, Message
from pipit.models.llama_engine import LlamaModel, whole_characters
from pipit.models.load import Weights


def reply(model: LlamaModel, messages: list[Message], tokens: int = 40) -> str:
    return "".join(model.generate(messages, CancelToken(), tokens))


@pytest.fixture(scope="module")
def long_model(long_model_file: Path) -> Iterator[LlamaModel]:
    model = LlamaModel(long_model_file, context_tokens=2048, threads=1, prefill_threads=1)
    yield model
    model.close()


@pytest.fixture(scope="module")
def long_prompt() -> list[Message]:
    return [Message("system", "You are a helpful assistant. " * 200), Message("user", "tell me a joke")]


def test_is_a_language_model(model: LlamaModel) -> None:
    assert isinstance(model, LanguageModel)


def test_replies_with_words(model: LlamaModel, joke: list[Message]) -> None:
    text = reply(model, joke)
    assert len(text.split()) >= 3
    assert "<|" not in text


def test_the_same_prompt_gets_the_same_reply(model: LlamaModel, weights: Weights, joke: list[Message]) -> None:
    first = reply(model, joke)
    reply(model, [Message("user", "what is your name")])
    fresh = LlamaModel(weights.model, threads=1, prefill_threads=1)
    assert first == reply(model, joke) == reply(fresh, joke)


def test_a_drawn_reply_is_repeatable(weights: Weights, joke: list[Message]) -> None:
    drawing = LlamaModel(weights.model, threads=1, prefill_threads=1, temperature=1.5, seed=3)
    assert reply(drawing, joke) == reply(drawing, joke)


def test_another_seed_draws_another_reply(weights: Weights, joke: list[Message]) -> None:
    replies = {
        reply(LlamaModel(weights.model, threads=1, prefill_threads=1, temperature=3.0, seed=seed), joke)
        for seed in range(1, 5)
    }
    assert len(replies) > 1


def test_max_tokens_bounds_the_reply(model: LlamaModel, joke: list[Message]) -> None:
    whole = list(model.generate(joke, CancelToken(), 40))
    assert list(model.generate(joke, CancelToken(), 2)) == whole[:2]
    assert list(model.generate(joke, CancelToken(), 0)) == []


def test_generate_after_prefill_evaluates_only_the_reply(model: LlamaModel, joke: list[Message]) -> None:
    model.prefill([Message("user", "something else")], CancelToken())
    model.prefill(joke, CancelToken())
    before = model.evaluated_tokens
    assert len(list(model.generate(joke, CancelToken(), 1))) == 1
    assert model.evaluated_tokens == before


def test_a_growing_prompt_evaluates_only_what_is_new(model: LlamaModel) -> None:
    system = Message("system", "You are a helpful assistant who answers in one short sentence.")
    model.prefill([Message("user", "something else")], CancelToken())
    model.prefill([system, Message("user", "set a timer")], CancelToken())
    longer = [system, Message("user", "set a timer for ten minutes")]
    before = model.evaluated_tokens
    model.prefill(longer, CancelToken())
    opening = model.count([system])
    assert 0 < model.evaluated_tokens - before <= model.count(longer) - opening + 1
    assert opening > 10


def test_a_reply_that_comes_back_as_history_is_not_read_again(model: LlamaModel, joke: list[Message]) -> None:
    said = reply(model, joke)
    history = [*joke, Message("assistant", said), Message("user", "another one")]
    before = model.evaluated_tokens
    model.prefill(history, CancelToken())
    assert model.evaluated_tokens - before < model.count(history) - model.count(joke)


def test_the_order_of_prompts_does_not_change_replies(model: LlamaModel, weights: Weights) -> None:
    """Whatever was held and cut off before, a reply is that of an engine that knows only its prompt."""
    prompts = [
        [Message("user", "what is your name")],
        [Message("user", "what is your name"), Message("assistant", "I am Pipit."), Message("user", "hello")],
        [Message("user", "what is the time")],
        [Message("user", "what")],
    ]
    wanted = [reply(LlamaModel(weights.model, threads=1, prefill_threads=1), prompt, 12) for prompt in prompts]
    for index in (0, 1, 0, 2, 3, 1, 3, 2):
        assert reply(model, prompts[index], 12) == wanted[index]


def test_a_prompt_longer_than_the_context_is_refused(model: LlamaModel, joke: list[Message]) -> None:
    endless = [Message("user", "and " * 600)]
    assert model.count(endless) > model.context_tokens
    for call in (
        lambda: model.prefill(endless, CancelToken()),
        lambda: reply(model, endless),
    ):
        with pytest.raises(EngineError) as caught:
            call()
        assert caught.value.code == "prompt-too-long"
    assert reply(model, joke)


def test_prompt_and_reply_share_the_context(weights: Weights, joke: list[Message]) -> None:
    probe = LlamaModel(weights.model, threads=1, prefill_threads=1)
    small = LlamaModel(weights.model, context_tokens=probe.count(joke) + 3, threads=1, prefill_threads=1)
    pieces = list(small.generate(joke, CancelToken(), 40))
    assert pieces == list(probe.generate(joke, CancelToken(), 3))


def test_the_context_is_never_larger_than_trained(weights: Weights) -> None:
    assert LlamaModel(weights.model, context_tokens=100_000).context_tokens < 100_000


def test_a_cancelled_token_does_nothing(model: LlamaModel, joke: list[Message]) -> None:
    token = CancelToken()
    token.cancel()
    model.prefill([Message("user", "something else")], CancelToken())
    before = model.evaluated_tokens
    model.prefill(joke, token)
    assert list(model.generate(joke, token, 40)) == []
    assert model.evaluated_tokens == before


def test_cancel_stops_a_running_prefill_and_leaves_the_context_right(
    long_model: LlamaModel, long_model_file: Path, long_prompt: list[Message]
) -> None:
    token, begun = CancelToken(), long_model.evaluated_tokens
    size = long_model.count(long_prompt)
    reading = threading.Thread(target=long_model.prefill, args=(long_prompt, token))
    reading.start()
    while long_model.evaluated_tokens == begun:
        time.sleep(0.001)
    token.cancel()
    reading.join(5)
    read = long_model.evaluated_tokens - begun
    assert not reading.is_alive()
    assert 0 < read < size
    text = reply(long_model, long_prompt, 12)
    assert long_model.evaluated_tokens - begun < size + 12, "what was read before the cancel was read again"
    fresh = LlamaModel(long_model_file, context_tokens=2048, threads=1, prefill_threads=1)
    assert text == reply(fresh, long_prompt, 12)


def test_an_evaluation_stopped_halfway_leaves_nothing_behind(
    long_model: LlamaModel, long_prompt: list[Message], joke: list[Message]
) -> None:
    """Cancelled at a random moment many times over, the engine still answers as if nothing had been."""
    wanted = reply(long_model, joke, 12)
    for delay in (0.0, 0.002, 0.005, 0.011, 0.023):
        token = CancelToken()
        timer = threading.Timer(delay, token.cancel)
        timer.start()
        assert list(long_model.generate(long_prompt, token, 3)) == []
        timer.join()
        assert reply(long_model, joke, 12) == wanted


def test_cancel_ends_a_reply(model: LlamaModel, joke: list[Message]) -> None:
    whole = list(model.generate(joke, CancelToken(), 40))
    token, pieces = CancelToken(), []
    for piece in model.generate(joke, token, 40):
        pieces.append(piece)
        if len(pieces) == 3:
            token.cancel()
    assert pieces == whole[:3]
    assert list(model.generate(joke, CancelToken(), 40)) == whole


def test_a_late_cancel_does_not_reach_the_next_turn(model: LlamaModel, joke: list[Message]) -> None:
    old = CancelToken()
    model.prefill(joke, old)
    held = model.generate(joke, CancelToken(), 40)
    first = next(held)
    old.cancel()
    assert first + "".join(held) == reply(model, joke)


def test_an_abandoned_reply_leaves_the_engine_usable(model: LlamaModel, joke: list[Message]) -> None:
    whole = reply(model, joke)
    pieces = model.generate(joke, CancelToken(), 40)
    next(pieces)
    del pieces
    assert reply(model, joke) == whole


def test_llama_cpp_prints_nothing(weights: Weights, joke: list[Message], capfd: pytest.CaptureFixture[str]) -> None:
    assert reply(LlamaModel(weights.model), joke, 3)
    output = capfd.readouterr()
    assert (output.out, output.err) == ("", "")


@pytest.mark.parametrize(("chosen", "used"), [(None, "passive"), ("active", "active")])
def test_waiting_threads_sleep_unless_told_otherwise(chosen: str | None, used: str) -> None:
    env = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    env |= {"OMP_WAIT_POLICY": chosen} if chosen else {}
    code = "import os; from pipit.models.llama_native import bindings; bindings(); print(os.environ['OMP_WAIT_POLICY'])"
    run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == used


@given(st.text(max_size=40), st.lists(st.integers(0, 160), max_size=20))
def test_pieces_never_end_within_a_character(text: str, cuts: list[int]) -> None:
    data = text.encode()
    places = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    pieces = [data[start:end] for start, end in itertools.pairwise(places)]
    whole = list(whole_characters(pieces))
    assert "".join(whole) == text
    assert "" not in whole


def test_bytes_that_are_no_text_are_left_out() -> None:
    assert "".join(whole_characters([b"a\xff", b"b", "é".encode()[:1]])) == "ab"
