"""An interview asks on where an answer is not enough, a bounded number of times, and loses no question."""

from __future__ import annotations

import pytest

from pipit.fsm.session import events as se
from pipit.fsm.session.interview import read_verdict
from pipit.models.scripted import ScriptedModel

from .stage import BROKEN, Play, flow_of

QUESTIONS = """
name: talk
kind: interview
say: Two questions.
listen: {retries: 1, timeout_s: 30}
questions:
  - {id: task, ask: 'What did you try?', want: a task and how it went, follow_ups: 2}
  - {id: change, ask: 'What would you change?', want: one change, follow_ups: 0}
  - {id: more, ask: 'Anything else?'}
"""
ENOUGH = '{"enough":true,"follow_up":""}'
NOT_ENOUGH = '{"enough":false,"follow_up":"How did it go?"}'


def talk(verdict: str | None = ENOUGH) -> Play:
    return Play(flow_of(QUESTIONS, closing="Thanks a lot."), verdict=verdict)


def test_an_answer_that_is_enough_leads_to_the_next_question() -> None:
    play = talk()
    assert play.first == "Two questions. What did you try?"
    assert play.say("I made coffee and it was fine") == "Thank you. What would you change?"
    assert play.say("the colour") == "Thank you. Anything else?"
    assert play.say("not really, no") == "Thank you. Thanks a lot."
    assert [(a.question, a.answer) for a in play.state.asked] == [
        ("task", "I made coffee and it was fine"),
        ("change", "the colour"),
        ("more", "not really, no"),
    ]


def test_an_answer_that_is_not_enough_leads_to_a_further_question_that_knows_its_parent() -> None:
    play = talk(NOT_ENOUGH)
    assert play.say("I made coffee") == "How did it go?"
    further = play.of(se.QuestionAsked)[-1]
    assert (further.question, further.parent) == ("task-1", "task")
    assert [given.enough for given in play.of(se.AnswerGiven)] == [False]


def test_further_questions_are_bounded_and_never_put_twice_in_the_same_words() -> None:
    play = talk(NOT_ENOUGH)
    assert play.say("coffee") == "How did it go?"
    assert play.say("fine") == "Can you tell me a little more about that?"
    assert play.say("it was fine") == "Thank you. What would you change?"
    assert [asked.parent for asked in play.state.asked] == ["", "task", "task", ""]


def test_without_follow_ups_or_wishes_nothing_is_judged() -> None:
    model = ScriptedModel([ENOUGH])
    play = Play(flow_of(QUESTIONS), model=model)
    play.answers("coffee", "the colour", "no")
    assert play.state.ended == "complete"
    assert [bool(grammar) for grammar in model.grammars] == [True, False], "one verdict, and the summary"


@pytest.mark.parametrize("verdict", [None, "", "{", "[]", '{"enough": 1}', '"enough"', '{"enough":fal', "null"])
def test_a_verdict_that_failed_or_is_garbled_counts_as_enough(verdict: str | None) -> None:
    assert read_verdict(verdict) is None
    assert talk(verdict).say("coffee") == "Thank you. What would you change?"


@pytest.mark.parametrize("cut", ['{"enough":false', '{"enough":false,"follow_up":"How did', '{"enough":false}'])
def test_a_verdict_that_was_cut_off_still_tells_whether_it_was_enough(cut: str) -> None:
    assert read_verdict(cut) == (False, "")
    assert talk(cut).say("coffee") == "Can you tell me a little more about that?"


def test_a_model_that_breaks_while_it_judges_stops_nobody() -> None:
    play = Play(flow_of(QUESTIONS), model=ScriptedModel([ENOUGH], failures={1: BROKEN}))
    assert play.say("coffee") == "Thank you. What would you change?"
    assert play.state.asked[0].answer == "coffee"


def test_a_question_can_be_skipped() -> None:
    play = talk()
    assert play.say("skip") == "Skipped. What would you change?"
    assert play.answers("next question", "no") == "Thank you. Thanks a lot."
    assert play.state.skipped == {"talk/task", "talk/change"}


def test_going_back_asks_once_more_and_forgets_no_question_that_was_open() -> None:
    play = talk()
    play.answers("coffee", "the colour")
    assert play.say("go back") == "Once more. What would you change?"
    assert play.say("go back") == "Once more. What did you try?"
    assert play.say("go back").startswith("This is the beginning.")
    assert play.say("tea") == "Thank you. Anything else?"
    assert play.say("no") == "Thank you. Thanks a lot."
    answers = {asked.question: asked.answer for asked in play.state.asked if asked.answer}
    assert answers == {"task": "tea", "change": "the colour", "more": "no"}


def test_a_question_that_was_skipped_and_is_put_again_takes_an_answer() -> None:
    play = talk()
    play.say("coffee")
    play.say("go back")
    play.say("skip")
    play.say("go back")
    assert play.say("tea") == "Thank you. What would you change?"
    assert [asked.answer for asked in play.state.asked if asked.question == "task"] == ["coffee", None, "tea"]


def test_going_back_from_a_further_question_puts_its_parent() -> None:
    play = talk(NOT_ENOUGH)
    play.say("coffee")
    assert play.say("go back") == "Once more. What did you try?"


def test_completing_tells_which_questions_are_open() -> None:
    play = talk()
    play.say("coffee")
    assert play.say("done") == "Not yet: change and more are missing. What would you change?"


def test_an_interview_without_an_answer_is_parked_and_goes_on_with_the_answer() -> None:
    play = talk()
    assert play.silence() == "What did you try?"
    assert play.silence() == "I keep your place. Talk to me when you are back."
    assert play.say("coffee") == "Thank you. What would you change?"


def test_a_killed_interview_puts_the_open_question_again() -> None:
    play = talk(NOT_ENOUGH)
    play.say("coffee")
    again = play.killed()
    assert again.first == "We were at talk, step 1 of 1. How did it go?"
    assert again.state.asked == play.state.asked
