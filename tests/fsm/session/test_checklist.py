"""A checklist asks in order, takes what it is given, reads back, and lets nothing required go missing."""

from __future__ import annotations

import pytest

from pipit.fsm.script import Judge
from pipit.fsm.session import events as se
from pipit.fsm.session.pick import picked, spans
from pipit.models.grammar import choice_of
from pipit.models.scripted import Failures, ScriptedModel

from .stage import BROKEN, Play, flow_of

INTAKE = """
name: intake
say: 'Which truck?'
collect:
  - {field: truck, type: choice, choices: [seven, nine, twelve], required: true, confirm: true}
  - {field: hours, type: number, unit: h, min: 0, max: 9999, required: true, ask: 'What does the meter say?'}
  - {field: note, type: text, ask: 'Anything else?'}
next_step: Walk round truck {truck}.
"""
ROUND = """
name: round
artifacts:
  - {name: walk-round, kind: voice-note, required: true, ask: 'What do you see?'}
  - {name: photo, kind: file}
"""
LAST = "{name: last, collect: [{field: fine, type: yes-no, required: true, ask: 'Is it fine?'}]}"


def check() -> Play:
    return Play(flow_of(INTAKE, ROUND, LAST, closing="Truck {truck} is done."))


# ---- asking and answering --------------------------------------------------------------------------------


def test_it_asks_in_order_and_the_words_of_the_phase_are_the_first_question() -> None:
    play = check()
    assert play.first == "Which truck?"
    assert play.say("seven") == "Truck: seven. Is that right?"
    assert play.say("yes") == "What does the meter say?"
    assert play.say("five hundred hours") == "Five hundred hours. Anything else?"
    assert play.values == {"truck": "seven", "hours": 500}
    assert play.say("the left fork is bent") == "Noted. Walk round truck seven. What do you see?"
    assert play.state.phase == "round"
    assert play.values["note"] == "the left fork is bent"


def test_one_sentence_fills_several_fields_and_what_needs_it_is_read_back() -> None:
    play = check()
    assert play.say("truck nine with eight hundred hours") == "Eight hundred hours. Truck: nine. Is that right?"
    assert play.values == {"truck": "nine", "hours": 800}
    assert play.say("yes please") == "Anything else?"


@pytest.mark.parametrize("words", ["no, twelve", "sorry, twelve", "I said twelve", "make that twelve"])
def test_a_value_that_was_read_back_is_put_right_by_another(words: str) -> None:
    play = check()
    play.say("seven")
    assert play.say(words) == "Truck: twelve. Is that right?"
    assert play.say("that's right") == "What does the meter say?"
    assert play.values == {"truck": "twelve"}


def test_an_earlier_answer_is_put_right_while_another_is_asked_for() -> None:
    play = check()
    play.answers("seven", "yes", "five hundred")
    assert play.say("no, twelve hundred") == "Twelve hundred hours. Anything else?"
    assert play.values == {"truck": "seven", "hours": 1200}


def test_a_plain_no_asks_anew_and_a_shrug_is_no_agreement() -> None:
    play = check()
    play.say("nine")
    assert play.say("blue cheese") == "Please say yes or no. Truck: nine. Is that right?"
    assert not play.state.fields["truck"].confirmed
    assert play.say("no") == "Sorry. Which truck: seven, nine or twelve?"
    assert play.values == {}


@pytest.mark.parametrize(("words", "why"), [("a million hours", "too"), ("green", "Sorry, I did not understand")])
def test_what_cannot_be_is_refused_and_asked_again(words: str, why: str) -> None:
    play = check()
    play.answers("seven", "yes")
    answer = play.say(words)
    assert why in answer or "9999" in answer or "nine thousand" in answer
    assert "What does the meter say?" in answer
    assert "hours" not in play.values


# ---- leaving out, going back -----------------------------------------------------------------------------


def test_what_is_optional_can_be_skipped_and_what_is_required_cannot() -> None:
    play = check()
    assert play.say("skip") == "Truck is needed. Which truck: seven, nine or twelve?"
    play.answers("seven", "yes", "ten hours")
    assert play.say("skip this") == "Skipped. Walk round truck seven. What do you see?"
    assert play.state.skipped == {"intake/note"}


@pytest.mark.parametrize("words", ["no", "no thanks", "nothing", "nothing else", "not really"])
def test_a_plain_no_leaves_out_what_is_optional(words: str) -> None:
    play = check()
    play.answers("seven", "yes", "ten hours")
    assert play.say(words).startswith("Skipped. Walk round")
    assert "note" not in play.values


@pytest.mark.parametrize("words", ["no", "no thanks", "no I don't"])
def test_a_plain_no_leaves_out_an_optional_value_of_any_type(words: str) -> None:
    phase = "{name: a, collect: [{field: hours, type: number}, {field: when, type: time}]}"
    play = Play(flow_of(phase, LAST))
    assert play.say(words) == "Skipped. At what time is the when?"
    assert play.say("no") == "Skipped. Is it fine?"


