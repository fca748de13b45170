"""The tool that makes language models for the benchmarks makes ones that llama.cpp runs."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from pipit.models import CancelToken, Message
from pipit.models.llama_engine import LlamaModel


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    path = Path(__file__).parents[2] / "tools" / "bench" / "model.py"
    spec = importlib.util.spec_from_file_location("bench_model", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", ["qwen2", "llama"])
def test_a_made_model_runs_and_its_prompts_are_as_long_as_their_letters(
    maker: ModuleType, tmp_path: Path, kind: str
) -> None:
    shape = maker.Shape(kind, layers=2, width=64, heads=2, shared_heads=1, inner=96, tokens=400, bias=kind == "qwen2")
    maker.write(tmp_path / "made.gguf", shape)
    model = LlamaModel(tmp_path / "made.gguf", threads=1, prefill_threads=1)
    model.prefill([Message("user", "hello")], CancelToken())
    assert model.evaluated_tokens == model.count([Message("user", "hello")])
    short, long = (model.count([Message("user", "x" * n)]) for n in (10, 60))
    assert long - short == 50
    assert short == 10 + 8, "what stands around the words in the template"


def test_the_shapes_are_those_of_the_published_files(maker: ModuleType) -> None:
    tensors = list(maker._tensors(maker.SHAPES["qwen05"]))
    weights = sum(maker._bytes(sizes, kind) for _, sizes, kind, _ in tensors)
    assert 330e6 < weights < 380e6
    assert len(tensors) == 2 + 24 * 12
