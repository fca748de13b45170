"""What the pocket model is trained on keeps away from what it is tested on."""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from pipit.fsm.fields import Reading, read, read_all
from pipit.fsm.session.interview import LONGEST_FOLLOW_UP, VERDICT, read_verdict
from pipit.fsm.session.pick import NOTHING, pick, picked
from pipit.fsm.session.summary import summing as what_pipit_asks
from pipit.models.grammar import longest

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
grammar = importlib.import_module("dialogues.grammar")
interview = importlib.import_module("dialogues.interview")
judging = importlib.import_module("dialogues.judging")
picking = importlib.import_module("dialogues.picking")
scene = importlib.import_module("dialogues.scene")
smalltalk = importlib.import_module("dialogues.smalltalk")
summing = importlib.import_module("dialogues.summing")
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


@pytest.mark.parametrize("split", ["train", "held"])
def test_the_judge_is_taught_what_pipit_sends_and_answers_what_pipit_reads(split: str) -> None:
    for seed in range(300):
        turn, step = judging.asked(choice.Chooser(f"judge {seed}", choice.SPLITS[split]))
        assert [message.role for message in step.messages] == ["system", "user"]
        assert turn.user == step.messages[1].text
        for reply in (turn.reply, *turn.accept):
            verdict = json.loads(reply)
            assert list(verdict) == list(VERDICT["properties"])
            assert read_verdict(reply) == (turn.kind == "judge full", verdict["follow_up"])
            assert json.dumps(verdict, separators=(",", ":")) == reply, "white space is not in the grammar"
            assert len(verdict["follow_up"]) <= LONGEST_FOLLOW_UP
            assert len(reply.encode()) <= longest(VERDICT)


def test_a_dialogue_of_the_judge_holds_the_prompt_of_the_program() -> None:
    judged = [one for one in map(dialogues.write, range(200)) if one.turns[0].kind.startswith("judge")]
    system = judging.asked(choice.Chooser("any", training))[1].messages[0].text
    assert judged
    assert {dialogue.system for dialogue in judged} == {system}


def test_nothing_that_the_test_asks_of_an_answer_is_trained() -> None:
    held = {part.key for part in (*judging.HELD_HEADS, *judging.HELD_TAILS)}
    assert held.isdisjoint(part.key for part in (*judging.HEADS, *judging.TAILS))
    wants = {want for part in (*judging.HELD_HEADS, *judging.HELD_TAILS) for want in part.wants}
    choose = choice.Chooser("no leak", training)
    trained = " ".join(judging.asked(choose)[0].user for _ in range(2000))
    assert not [want for want in wants if want.replace("{p}", "the person") in trained]


def test_the_written_cases_are_of_every_kind() -> None:
    kinds = [turn.kind for turn, _ in judging.written_cases()]
    assert set(kinds) == {"judge full", "judge thin", "judge evasion", "judge off topic"}


@pytest.mark.parametrize("split", ["train", "held"])
def test_words_are_picked_from_what_pipit_sends_and_can_be_picked_there(split: str) -> None:
    for seed in range(300):
        turn, spec, said = picking.drawn(choice.Chooser(f"pick {seed}", choice.SPLITS[split]))
        step = pick(spec, said)
        assert [message.text for message in step.messages] == [picking.system(), turn.user]
        assert picked(turn.reply, said) == (None if turn.reply == NOTHING else turn.reply)


def test_a_yes_or_no_that_is_to_be_picked_is_one_to_the_parser_too() -> None:
    for seed in range(300):
        turn, spec, _ = picking.drawn(choice.Chooser(f"pick {seed}", training))
        if turn.kind == "pick yes-no":
            assert isinstance(read(spec, turn.reply, date(2026, 5, 4)), Reading), turn.reply


def test_the_written_picks_are_such_as_no_parser_understands() -> None:
    cases = list(picking.written_cases())
    assert {turn.reply == NOTHING for turn, _, _ in cases} == {True, False}
    for turn, spec, said in cases:
        found = read_all([spec], said, spec.field, (), date(2026, 5, 4))
        assert (found.readings, found.problems) == ((), ()), said
        assert turn.reply == NOTHING or isinstance(read(spec, turn.reply, date(2026, 5, 4)), Reading), said


@pytest.mark.parametrize("split", ["train", "held"])
def test_a_session_is_summed_up_from_what_pipit_sends_in_words_that_stand_there(split: str) -> None:
    for seed in range(200):
        case = summing.case(choice.Chooser(f"sum {seed}", choice.SPLITS[split]))
        assert case.step == what_pipit_asks(case.exchanges)
        assert case.turn.user == case.step.messages[1].text
        assert len(case.turn.reply.split()) < case.step.max_tokens
        assert any(case.turn.reply.startswith(sentence) for sentence in case.true)


def test_training_has_the_prompts_of_the_sessions_and_the_test_of_talk_has_them_not() -> None:
    systems = {picking.system(), summing.case(choice.Chooser("any", training)).step.messages[0].text}
    assert systems <= {dialogues.write(seed, mix=dialogues.TRAINING).system for seed in range(200)}
    assert systems.isdisjoint(dialogues.write(seed).system for seed in range(200))


def test_a_way_that_says_more_is_drawn_more_often_but_none_is_lost() -> None:
    drawn = grammar.parse("never|(one|two|three|four) (sheep|goats) [here]")
    texts_drawn = {drawn.draw(choice.Chooser(f"share {seed}", training).rng) for seed in range(500)}
    assert drawn.size == 17
    assert drawn.shares[0] == 1 < drawn.shares[1] < 16
    assert len(texts_drawn) == 17


def test_what_training_dwells_on_loses_a_word_at_most_and_keeps_its_reply() -> None:
    replies = {reply for _, _, _, reply in smalltalk.FIXED}
    for seed in range(200):
        choose = choice.Chooser(f"rough {seed}", training)
        assert smalltalk.dwelt_on(scene.Scene(choose, None)).reply in replies
        rough = smalltalk._roughened("what can you do for us", choose).split()
        assert len(set("what can you do for us".split()) - set(rough)) <= 1
