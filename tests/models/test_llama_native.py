from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipit.errors import EngineError
from pipit.models.llama_native import BATCH, AbortFlag, Context
from pipit.models.load import Weights


@pytest.fixture(scope="module")
def context(weights: Weights) -> Iterator[Context]:
    context = Context(weights.model, 512, 1, 1)
    yield context
    context.close()


def in_memory(context: Context) -> int:
    """How many tokens llama.cpp itself holds."""
    return int(context.lib.llama_memory_seq_pos_max(context._memory, 0)) + 1


def test_the_flag_is_what_strlen_makes_of_it() -> None:
    flag = AbortFlag()
    assert AbortFlag._libc.strlen(flag._bytes) == 0
    flag.set()
    flag.set()
    assert AbortFlag._libc.strlen(flag._bytes) == 1


def test_a_set_flag_stops_an_evaluation_and_the_next_flag_does_not(context: Context) -> None:
    context.keep(0)
    context.watch(AbortFlag())
    assert context.evaluate([20, 21, 22])
    raised = AbortFlag()
    raised.set()
    context.watch(raised)
    assert not context.evaluate([23, 24])
    assert (context.held, in_memory(context), context.scored) == ([20, 21, 22], 3, False)
    context.watch(AbortFlag())
    assert context.evaluate([23])
    assert (context.held, in_memory(context), context.scored) == ([20, 21, 22, 23], 4, True)


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 400), st.floats(0, 0.02)), max_size=5))
def test_what_it_believes_is_what_llama_cpp_holds(context: Context, steps: list[tuple[int, int, float]]) -> None:
    """Whenever evaluations are cut off, and whatever is forgotten between them."""
    for kept, more, delay in steps:
        context.keep(kept)
        assert len(context.held) <= kept or len(context.held) == in_memory(context)
        flag = AbortFlag()
        context.watch(flag)
        timer = threading.Timer(delay, flag.set)
        timer.start()
        wanted = [*context.held, *range(20, 20 + more)][:500]
        finished = context.evaluate(wanted[len(context.held) :])
        timer.join()
        assert in_memory(context) == len(context.held)
        assert context.held == wanted[: len(context.held)]
        assert finished == (len(context.held) == len(wanted))


def test_long_prompts_are_evaluated_in_batches(context: Context) -> None:
    context.keep(0)
    context.watch(AbortFlag())
    before = context.evaluated
    assert context.evaluate(list(range(20, 20 + 2 * BATCH + 1)))
    assert context.evaluated - before == len(context.held) == in_memory(context) == 2 * BATCH + 1


def test_more_than_the_context_holds_is_an_engine_error(weights: Weights) -> None:
    small = Context(weights.model, 256, 1, 1)
    with pytest.raises(EngineError) as caught:
        small.evaluate([20] * 300)
    assert caught.value.code == "model-failed"
    assert in_memory(small) == len(small.held)
    small.keep(0)
    assert small.evaluate([20] * 10)


class NoWayBack:
    """llama.cpp as it is for a recurrent model: a part of what it holds cannot be taken away."""

    def __init__(self, lib: Any) -> None:
        self._lib = lib

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lib, name)

    def llama_memory_seq_rm(self, *_: object) -> bool:
        return False


def test_a_model_that_cannot_forget_a_part_forgets_everything(weights: Weights) -> None:
    context = Context(weights.model, 256, 1, 1)
    context.lib = NoWayBack(context.lib)
    assert context.evaluate([20, 21, 22])
    context.keep(2)
    assert (context.held, in_memory(context)) == ([], 0)


def test_text_and_tokens_go_both_ways(context: Context) -> None:
    text = "It's 20 past nine, naïve café ☕ 日本."
    tokens = context.tokenize(text, special=False)
    assert b"".join(context.piece(token) for token in tokens).decode() == text


def test_a_control_token_has_no_text_of_its_own(context: Context) -> None:
    (token,) = context.tokenize("<|end|>", special=True)
    assert (context.piece(token), context.piece(token, special=True)) == (b"", b"<|end|>")
    assert context.ends(token)
    assert len(context.tokenize("<|end|>", special=False)) > 1


AT_WORK = """
import sys, threading, time
from pipit.models import CancelToken, Message
from pipit.models.load import EngineOptions, load_engines, pocket_weights
engines = load_engines(pocket_weights(), EngineOptions(threads=1, prefill_threads=1))
prompt = [Message("user", "and " * 300)]
def work():
    while True:
        list(engines.model.generate(prompt, CancelToken(), 50))
        list(engines.voice.synthesize("and the kettle is on", CancelToken()))
        engines.recognizer.feed(bytes(6400))
threading.Thread(target=work, daemon=True).start()
time.sleep(0.1)
"""


def test_a_program_may_end_while_engines_are_at_work() -> None:
    run = subprocess.run([sys.executable, "-c", AT_WORK], capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_closing_frees_the_memory() -> None:
    """Loading over and over does not grow: each time the weights are given back."""
    from pipit.models.load import pocket_weights

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1])

    path = pocket_weights().model
    Context(path, 256, 1, 1).close()
    before = resident()
    for _ in range(8):
        Context(path, 256, 1, 1).close()
    assert (resident() - before) * 4096 < 3 * path.stat().st_size
