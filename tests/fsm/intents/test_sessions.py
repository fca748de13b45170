"""Intents in front of the model, in free talk, in open and in guided phases; and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import pytest

from pipit.audio import AudioClock
from pipit.fsm.chat import Chat
from pipit.fsm.intents.sessions import Answering, Knowledge
from pipit.fsm.script import Ask, Quiet, Speak, Step
from pipit.fsm.session.around import Surroundings
from pipit.fsm.session.record import MemoryRecord
from pipit.fsm.turn import Outcome, Turn

FLOWS = {
    "open": "flow: open\ntitle: Talk\nphases:\n  - {name: talk, kind: open, prompt: Be kind.}",
    "guided": "flow: guided\ntitle: Calm\nminutes: 5\nphases:\n  - {name: rest, kind: guided, lines: [Breathe in.]}",
    "role": "flow: role\ntitle: Bar\nsystem: You are Anna.\nphases:\n  - {name: talk, kind: open, prompt: Be kind.}",
    "list": """
flow: list
title: Check
phases:
  - name: first
    kind: checklist
    collect:
      - {field: truck_number, type: number, ask: "Which truck?"}
      - {field: note, type: text, ask: "What did you see?"}
  - {name: talk, kind: open}
""",
}


class Shelf:
    def source(self, name: str) -> str:
        return FLOWS[name]

    def titles(self) -> Mapping[str, str]:
        return {}


class Stage:
    def __init__(self, flow: str = "") -> None:
        clock = AudioClock()
        around = Surroundings(clock, lambda: date(2026, 5, 4), lambda: "You are Pipit.")
        self.drawn = 0
        knowledge = Knowledge(lambda: datetime(2026, 5, 4, 15, 42), self._draw)
        chat = Chat(lambda: "You are Pipit.")
        self.sessions = Answering(chat, Shelf(), MemoryRecord(), around, knowledge=knowledge)
        self.turns = 0
        if flow:
            self.sessions.start(flow)
            while isinstance(step := self.sessions.next(), Speak):
                self.end("", step.text)

    def _draw(self, sides: int) -> int:
        self.drawn += 1
        return 0

    def end(self, said: str, heard: str) -> None:
        self.turns += 1
        self.sessions.ended(Turn(str(self.turns)).record(Outcome.DONE, said, heard), True)
        self.sessions.settle()

    def say(self, said: str) -> Step:
        step = self.sessions.heard(said, b"")
        heard = step.text if isinstance(step, Speak) else "Hm." if isinstance(step, Ask) else ""
        self.end(said, heard)
        while isinstance(follow := self.sessions.next(), Speak):
            self.end("", follow.text)
        return step


@pytest.mark.parametrize("flow", ["", "open", "guided"])
def test_code_answers_before_the_model(flow: str) -> None:
    stage = Stage(flow)
    assert stage.sessions.foresee("what is two plus two") is None
    assert stage.say("what is two plus two") == Speak("Two plus two is four.")
    assert stage.sessions.foresee("what time is it") is None
    assert stage.say("what time is it") == Speak("It's three forty two in the afternoon.")


@pytest.mark.parametrize("flow", ["", "open", "guided"])
def test_the_model_has_the_rest_and_remembers_what_code_said(flow: str) -> None:
    stage = Stage(flow)
    stage.say("what is two plus two")
    foreseen = stage.sessions.foresee("tell me a story about the time")
    asked = stage.say("tell me a story about the time")
    assert isinstance(asked, Ask)
    assert foreseen == asked
    assert [e.heard for e in asked.exchanges if e.said == "what is two plus two"] == ["Two plus two is four."]


def test_what_was_said_can_be_repeated() -> None:
    stage = Stage()
    assert isinstance(stage.say("my dog is called rex"), Ask)
    assert stage.say("what did i say") == Speak("You said: my dog is called rex.")
    assert stage.say("what did you just say") == Speak("You said: my dog is called rex.")


def test_an_answer_to_a_flow_is_no_question() -> None:
    stage = Stage("list")
    assert stage.sessions.foresee("two plus two") is None
    stage.say("twenty seven")
    step = stage.say("what time is it")
    state = stage.sessions.state
    assert not isinstance(step, Ask)
    assert state is not None
    assert state.values() == {"truck_number": 27, "note": "what time is it"}


def test_what_was_found_out_is_summed_up() -> None:
    stage = Stage("list")
    stage.say("twenty seven")
    stage.say("a loose chain")
    told = stage.say("what have i told you so far")
    assert told == Speak("To sum up, truck number is twenty seven and note is a loose chain.")


def test_looking_ahead_draws_nothing() -> None:
    stage = Stage()
    assert stage.sessions.foresee("flip a coin") is None
    assert stage.drawn == 0
    assert stage.say("flip a coin") == Speak("It's heads.")
    assert stage.drawn == 1


def test_commands_come_first() -> None:
    stage = Stage("open")
    stage.say("what is two plus two")
    assert isinstance(stage.say("stop"), Speak | Quiet)
    assert stage.sessions.state is None or stage.sessions.state.ended


def test_in_a_flows_role_the_model_says_who_it_is() -> None:
    assert isinstance(Stage("role").say("who are you"), Ask)
    assert isinstance(Stage("open").say("who are you"), Speak)


def test_what_ends_nothing_gets_a_short_word() -> None:
    assert Stage().say("stop") == Speak("Okay.")
    assert Stage("guided").say("never mind") == Speak("All right.")
