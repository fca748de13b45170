"""Figure 4: processor time to the first token with the prompt read ahead, over cold, and over the system prompt cached.

    python tools/bench/first_token.py MODEL.gguf ...

One thread. The system prompt has about 200 tokens and the words of the person about 20. Four ways, in turns; of each
the least of several:
cold: nothing is known. saved: the system prompt's state is on disk, in a fresh context. cached: the system prompt
is in the context. ahead: the words were read while they were said, but for the last letter. same: and all of them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pipit.models import CancelToken, Message
from pipit.models.llama_engine import LlamaModel

SYSTEM_TOKENS, SAID_TOKENS = 200, 20
WORDS = "you are a small voice assistant in the kitchen and answer what people ask in one short sentence of words "
QUESTION = "what is the time now in the town of york this evening and how long does the tea still have to draw please "
ROUNDS = 5
Prompt = list[Message]


def cut_to(model: LlamaModel, tokens: int, text: str) -> str:
    """Return as much of ``text`` as takes so many tokens."""
    words = (text * 20).split()
    empty = model.count([Message("user", "")])
    for count in range(1, len(words)):
        if model.count([Message("user", " ".join(words[:count]))]) - empty >= tokens:
            return " ".join(words[:count])
    raise ValueError(f"too short for {tokens} tokens")


def first_token(model: LlamaModel, prompt: Prompt) -> float:
    begun = time.process_time()
    next(model.generate(prompt, CancelToken(), 1), None)
    return time.process_time() - begun


def measure(path: Path, cache: Path) -> dict[str, object]:
    def opened(folder: Path | None) -> LlamaModel:
        return LlamaModel(path, context_tokens=1024, threads=1, prefill_threads=1, cache=folder)

    model = opened(None)
    system = Message("system", cut_to(model, SYSTEM_TOKENS, WORDS))
    said = cut_to(model, SAID_TOKENS, QUESTION)
    prompt = [system, Message("user", said)]
    changed = [system, Message("user", said[:-1])]
    other = [system, Message("user", "0")]
    nothing = [Message("user", "0")]
    next(opened(cache).generate(prompt, CancelToken(), 1), None)
    saving = opened(cache)
    before: dict[str, tuple[LlamaModel, list[Prompt]]] = {
        "cold": (model, [nothing]), "saved": (saving, [nothing]), "cached": (model, [nothing, other]),
        "ahead": (model, [nothing, changed]), "same": (model, [nothing, prompt]),
    }  # fmt: skip
    times = {name: min(_after(*how, prompt) for _ in range(ROUNDS)) for name, how in before.items()}
    ratios: dict[str, Callable[[], float]] = {
        "ahead/cold": lambda: times["ahead"] / times["cold"], "ahead/cached": lambda: times["ahead"] / times["cached"],
        "same/cold": lambda: times["same"] / times["cold"], "saved/cold": lambda: times["saved"] / times["cold"],
        "saved/cached": lambda: times["saved"] / times["cached"],
    }  # fmt: skip
    return {
        "model": path.stem, "prompt": model.count(prompt), "system": model.count([system]),
        **{name: round(ratio(), 3) for name, ratio in ratios.items()},
        "ms": {name: round(1000 * seconds, 2) for name, seconds in times.items()},
    }  # fmt: skip


def _after(model: LlamaModel, earlier: list[Prompt], prompt: Prompt) -> float:
    for messages in earlier:
        model.prefill(messages, CancelToken())
    return first_token(model, prompt)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=Path)
    for path in parser.parse_args().models:
        with tempfile.TemporaryDirectory() as cache:
            print(json.dumps(measure(path, Path(cache))))


if __name__ == "__main__":
    main()
