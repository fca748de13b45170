"""What the pocket model is trained on keeps away from what it is tested on."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[2] / "tools" / "pocket" / "model" / "dialogues"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dialogues", FOLDER / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["dialogues"] = module
    spec.loader.exec_module(module)
    return module


dialogues = _load()
choice = importlib.import_module("dialogues.choice")
interview = importlib.import_module("dialogues.interview")
texts = importlib.import_module("dialogues.texts")
training = choice.SPLITS["train"]


@pytest.mark.parametrize("group", texts.HELD)
def test_no_sentence_to_train_with_has_one_of_the_tests_in_it(group: str) -> None:
    choose, wordings = choice.Chooser("no leak", training), choice.ways(group)
    drawn = [f" {choose.way(wordings)} " for _ in range(200)]
    assert not [text for text in drawn for held in wordings.held if f" {held} " in text]


def test_the_judge_is_never_trained_on_a_field_of_the_test() -> None:
    choose = choice.Chooser("no leak", training)
    assert interview.HELD_NOUNS.isdisjoint(interview.draw_field(choose).noun for _ in range(2000))


@pytest.mark.parametrize("split", ["train", "wordings", "fillings", "held"])
def test_a_seed_writes_the_same_dialogue_every_time(split: str) -> None:
    for seed in range(50):
        assert dialogues.write(seed, split) == dialogues.write(seed, split)


def test_every_placeholder_of_a_training_sentence_is_filled() -> None:
    for seed in range(300):
        dialogue = dialogues.write(seed, mix=dialogues.TRAINING)
        assert not [turn.user for turn in dialogue.turns if "{" in turn.user or "  " in turn.user]
