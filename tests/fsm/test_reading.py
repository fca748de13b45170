"""Reading ahead: what is known of a prompt is with the model while the person still speaks."""

from __future__ import annotations

import pytest

from pipit.fsm import State
from pipit.fsm import events as ev
from pipit.fsm.memory import Exchange
from pipit.fsm.script import Ask

from .fakes import Rig

STORY = "tell me a story about a small bird that lives on the board and sings all day long".split()


def read(rig: Rig) -> list[str]:
    """Return the words of the person in all that was read ahead, in order."""
    assert not any(job.bet for job in rig.brain.taken)
    return [job.step.said for job in rig.brain.taken if not job.speak and isinstance(job.step, Ask)]


def partial(rig: Rig, count: int) -> None:
    rig.handle(ev.PartialTranscript(utterance=1, text=" ".join(STORY[:count])))


@pytest.mark.parametrize("begin", [ev.SpeechStarted(utterance=2, start=0), ev.ButtonDown()])
def test_what_was_before_is_read_as_soon_as_somebody_begins(begin: ev.Event) -> None:
    rig = Rig()
    rig.hear("hello")
    rig.reply("Hello.")
    rig.play(2000)
    assert rig.state is State.IDLE
    rig.brain.taken.clear()
    rig.handle(begin)
    (job,) = rig.brain.taken
    assert (job.step, job.speak) == (Ask("system", (Exchange("hello", "Hello."),), ""), False)
    assert job.token is rig.turn.token


def test_words_are_read_in_batches_and_never_the_last_one() -> None:
    rig = Rig()
    rig.handle(ev.SpeechStarted(utterance=1, start=0))
    for count in range(1, len(STORY) + 1):
        partial(rig, count)
    assert read(rig) == ["", " ".join(STORY[:8]), " ".join(STORY[:16])]


def test_words_that_are_taken_back_are_not_read_again() -> None:
    rig = Rig()
    rig.handle(ev.SpeechStarted(utterance=1, start=0))
    for count in (9, 3, 9, 10):
        partial(rig, count)
    assert read(rig) == ["", " ".join(STORY[:8])]


def test_nobody_who_types_or_is_told_something_is_read_ahead_for() -> None:
    rig = Rig()
    rig.handle(ev.Say(text="The kettle boils."))
    assert rig.brain.taken == []
    rig.play(2000)
    rig.handle(ev.Cancel(), ev.TextTyped(text="hello"))
    assert [job.speak for job in rig.brain.taken] == [True]


def test_it_ends_with_the_turn_and_leaves_no_trace() -> None:
    rig = Rig()
    rig.handle(ev.SpeechStarted(utterance=1, start=0))
    (job,) = rig.brain.taken
    rig.handle(ev.Cancel())
    assert job.token.cancelled
    rig.hear("hello", utterance=2)
    step = rig.brain.taken[-1].step
    assert isinstance(step, Ask)
    assert step.exchanges == ()


def test_a_brain_without_room_is_not_waited_for() -> None:
    rig = Rig()
    rig.brain.full = True
    rig.handle(ev.SpeechStarted(utterance=1, start=0))
    rig.brain.full = False
    rig.hear("hello", utterance=1)
    assert rig.state is State.THINKING
