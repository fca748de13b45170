"""When an answer is due: at once after words that need no more, later after words that want more."""

from __future__ import annotations

import pytest

from pipit.fsm import State
from pipit.fsm import events as ev
from pipit.fsm.chat import Chat
from pipit.fsm.script import Reads
from pipit.fsm.transcript import hangs

from .fakes import Rig


class YesNo(Chat):
    """Wants a yes or a no."""

    def reads(self, said: str) -> Reads:
        return Reads.COMPLETE if said in ("yes", "no") else Reads.OPEN


def begin(rig: Rig, text: str, turn: str = "") -> None:
    rig.handle(ev.SpeechStarted(utterance=1, start=0, turn=turn))
    rig.handle(ev.SpeechPaused(utterance=1, text=text, turn=turn))


@pytest.mark.parametrize("text", ["remind me to", "turn on the", "i want a coffee and", "the weather for", "set a um"])
def test_words_that_want_more(text: str) -> None:
    assert hangs(text)


@pytest.mark.parametrize(
    "text", ["", "remind me", "turn it on", "what time is it", "who are you", "come in", "what is it about"]
)
def test_words_that_may_be_all(text: str) -> None:
    assert not hangs(text)


def test_words_that_want_more_are_waited_for_once() -> None:
    rig = Rig()
    rig.hear("remind me to")
    assert rig.state is State.PENDING
    assert rig.ear.alarms == [rig.clock.samples + 700 * 16]
    rig.handle(ev.TimeUp())
    assert rig.state is State.THINKING


def test_who_goes_on_within_that_time_is_heard_out() -> None:
    rig = Rig()
    rig.hear("remind me to")
    rig.hear("call her", utterance=2)
    assert rig.state is State.THINKING
    assert rig.turn.utterances[1].text == "remind me to"
    assert rig.ear.alarms[1:] == []


def test_words_that_may_be_all_are_answered_after_the_hold_off() -> None:
    rig = Rig()
    rig.hear("what time is it")
    assert rig.state is State.THINKING


def test_a_release_of_the_button_is_never_waited_beyond() -> None:
    rig = Rig()
    rig.handle(ev.ButtonDown())
    rig.handle(ev.SpeechStarted(utterance=1, start=0, turn=rig.turn.id))
    rig.handle(ev.ButtonUp(), ev.Endpoint(utterance=1, start=0, end=100))
    rig.handle(ev.FinalTranscript(utterance=1, text="remind me to"), ev.Settled(utterance=1))
    assert rig.state is State.THINKING


def test_a_plain_yes_ends_the_utterance_at_the_first_pause() -> None:
    rig = Rig(script=YesNo(lambda: ""))
    begin(rig, "yes")
    assert rig.ear.asked[-1] == ("release",)


def test_other_words_do_not() -> None:
    rig = Rig(script=YesNo(lambda: ""))
    begin(rig, "yes but not the left one")
    assert ("release",) not in rig.ear.asked


def test_nor_while_the_button_is_held() -> None:
    rig = Rig(script=YesNo(lambda: ""))
    rig.handle(ev.ButtonDown())
    begin(rig, "yes", rig.turn.id)
    assert ("release",) not in rig.ear.asked
