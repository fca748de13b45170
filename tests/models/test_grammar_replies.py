"""Whatever the weights are, a reply under a grammar can be read."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipit.errors import EngineError
from pipit.models import CancelToken, Message
from pipit.models.grammar import Schema, choice_of, gbnf, longest
from pipit.models.llama_engine import LlamaModel
from pipit.models.load import Weights

from .random_gguf import Shape, write_model

VERDICT: Schema = {
    "type": "object",
    "properties": {"enough": {"type": "boolean"}, "follow_up": {"type": "string", "maxLength": 60}},
    "required": ["enough", "follow_up"],
}
SHAPES = {
    "bytes by name, drawn nearly evenly": Shape(sharpness=0.1),
    "bytes by name, two layers": Shape(width=64, layers=2, heads=4, shared_heads=2, tokens=900),
    "bytes as letters": Shape(tokenizer="gpt2", tokens=600),
    "bytes as letters, drawn nearly evenly": Shape(tokenizer="gpt2", width=96, inner=32, sharpness=0.05),
    "very sure of itself": Shape(tokenizer="gpt2", heads=4, shared_heads=4, sharpness=5.0),
}
RUNS = 200
"""For each shape."""


def reply(model: LlamaModel, messages: list[Message], tokens: int, grammar: str = "") -> str:
    return "".join(model.generate(messages, CancelToken(), tokens, grammar))


def asked(text: str) -> list[Message]:
    return [Message("system", "Write JSON."), Message("user", text)]


def random_schema(rng: random.Random, depth: int = 2) -> dict[str, Any]:
    kinds = ["boolean", "null", "integer", "number", "string", "enum"] + ["object", "array"] * bool(depth)
    kind = rng.choice(kinds)
    if kind == "enum":
        return {"enum": rng.sample(["yes", 'a "b"', "back\\slash", "é\n", None, 3, True, ["x", 1]], 3)}
    if kind == "string":
        low = rng.choice([0, 0, 3])
        return {"type": "string", "minLength": low, "maxLength": low + rng.choice([0, 1, 12])}
    if kind == "array":
        low = rng.randrange(3)
        return {"type": "array", "items": random_schema(rng, 0), "minItems": low, "maxItems": low + rng.randrange(3)}
    if kind == "object":
        names = rng.sample(["enough", "é", 'q"', "follow up", "n"], rng.randrange(4))
        return {"type": "object", "properties": {name: random_schema(rng, depth - 1) for name in names}}
    return {"type": kind}


def fits(value: Any, schema: Schema) -> bool:
    """Whether a value is what JSON Schema means, written without a look at the grammar."""
    if "enum" in schema:
        return value in schema["enum"]
    kinds: Mapping[str, Any] = {"string": str, "boolean": bool, "null": type(None), "array": list, "object": dict}
    kind = schema["type"]
    if kind in ("integer", "number"):
        return isinstance(value, int if kind == "integer" else (int, float)) and not isinstance(value, bool)
    if not isinstance(value, kinds[kind]):
        return False
    if kind == "string":
        return bool(schema["minLength"] <= len(value) <= schema["maxLength"]) if "minLength" in schema else True
    if kind == "array":
        fit = all(fits(item, schema["items"]) for item in value)
        return fit and bool(schema["minItems"] <= len(value) <= schema["maxItems"])
    return kind != "object" or (
        list(value) == list(schema["properties"])
        and all(fits(value[name], part) for name, part in schema["properties"].items())
    )


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_random_weights_write_what_the_schema_says(shape: Shape, tmp_path: Path) -> None:
    for seed in range(RUNS // 20):
        path = write_model(tmp_path / "random.gguf", shape, seed)
        model = LlamaModel(path, 2048, threads=1, prefill_threads=1, temperature=(0.0, 1.0, 2.0)[seed % 3], seed=seed)
        rng = random.Random(seed)
        for n in range(20):
            schema = VERDICT if n % 2 == 0 else random_schema(rng)
            text = reply(model, asked(f"answer {n}"), longest(schema), gbnf(schema))
            assert fits(json.loads(text), schema), (schema, text)
        model.close()


def test_the_pocket_model_writes_what_the_schema_says(weights: Weights) -> None:
    rng = random.Random(1)
    for temperature in (0.0, 2.0):
        model = LlamaModel(weights.model, threads=1, prefill_threads=1, temperature=temperature)
        for n in range(30):
            schema = VERDICT if n % 3 == 0 else random_schema(rng)
            question = f"Is this enough: I walked round the truck {n} times and all was well"
            text = reply(model, asked(question), longest(schema), gbnf(schema))
            assert fits(json.loads(text), schema), (schema, text)
        model.close()


def spans(said: str) -> list[str]:
    words = said.split()
    return [" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)]


@pytest.mark.parametrize("tokenizer", ["llama", "gpt2"])
def test_a_choice_is_always_one_of_the_texts(tokenizer: str, tmp_path: Path) -> None:
    texts = [*spans("well it is the red one I'd say nine or ninety"), 'say "no"', "naïve\tcafé", "a\\b", "nothing"]
    path = write_model(tmp_path / "random.gguf", Shape(tokenizer=tokenizer, sharpness=0.3), 1)
    seen = set()
    for seed in range(40):
        model = LlamaModel(path, 1024, threads=1, prefill_threads=1, temperature=2.0, seed=seed)
        seen.add(reply(model, asked("which"), 100, choice_of(texts)))
        model.close()
    assert seen <= set(texts)
    assert len(seen) > 5


def test_the_pocket_model_chooses_among_what_was_said(model: LlamaModel) -> None:
    texts = spans("make it twelve hundred and forty please")
    assert reply(model, asked("how many"), 60, choice_of(texts)) in texts
    assert reply(model, asked("how many"), 60, choice_of(["only this"])) == "only this"


@pytest.mark.parametrize(
    "grammar", ["root ::= (", 'other ::= "a"', 'root ::= missing "a"', "root ::= root", "{}", "\0"]
)
def test_a_grammar_that_does_not_parse_is_an_error(model: LlamaModel, joke: list[Message], grammar: str) -> None:
    with pytest.raises(EngineError) as caught:
        reply(model, joke, 5, grammar)
    assert caught.value.code == "grammar-refused"
    assert "\n" not in str(caught.value)
    assert reply(model, joke, 5)


def test_a_grammar_that_no_token_follows_is_an_error(tmp_path: Path) -> None:
    """Such as a letter that is in no token; llama.cpp itself would end the process."""
    path = write_model(tmp_path / "random.gguf", Shape(tokens=400), 1)
    model = LlamaModel(path, threads=1, prefill_threads=1)
    with pytest.raises(EngineError) as caught:
        reply(model, asked("x"), 5, 'root ::= "a" "\\x00"')
    assert caught.value.code == "grammar-stuck"
    assert reply(model, asked("x"), 5, choice_of(["abc"])) == "abc"
    model.close()


def test_a_grammar_that_allows_the_reply_does_not_change_it(model: LlamaModel, joke: list[Message]) -> None:
    wanted = reply(model, joke, 60)
    assert reply(model, joke, 60, r"root ::= [^\x00]*") == wanted


def test_each_reply_begins_its_grammar_anew(model: LlamaModel) -> None:
    grammar = gbnf(VERDICT)
    replies = [reply(model, asked("is it enough"), longest(VERDICT), grammar) for _ in range(3)]
    assert replies[0] == replies[1] == replies[2]


def test_after_a_reply_under_a_grammar_the_context_is_right(
    model: LlamaModel, weights: Weights, joke: list[Message]
) -> None:
    fresh = LlamaModel(weights.model, threads=1, prefill_threads=1)
    wanted = reply(fresh, joke, 40)
    first = reply(fresh, asked("is it enough"), 50, gbnf(VERDICT))
    for _ in range(2):
        assert reply(model, asked("is it enough"), 50, gbnf(VERDICT)) == first
        assert reply(model, joke, 40) == wanted
    fresh.close()


def test_a_cut_reply_is_the_beginning_of_a_right_one(model: LlamaModel) -> None:
    whole = reply(model, asked("is it enough"), longest(VERDICT), gbnf(VERDICT))
    cuts = [reply(model, asked("is it enough"), tokens, gbnf(VERDICT)) for tokens in range(1, 12)]
    assert all(longer.startswith(shorter) for shorter, longer in pairwise([*cuts, whole]))


@pytest.fixture
def slow_model(tmp_path: Path) -> Iterator[LlamaModel]:
    path = write_model(tmp_path / "slow.gguf", Shape(width=256, layers=4, heads=4, inner=512, tokens=2000), 3)
    model = LlamaModel(path, 4096, threads=1, prefill_threads=1)
    yield model
    model.close()


def test_a_cancel_ends_a_reply_under_a_grammar(slow_model: LlamaModel) -> None:
    grammar = 'root ::= "[" [0-9]{900,1000} "]"'
    whole = reply(slow_model, asked("count"), 2000, grammar)
    for delay in (0.0, 0.01, 0.03):
        token = CancelToken()
        timer = threading.Timer(delay, token.cancel)
        timer.start()
        text = "".join(slow_model.generate(asked("count"), token, 2000, grammar))
        timer.join()
        assert len(text) < len(whole)
        assert whole.startswith(text)
    assert reply(slow_model, asked("count"), 2000, grammar) == whole
