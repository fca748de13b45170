"""Thinking ahead: what is held is neither heard nor told, and a bet that is lost leaves no trace."""

from __future__ import annotations

import numpy as np
import pytest

from pipit.fsm import State
from pipit.fsm import events as ev
from pipit.fsm.script import Ask
from pipit.fsm.turn import Outcome

from .fakes import Rig

SAID = "tell me a story"


@pytest.fixture
def rig() -> Rig:
    """Somebody has said something, and is silent for a moment."""
    rig = Rig(think_ahead=True)
    rig.handle(ev.SpeechStarted(utterance=1, start=0))
    rig.handle(ev.PartialTranscript(utterance=1, text=SAID))
    rig.handle(ev.SpeechPaused(utterance=1, text=SAID))
    return rig


def think(rig: Rig, bet: int = 1, clause: str = "Once upon a time.") -> list[ev.Event]:
    """Let the model answer ahead, and the voice speak it."""
    turn = rig.turn.id
    told = rig.handle(
        ev.Prompted(turn=turn, bet=bet, messages=()),
        ev.FirstToken(turn=turn, bet=bet),
        ev.Clause(turn=turn, bet=bet, index=0, text=clause),
        ev.ReplyDone(turn=turn, bet=bet),
    )
    rig.playback.write(turn, 0, np.ones(800, np.int16))
    rig.playback.end_clause(turn, 0)
    return told


def finish(rig: Rig, text: str = SAID) -> list[ev.Event]:
    return rig.handle(
        ev.Endpoint(utterance=1, start=0, end=16_000),
        ev.FinalTranscript(utterance=1, text=text),
        ev.Settled(utterance=1),
    )


def test_a_short_silence_lets_the_model_answer_and_the_voice_begin(rig: Rig) -> None:
    reading, job = rig.brain.taken
    assert (reading.step, reading.speak) == (Ask("system", (), ""), False)
    assert (job.step, job.speak, job.bet) == (Ask("system", (), SAID), True, 1)
    think(rig)
    assert [(job.index, job.text, job.bet) for job in rig.mouth.taken] == [(0, "Once upon a time.", 1)]


def test_nothing_of_it_is_told_or_heard(rig: Rig) -> None:
    assert think(rig) == []
    assert rig.state is State.LISTENING
    assert not rig.playback.pull(1600).any()
    assert not rig.playback.busy


def test_who_has_finished_is_answered_with_it_at_once(rig: Rig) -> None:
    think(rig)
    told = [event.name for event in finish(rig)]
    assert told[-5:] == ["Prompted", "FirstToken", "Clause", "StateChanged", "ReplyDone"]
    assert rig.state is State.SPEAKING
    assert rig.playback.pull(100).all()
    assert [(job.index, job.text) for job in rig.mouth.taken] == [(0, "Once upon a time."), (1, None)], "said once"
    assert [job.speak for job in rig.brain.taken] == [False, True]


def test_an_answer_still_being_thought_is_taken_up_where_it_is(rig: Rig) -> None:
    turn = rig.turn.id
    rig.handle(ev.FirstToken(turn=turn, bet=1))
    finish(rig)
    assert rig.state is State.THINKING
    rig.handle(ev.Clause(turn=turn, bet=1, index=0, text="Once."), ev.ReplyDone(turn=turn, bet=1))
    assert rig.state is State.SPEAKING
    assert [job.text for job in rig.mouth.taken] == ["Once.", None]


def test_who_goes_on_is_not_answered(rig: Rig) -> None:
    think(rig)
    token = rig.brain.taken[-1].token
    rig.handle(ev.PartialTranscript(utterance=1, text=f"{SAID} about"))
    assert token.cancelled
    rig.handle(ev.SpeechPaused(utterance=1, text=f"{SAID} about birds"))
    assert rig.brain.taken[-1].bet == 2
    late = ev.Clause(turn=rig.turn.id, bet=1, index=0, text="Once upon a time.")
    assert rig.handle(late) == []
    think(rig, 2, "A bird sang.")
    finish(rig, f"{SAID} about birds")
    assert rig.turn.reply == "A bird sang."


def test_words_that_turn_out_otherwise_are_asked_anew(rig: Rig) -> None:
    think(rig)
    finish(rig, "tell me the story")
    assert rig.state is State.THINKING
    assert [job.step.said for job in rig.brain.taken if isinstance(job.step, Ask)][-1] == "tell me the story"
    assert rig.turn.reply == ""
    assert not rig.playback.pull(800).any(), "the other answer's sound is gone"


def test_what_fails_ahead_fails_for_free(rig: Rig) -> None:
    assert rig.handle(ev.Failed(turn=rig.turn.id, bet=1, part="model", code="x", message="x")) == []
    finish(rig)
    assert rig.state is State.THINKING
    assert [job.bet for job in rig.brain.taken if job.speak] == [1, 2], "tried again while it is held off"
    assert rig.turn.error == ""


def test_noise_after_all_leaves_nothing_behind(rig: Rig) -> None:
    think(rig)
    finish(rig, "um")
    assert rig.state is State.IDLE
    assert rig.checks.ended[-1].record.outcome is Outcome.EMPTY
    assert not rig.playback.pull(800).any()


def test_a_cancel_ends_it_with_the_turn(rig: Rig) -> None:
    think(rig)
    token = rig.brain.taken[-1].token
    rig.handle(ev.Cancel())
    assert token.cancelled
    assert rig.checks.ended[-1].record.heard == ""
    assert not rig.playback.pull(800).any()


def test_a_microphone_that_goes_and_comes_back_lets_nothing_out(rig: Rig) -> None:
    rig.handle(ev.MicLost())
    think(rig)
    rig.handle(ev.MicBack())
    assert rig.state is State.LISTENING
    assert not rig.playback.pull(800).any()
    finish(rig)
    assert rig.state is State.SPEAKING


def test_how_often_it_paid_is_counted(rig: Rig) -> None:
    think(rig)
    finish(rig)
    assert (rig.dialogue.bets.placed, rig.dialogue.bets.called) == (1, 1)
