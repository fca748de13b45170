"""Figure 4: what prefill saves until the first token, in time of one processor."""

from __future__ import annotations

import time
from statistics import median

from pipit.device.bench.rigs import Rig
from pipit.device.bench.table import Found
from pipit.models import CancelToken, LanguageModel, Message
from pipit.models.load import EngineOptions, load_language_model

_SAID = "can you tell me please what the weather will be like in the mountains tomorrow morning"
_SENTENCE = "You are a small assistant that lives on a board, answers in short sentences and never makes things up."


def measure(rig: Rig, repeats: int) -> Found:
    """Return first token, with all words but the last read ahead, over the same from nothing."""
    if rig.weights is None:
        return Found(None, "a scripted model has no prompt to read")
    model = load_language_model(rig.weights, EngineOptions(context_tokens=512, threads=1, prefill_threads=1))
    system = _system(model)
    runs = [_one(model, system) for _ in range(repeats)]
    cold, cached, ahead, exact = (median(run[n] for run in runs) for n in range(4))
    tokens = model.count(_prompt(system, _SAID))
    how = (
        f"median of {repeats}, {tokens} tokens, all words but the last read ahead; ÷ system prompt cached "
        f"{ahead / cached:.3f} (target 0.35); all words read ahead (a bet) {exact / cold:.3f}"
    )
    more = {"cold_ms": cold * 1e3, "system_cached_ms": cached * 1e3, "ahead_ms": ahead * 1e3, "exact_ms": exact * 1e3}
    return Found(ahead / cold, how, more={**more, "of_system_cached": ahead / cached})


def _system(model: LanguageModel) -> str:
    """Return a system prompt of some 200 tokens."""
    text = _SENTENCE
    while model.count(_prompt(text, "")) < 200:
        text += " " + _SENTENCE
    return text


def _prompt(system: str, said: str) -> tuple[Message, ...]:
    return (Message("system", system), Message("user", said))


def _one(model: LanguageModel, system: str) -> tuple[float, float, float, float]:
    whole = _prompt(system, _SAID)
    other = (Message("system", "Something else."), Message("user", "x"))
    model.prefill(other, CancelToken())
    cold = _first_token(model, whole)
    model.prefill(_prompt(system, "#"), CancelToken())
    cached = _first_token(model, whole)
    model.prefill(_prompt(system, "#"), CancelToken())
    model.prefill(_prompt(system, _SAID.rpartition(" ")[0]), CancelToken())
    ahead = _first_token(model, whole)
    model.prefill(_prompt(system, "#"), CancelToken())
    model.prefill(whole, CancelToken())
    return cold, cached, ahead, _first_token(model, whole)


def _first_token(model: LanguageModel, prompt: tuple[Message, ...]) -> float:
    began = time.thread_time()
    for _ in model.generate(prompt, CancelToken(), 1):
        break
    return time.thread_time() - began
