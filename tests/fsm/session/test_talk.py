"""Free conversation remembers, and ends when it is told to."""

from __future__ import annotations

import pytest

from pipit.fsm.memory import Exchange
from pipit.fsm.session import events as se
from pipit.fsm.session.summary import is_of
from pipit.models.ports import Message
from pipit.models.scripted import ScriptedModel

from .stage import BROKEN, Play, flow_of

TALK = "{name: talk, kind: open, prompt: You like birds.}"


def parrot(messages: object) -> str:
    texts = list(messages)  # type: ignore[call-overload]
    assert all(isinstance(message, Message) for message in texts)
    return f"You said {texts[-1].text}."


def test_what_was_said_and_heard_is_carried_into_the_next_prompt() -> None:
    seen: list[list[str]] = []

    def reply(messages: object) -> str:
        seen.append([message.text for message in messages])  # type: ignore[attr-defined]
        return parrot(messages)

    play = Play(flow_of(TALK), model=ScriptedModel(reply))
    assert play.first == ""
    play.answers("hello", "my name is Ada")
    assert seen[1] == ["You are Pipit. You like birds.", "hello", "You said hello.", "my name is Ada"]


def test_nobody_is_hurried() -> None:
    play = Play(flow_of(TALK), model=ScriptedModel(parrot))
    play.say("hello")
    assert not play.rehearsal.wait()


def test_it_says_again_what_was_heard_last() -> None:
    play = Play(flow_of(TALK), model=ScriptedModel(parrot))
    assert play.say("repeat that") == "I have said nothing yet."
    play.say("hello")
    assert play.say("repeat that") == "You said hello."


def test_stop_ends_it_with_a_summary_by_rule_and_a_better_one_by_the_model() -> None:
    def reply(messages: object) -> str:
        texts = [message.text for message in messages]  # type: ignore[attr-defined]
        return "A test with one\n turn of hello." if "sum up" in texts[0] else parrot(messages)

    play = Play(flow_of(TALK), model=ScriptedModel(reply))
    play.say("hello")
    assert play.say("stop") == "That is the end."
    by_rule = "A test, 1 turn."
    better = f"{by_rule} A test with one turn of hello."
    assert [event.text for event in play.of(se.Summary)] == [by_rule, better]
    assert play.state.summary == better
    assert play.director.over


def test_a_summary_of_something_else_is_not_kept() -> None:
    def reply(messages: object) -> str:
        texts = [message.text for message in messages]  # type: ignore[attr-defined]
        return "Honey never spoils, whatever happens." if "sum up" in texts[0] else parrot(messages)

    play = Play(flow_of(TALK), model=ScriptedModel(reply))
    play.answers("hello", "stop")
    assert play.state.summary == "A test, 1 turn."


TOLD = [Exchange("my truck is number twelve and anna drives it", "Noted, truck 12.")]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("You told me of truck 12, which Anna drives.", True),
        ("You told me of truck twelve. Anna drives it.", True),
        ("You told me of your truck, number 12; one driver, Anna.", True),
        ("You told me of truck 21, which Anna drives.", False),
        ("You told me of truck twelve, which Hanna drives.", False),
        ("You told me of truck 12; its driver, Hanna.", False),
        ("You told me of twenty trucks that Anna drives.", False),
        ("Anna drives.", False),
    ],
)
def test_a_summary_with_another_name_or_number_is_not_kept(text: str, kept: bool) -> None:
    assert is_of(text, TOLD) is kept


def test_a_number_without_end_is_no_reason_to_fail() -> None:
    endless = "9" * 10_000
    assert is_of("You told me of truck 12, which Anna drives.", [*TOLD, Exchange(endless, endless)])
    assert is_of(f"You told me of Anna and truck 12 {endless}.", [*TOLD, Exchange(endless, endless)])


def test_a_model_that_cannot_sum_up_leaves_the_summary_by_rule() -> None:
    play = Play(flow_of(TALK), model=ScriptedModel(parrot, failures={2: BROKEN}))
    play.answers("hello", "goodbye")
    assert play.state.summary == "A test, 1 turn."
    assert play.director.over


def test_after_the_end_nothing_is_answered_or_steered() -> None:
    play = Play(flow_of(TALK), model=ScriptedModel(parrot))
    play.answers("hello", "stop")
    before = play.state
    assert play.say("hello again") == ""
    assert play.order("back") == ""
    assert play.state.ended == before.ended
    assert play.state.phase == before.phase