def test_going_back_asks_for_the_field_before_also_across_phases() -> None:
    play = check()
    play.answers("seven", "yes", "ten hours", "skip")
    assert play.state.phase == "round"
    assert play.say("go back") == "Once more. Anything else?"
    assert play.state.phase == "intake"
    assert play.say("go back") == "Once more. What does the meter say?"
    assert play.values == {"truck": "seven"}
    assert play.say("go back") == "Once more. Which truck: seven, nine or twelve?"
    assert play.say("go back").startswith("This is the beginning.")
    play.answers("nine", "yes", "twenty", "skip")
    assert play.state.phase == "round"
    assert play.values == {"truck": "nine", "hours": 20}


def test_going_back_and_forth_never_leads_forward_by_going_back() -> None:
    play = check()
    play.answers("seven", "yes", "ten hours", "skip", "go back", "skip")
    assert play.state.phase == "round"
    play.answers("go back", "go back", "go back")
    assert play.say("go back").startswith("This is the beginning.")
    assert play.state.phase == "intake"


def test_a_voice_note_can_be_spoken_once_more_and_the_first_is_kept_until_then() -> None:
    play = check()
    play.answers("seven", "yes", "ten hours", "skip")
    play.say("", pcm=b"\1\0" * 16_000)
    play.order("skip")
    assert play.state.phase == "last"
    first = play.state.artifacts["walk-round"].path
    play.say("go back")
    assert play.say("go back") == "Once more. What do you see?"
    assert play.state.artifacts["walk-round"].path == first
    play.say("", pcm=b"\2\0" * 32_000)
    assert play.state.artifacts["walk-round"].path != first
    assert play.state.artifacts["walk-round"].seconds == 2.0


# ---- completing ------------------------------------------------------------------------------------------


def test_completing_is_refused_with_what_is_missing() -> None:
    play = check()
    assert play.say("done") == "Not yet: truck and hours are missing. Which truck?"
    play.say("seven")
    assert play.say("I'm done").startswith("Not yet: truck and hours are missing.")
    play.say("yes")
    assert play.say("that's all").startswith("Not yet: hours is missing.")
    assert play.state.phase == "intake"
    assert not play.of(se.PhaseTransition)


def test_completing_warns_of_what_is_optional() -> None:
    play = check()
    play.answers("seven", "yes", "ten")
    assert play.say("done") == "Left out: note. Walk round truck seven. What do you see?"


def test_a_required_voice_note_is_missed_and_an_override_keeps_its_reason() -> None:
    play = check()
    play.answers("seven", "yes", "ten", "skip")
    assert play.say("done").startswith("Not yet: walk round is missing.")
    assert play.say("override because the yard is flooded") == "Left out: photo. Is it fine?"
    assert play.of(se.PhaseTransition)[-1].override == "the yard is flooded"
    assert play.state.phase == "last"


# ---- voice notes -----------------------------------------------------------------------------------------


def test_a_voice_note_is_the_sound_or_what_was_typed() -> None:
    spoken, typed = check(), check()
    for play in (spoken, typed):
        play.answers("seven", "yes", "ten", "skip")
    assert spoken.say("all four wheels are there", pcm=b"\1\0" * 48_000).startswith("Got it.")
    assert typed.say("all four wheels are there").startswith("Got it.")
    heard, written = spoken.state.artifacts["walk-round"], typed.state.artifacts["walk-round"]
    assert (heard.media, heard.seconds) == ("audio/wav", 3.0)
    assert (written.media, written.seconds) == ("text/plain", 0.0)
    assert [note.data for note in typed.scene.notes] == [b"all four wheels are there"]
    assert typed.scene.notes[0].path == written.path
    assert written.path.startswith("round/walk-round-")


def test_a_voice_note_may_be_long_and_a_file_can_only_be_skipped() -> None:
    play = check()
    play.answers("seven", "yes", "ten", "skip")
    assert (play.director.listening().longest_ms or 0) > 60_000
    assert play.say("fine").endswith("Please add the file for photo.")
    assert "skip" in play.say("what file")
    assert play.say("skip") == "Skipped. Is it fine?"


# ---- the model ---------------------------------------------------------------------------------------------


SQUEAL = "well they squeal but yes they hold"


def brakes(*replies: str, failures: Failures = {}) -> Play:  # noqa: B006 - never written
    phase = "{name: a, collect: [{field: brakes, type: yes-no, required: true, ask: 'Do they hold?'}]}"
    return Play(flow_of(phase, LAST), model=ScriptedModel(replies, failures=failures))


