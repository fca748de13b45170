"""What steers a session: rules, names, texts with values, and the sayings that are commands."""

from __future__ import annotations

import pytest
from transitions import MachineError

from pipit.fsm.session import events as se
from pipit.fsm.session.choice import chosen_by
from pipit.fsm.session.commands import SAYINGS, Command, command_of
from pipit.fsm.session.orders import VERBS
from pipit.fsm.session.phases import NoSuchTransition, PhaseMachine

from .stage import Play, flow_of

A = """
name: a
collect: [{field: hours, type: number, unit: h, required: true}]
next: [{when: hours > 500, to: c}, {when: hours > 400, to: end}, {to: b}]
"""
B = "{name: b, say: 'At b with {hours}{nothing}.', collect: [{field: b_ok, type: yes-no, required: true}]}"
C = "{name: c, collect: [{field: c_ok, type: yes-no, required: true}]}"
FREE = flow_of(A, B, C, order="free")
STRICT = flow_of(A, B, C)


@pytest.mark.parametrize(
    ("hours", "way"),
    [("six hundred", ("a", "c")), ("four hundred fifty", ("a",)), ("ten", ("a", "b")), ("five hundred", ("a",))],
)
def test_the_first_rule_that_holds_leads_on(hours: str, way: tuple[str, ...]) -> None:
    play = Play(FREE)
    play.say(hours)
    assert play.state.visited == way
    assert bool(play.state.ended) == (way == ("a",))


def test_a_strict_flow_takes_no_rule() -> None:
    play = Play(STRICT)
    play.say("six hundred")
    assert play.state.visited == ("a", "b")


def test_values_are_filled_into_texts_and_what_is_unknown_is_left_out() -> None:
    assert Play(FREE).say("ten") == "Ten hours. At b with ten hours."


def test_a_phase_that_may_not_follow_is_refused_by_name_and_nothing_changes() -> None:
    machine = PhaseMachine(FREE)
    with pytest.raises(NoSuchTransition, match="'b' cannot follow 'start'"):
        machine.go("b")
    machine.go("a")
    machine.go("c")
    with pytest.raises(NoSuchTransition, match="'b' cannot follow 'c'") as told:
        machine.go("b")
    assert "end" in told.value.hint
    assert isinstance(told.value.__cause__, MachineError)
    assert machine.state == "c"
    with pytest.raises(NoSuchTransition):
        machine.go("nowhere")
    machine.go("a", back=True)
    assert machine.allowed() == ("c", "end", "b")
    machine.go("end")
    assert machine.allowed() == ()
    with pytest.raises(NoSuchTransition):
        machine.go("a")


def test_phases_and_transitions_are_told_with_their_names() -> None:
    play = Play(FREE)
    play.answers("ten", "yes", "yes")
    assert [(event.phase, event.index) for event in play.of(se.PhaseStart)] == [("a", 0), ("b", 1), ("c", 2)]
    assert [(event.source, event.dest) for event in play.of(se.PhaseTransition)] == [
        ("a", "b"),
        ("b", "c"),
        ("c", "end"),
    ]
    assert [event.reason for event in play.of(se.SessionEnd)] == ["complete"]


def test_ending_is_refused_before_the_end_unless_it_is_forced() -> None:
    play = Play(STRICT)
    assert play.order("end").startswith("The session does not end here: it is at a, step 1 of 3")
    assert not play.state.ended
    play.order("end", "force")
    assert play.state.ended == "stopped"
    assert play.of(se.SessionEnd)[0].forced


def test_stop_puts_a_checklist_aside_and_it_can_go_on() -> None:
    play = Play(STRICT)
    assert play.say("stop") == "Stopped. I have kept everything; start it again to go on."
    assert play.state.paused == "stopped"
    again = play.killed()
    assert again.first.startswith("We were at a, step 1 of 3.")
    assert not again.state.paused


def test_where_it_is_and_what_may_be_said_are_told() -> None:
    play = Play(STRICT)
    assert play.say("where are we") == "We are at a, step 1 of 3. Still missing: hours."
    assert play.say("help").startswith("You can say repeat")
    assert play.say("say that again") == play.first


def test_a_pause_waits_for_continue() -> None:
    play = Play(STRICT)
    play.say("pause")
    assert play.say("ten") == "We are paused. Say continue to go on."
    assert play.values == {}
    assert play.say("continue") == play.first
    play.say("hold on")
    play.say("skip")
    assert not play.state.paused, "an order other than pause goes on by itself"


def test_an_order_begins_the_time_for_an_answer_anew() -> None:
    play = Play(STRICT)
    play.rehearsal.script.next()
    play.rehearsal.pass_time(19)
    play.order("repeat")
    play.rehearsal.pass_time(5)
    play.director.timed_out()
    assert not play.of(se.TimedOut)


@pytest.mark.parametrize("saying", SAYINGS)
def test_every_saying_is_a_command_that_is_known(saying: str) -> None:
    command = command_of(f"Please, {saying}!")
    assert command
    assert command.verb in VERBS


@pytest.mark.parametrize(
    "words", ["", "pause the music", "skip to the end of the road", "I am done for", "next to the door", "please"]
)
def test_words_that_merely_hold_a_saying_are_no_command(words: str) -> None:
    assert command_of(words) is None


def test_an_override_has_its_reason() -> None:
    assert command_of("Override because the yard is shut.") == Command("override", "the yard is shut")
    assert command_of("continue anyway since it rains") == Command("override", "it rains")


@pytest.mark.parametrize(
    ("said", "how"),
    [
        ("continue", "continue"),
        ("start over", "restart"),
        ("a new one", "new"),
        ("continue or new", None),
        ("hm", None),
    ],
)
def test_what_is_to_be_done_with_an_unfinished_session(said: str, how: str | None) -> None:
    assert chosen_by(said) == how
