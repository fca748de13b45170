"""The interview's verdict can be read whatever model writes it: a small one, or mere noise."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipit.fsm.flow.schema import Question
from pipit.fsm.session.interview import read_verdict, verdict_on
from pipit.models import CancelToken
from pipit.models.llama_engine import LlamaModel
from pipit.models.load import pocket_weights

from .random_model import make_random_model

QUESTION = Question(id="q", ask="What did you try, and how did it go?", want="a task, and whether it worked")
WORDS = (
    'I tried to set a timer and it said "no" twice {then} nothing [at all] \\ naïve 漢字 um well yes of course '
    'not enough true false "enough": null 12.5 and the light went out'
).split()


def answers(count: int, seed: int) -> Iterator[str]:
    """Yield answers of all lengths, with all that could mislead."""
    draw = random.Random(seed)
    for _ in range(count):
        yield " ".join(draw.choices(WORDS, k=draw.choice((1, 3, 12, 40, 150))))


def judged(model: LlamaModel, answer: str) -> str:
    step = verdict_on(QUESTION, QUESTION.ask, answer)
    return "".join(model.generate(step.messages, CancelToken(), step.max_tokens, step.grammar))


def runs(model: LlamaModel, count: int, seed: int) -> list[tuple[bool, str]]:
    """Return verdicts, each of them whole and of the schema."""
    found = []
    for answer in answers(count, seed):
        text = judged(model, answer)
        verdict = read_verdict(text)
        assert verdict is not None, f"{answer!r} gave {text!r}"
        whole = json.loads(text)
        assert list(whole) == ["enough", "follow_up"]
        assert len(whole["follow_up"]) <= 160
        assert verdict == (whole["enough"], " ".join(whole["follow_up"].split()))
        found.append(verdict)
    return found


@pytest.mark.timeout(1800)  # an emulated board is slow; what never ends is found all the same
def test_noise_gives_a_verdict_every_time(tmp_path: Path) -> None:
    pocket, found = pocket_weights().model, []
    for seed in range(30):
        path = make_random_model(tmp_path / f"{seed}.gguf", pocket, seed)
        model = LlamaModel(path, threads=1, prefill_threads=1, temperature=1.0 if seed % 3 else 0.0, seed=seed)
        found += runs(model, 30, seed)
        model.close()
        path.unlink()
    assert len(found) == 900
    assert {enough for enough, _ in found} == {True, False}
    assert len({further for _, further in found}) > 100, "it is noise"


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_the_model_that_ships_gives_one_too(temperature: float) -> None:
    model = LlamaModel(pocket_weights().model, threads=1, prefill_threads=1, temperature=temperature, seed=7)
    assert len(runs(model, 50, 7)) == 50
    model.close()