def test_what_the_model_picked_is_read_back_and_counts_once_it_is_agreed_to() -> None:
    play = brakes("yes")
    assert play.say(SQUEAL) == "Brakes: yes. Is that right?"
    assert (play.state.fields["brakes"].by, play.state.fields["brakes"].words) == ("model", "yes")
    assert play.say("done").startswith("Not yet: brakes is missing.")
    assert play.say("yes") == "Is it fine?"
    assert play.state.fields["brakes"].confirmed


def test_what_the_model_picked_can_be_refused() -> None:
    play = brakes("yes")
    play.say(SQUEAL)
    assert play.say("no") == "Sorry. Do they hold?"
    assert play.values == {}


@pytest.mark.parametrize("written", ["of course", "squeal", "nothing", "", "no"])
def test_the_model_can_fill_in_nothing_that_was_not_said_or_is_no_answer(written: str) -> None:
    play = brakes(written)
    assert play.say(SQUEAL) == "Sorry, I did not understand that. Do they hold?"
    assert play.values == {}


def test_the_grammar_of_a_pick_holds_runs_of_the_words_that_were_said() -> None:
    play = brakes("yes")
    step = play.director.heard(SQUEAL, b"")
    assert isinstance(step, Judge)
    assert step.grammar == choice_of((*spans(SQUEAL), "nothing"))
    assert {"yes", "they hold", SQUEAL[5:]} <= set(spans(SQUEAL))


def test_the_word_nothing_is_never_taken_for_an_answer() -> None:
    assert picked("nothing", "nothing special i think") is None
    assert picked("special", "nothing special i think") == "special"


def test_a_model_that_fails_to_pick_costs_a_question() -> None:
    play = brakes(failures={1: BROKEN})
    assert play.say(SQUEAL) == "Sorry, I did not understand that. Do they hold?"
    assert play.say("yes") == "Is it fine?"


SUM = """
name: sum
collect: [{field: hours, type: number, required: true, ask: 'How many hours?'}]
prompt: Sum up {hours} hours.
next_step: Go home.
"""


def test_the_model_speaks_once_where_the_phase_has_a_prompt() -> None:
    asked: list[str] = []
    play = Play(flow_of(SUM, LAST), model=ScriptedModel(lambda messages: asked.append(messages[-1].text) or "Long."))
    assert play.say("nine") == "Nine. Long. Go home. Is it fine?"
    assert asked == ["Sum up nine hours."]


def test_a_model_that_cannot_speak_stops_nobody() -> None:
    play = Play(flow_of(SUM, LAST), model=ScriptedModel(failures={1: BROKEN}))
    assert play.say("nine").endswith("Go home. Is it fine?")
    assert [event.code for event in play.of(se.SessionError)] == ["model-broken"]
    assert "Sorry" not in str(play.state.exchanges), "an apology is no part of the conversation"
    assert play.say("yes").endswith("Thank you.")
    assert play.state.ended == "complete"


# ---- nobody answers --------------------------------------------------------------------------------------


def timed(listen: str, required: bool = True) -> Play:
    need = str(required).lower()
    field = f"{{field: hours, type: number, required: {need}, ask: 'How many?'}}"
    return Play(flow_of(f"{{name: a, collect: [{field}], listen: {{timeout_s: 5, {listen}}}}}", LAST))


def test_a_question_is_repeated_as_often_as_the_flow_says_and_then_the_session_is_parked() -> None:
    play = timed("retries: 2")
    before = play.clock.samples
    assert play.silence() == "How many?"
    assert play.clock.samples - before >= 5 * 16_000
    assert play.silence() == "How many?"
    assert play.silence() == "I keep your place. Talk to me when you are back."
    assert play.state.paused == "parked"
    assert not play.rehearsal.wait(), "a parked session waits for ever"
    assert play.say("twelve") == "Twelve. Is it fine?", "the first words are the answer"
    assert not play.state.paused


def test_words_begin_the_count_of_timeouts_anew() -> None:
    play = timed("retries: 1")
    assert play.silence() == "How many?"
    play.say("purple")
    assert play.silence() == "How many?"
    assert play.silence().startswith("I keep your place")


def test_what_is_optional_is_skipped_in_the_end() -> None:
    play = timed("retries: 1", required=False)
    assert play.silence() == "How many?"
    assert play.silence() == "Skipped. Is it fine?"


def test_a_flow_may_skip_or_park_at_once() -> None:
    assert timed("on_timeout: skip", required=False).silence() == "Skipped. Is it fine?"
    assert timed("on_timeout: skip").silence().startswith("I keep your place")
    assert timed("on_timeout: park", required=False).silence().startswith("I keep your place")


# ---- in another process ----------------------------------------------------------------------------------


def test_a_killed_checklist_says_where_it_was_and_asks_the_same() -> None:
    play = check()
    play.say("seven")
    again = play.killed()
    assert again.first == "We were at intake, step 1 of 3. Truck: seven. Is that right?"
    again.answers("yes", "ten", "skip", "all is in order", "skip")
    assert again.say("yes") == "Truck seven is done."
    assert again.state.ended == "complete"
