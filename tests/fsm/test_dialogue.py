"""The dialogue, event by event: what each leads to, and what late ones do not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.audio import RATE
from pipit.fsm import State
from pipit.fsm import events as ev
from pipit.fsm.chat import Chat
from pipit.fsm.memory import Exchange
from pipit.fsm.script import Ask, Judge, Step, Wait
from pipit.fsm.turn import Outcome, TurnRecord

from .fakes import Rig

CLAUSES = ("Once upon a time,", " there was a small bird.", " It sang all day long.")
REPLY = "".join(CLAUSES)


def names(events: list[ev.Event]) -> list[str]:
    return [event.name for event in events]


def asked(rig: Rig, which: int = -1) -> Ask:
    step = rig.brain.taken[which].step
    assert isinstance(step, Ask)
    return step


def last(rig: Rig) -> TurnRecord:
    return rig.checks.ended[-1].record


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def thinking(rig: Rig) -> Rig:
    rig.hear("tell me a story")
    assert rig.state is State.THINKING
    return rig


@pytest.fixture
def speaking(thinking: Rig) -> Rig:
    thinking.reply(*CLAUSES)
    assert thinking.state is State.SPEAKING
    return thinking


# ---- a whole turn ----------------------------------------------------------------------------------------


def test_a_turn_by_voice_from_start_to_end(rig: Rig) -> None:
    rig.hear("tell me a story", settle=False)
    assert rig.state is State.PENDING
    reading, bet = rig.brain.taken
    assert (reading.speak, reading.step) == (False, Ask("system", (), ""))
    assert (bet.speak, bet.step) == (False, Ask("system", (), "tell me a story"))
    rig.handle(ev.Settled(utterance=1))
    job = rig.brain.taken[2]
    assert (job.speak, asked(rig).said, job.token) == (True, "tell me a story", rig.turn.token)
    rig.reply(*CLAUSES)
    assert [(job.index, job.text) for job in rig.mouth.taken] == [*enumerate(CLAUSES), (3, None)]
    rig.play(3001)
    assert rig.state is State.IDLE
    record = last(rig)
    assert (record.outcome, record.transcript) == (Outcome.DONE, "tell me a story")
    assert record.heard == record.reply == REPLY
    assert record.speech == (0, RATE)
    assert names(rig.checks.published) == [
        "SpeechStarted",
        "TurnStarted",
        "StateChanged",
        "Endpoint",
        "StateChanged",
        "FinalTranscript",
        "StateChanged",
        "Settled",
        "StateChanged",
        "Clause",
        "StateChanged",
        "Clause",
        "Clause",
        "ReplyDone",
        "PlaybackStarted",
        "ClauseSpoken",
        "ClauseSpoken",
        "ClauseSpoken",
        "PlaybackDone",
        "TurnEnded",
        "StateChanged",
    ]


def test_a_turn_by_button(rig: Rig) -> None:
    rig.handle(ev.ButtonDown())
    turn = rig.turn.id
    assert rig.ear.asked[0] == ("hold", turn)
    rig.handle(ev.SpeechStarted(utterance=1, turn=turn, start=0), ev.ButtonUp())
    assert (rig.state, rig.ear.asked[-1][0]) == (State.TRANSCRIBING, "gate")
    assert ("release",) in rig.ear.asked
    rig.handle(ev.Endpoint(utterance=1, turn=turn, start=0, end=320))
    rig.handle(ev.FinalTranscript(utterance=1, turn=turn, text="hello"), ev.Settled(utterance=1, turn=turn))
    assert rig.state is State.THINKING
    told = [name for name in names(rig.checks.published) if name != "StateChanged"]
    assert told == [
        *("ButtonDown", "TurnStarted", "SpeechStarted", "ButtonUp"),
        *("Endpoint", "FinalTranscript", "Settled"),
    ]


def test_an_ear_that_answers_a_second_press_with_the_same_utterance_is_told_once(rig: Rig) -> None:
    started = ev.SpeechStarted(utterance=1, turn="s-001", start=0)
    rig.handle(ev.ButtonDown(), started, ev.ButtonUp(), ev.ButtonDown())
    assert rig.turn.awaited == 1
    assert rig.handle(started) == []
    assert (rig.turn.awaited, list(rig.turn.utterances)) == (0, [1])


def test_words_so_far_are_passed_on(rig: Rig) -> None:
    rig.handle(ev.SpeechStarted(utterance=1, start=0))
    (partial,) = rig.handle(ev.PartialTranscript(utterance=1, text="tell me"))
    assert isinstance(partial, ev.PartialTranscript)
    assert (partial.text, partial.turn) == ("tell me", "s-001")


def test_a_turn_by_text(rig: Rig) -> None:
    rig.handle(ev.TextTyped(text="  what   time is it "))
    assert asked(rig, 0).said == "what time is it"
    rig.reply("Noon.")
    rig.play(2000)
    assert (last(rig).outcome, last(rig).speech) == (Outcome.DONE, None)


def test_text_is_bounded_and_blank_text_is_none(rig: Rig) -> None:
    rig.handle(ev.TextTyped(text=" \n "))
    assert rig.state is State.IDLE
    rig.handle(ev.TextTyped(text="word " * 10_000))
    assert len(asked(rig, 0).said) <= 2000


@pytest.mark.parametrize("text", ["", "um", "<unk>", "the the"])
def test_noise_is_no_turn_and_is_not_remembered(rig: Rig, text: str) -> None:
    rig.hear(text)
    assert (rig.state, last(rig).outcome) == (State.IDLE, Outcome.EMPTY)
    assert not any(job.speak for job in rig.brain.taken)
    rig.hear("hello", utterance=2)
    assert asked(rig).exchanges == ()


def test_send_does_not_wait_for_the_hold_off(rig: Rig) -> None:
    rig.hear("hello", settle=False)
    rig.handle(ev.Send())
    assert rig.state is State.THINKING
    endpoint = rig.turn.stamps["endpoint"]
    assert rig.handle(ev.Settled(utterance=1, stamp=9.0)) == []  # the ear's hold-off is over: too late to matter
    assert rig.turn.stamps["endpoint"] == endpoint


# ---- going on --------------------------------------------------------------------------------------------


def test_going_on_drops_the_bet_and_joins_the_words(rig: Rig) -> None:
    rig.hear("set a timer", settle=False)
    bet = rig.brain.taken[-1].token
    rig.hear("for ten minutes", utterance=2, settle=False)
    assert bet.cancelled
    assert asked(rig).said == "set a timer for ten minutes"
    assert rig.handle(ev.Settled(utterance=1)) == []  # of the half that went on
    assert rig.state is State.PENDING
    rig.handle(ev.Settled(utterance=2))
    assert rig.brain.taken[-1].speak
    assert len(rig.checks.started) == 1


def test_pressed_again_before_the_words_came_the_turn_waits_for_both_halves(rig: Rig) -> None:
    rig.handle(ev.ButtonDown(), ev.SpeechStarted(utterance=1, turn="s-001", start=0), ev.ButtonUp(), ev.ButtonDown())
    # the ear had finished the first half before it heard of the second press
    rig.handle(ev.Endpoint(utterance=1, turn="s-001", start=0, end=320))
    assert rig.state is State.LISTENING
    rig.handle(ev.ButtonUp(), ev.FinalTranscript(utterance=1, turn="s-001", text="set a timer"))
    rig.handle(ev.Settled(utterance=1, turn="s-001"))
    assert rig.state is State.TRANSCRIBING
    rig.handle(ev.SpeechStarted(utterance=2, turn="s-001", start=640))
    rig.handle(ev.Endpoint(utterance=2, turn="s-001", start=640, end=960))
    rig.handle(ev.FinalTranscript(utterance=2, turn="s-001", text="for ten minutes"))
    rig.handle(ev.Settled(utterance=2, turn="s-001"))
    assert (rig.state, asked(rig).said) == (State.THINKING, "set a timer for ten minutes")


def test_speech_that_a_press_has_overtaken_is_dropped_and_nothing_else(rig: Rig) -> None:
    rig.handle(ev.ButtonDown())
    rig.handle(ev.SpeechStarted(utterance=1, start=0))
    assert rig.ear.asked[-1] == ("drop", 1)
    assert rig.turn.utterances == {}


def test_a_turn_of_many_pauses_is_bounded() -> None:
    rig = Rig(longest_turn_s=3.0)
    for n in range(1, 4):
        rig.hear(f"part {n}", utterance=n, settle=False)
        assert rig.state is State.PENDING
    rig.hear("part 4", utterance=4)
    assert (rig.state, last(rig).error) == (State.IDLE, "turn-too-long")
    rig.hear("hello", utterance=5)
    assert rig.state is State.THINKING


# ---- barge-in --------------------------------------------------------------------------------------------


def test_the_sound_stops_before_anybody_hears_of_the_press(speaking: Rig) -> None:
    rig = speaking
    rig.play(1500)
    audible: list[bool] = []
    rig.dialogue.subscribe(lambda _: audible.append(rig.playback.busy or bool(rig.playback.pull(320).any())))
    before = rig.turn.token
    rig.handle(ev.ButtonDown())
    assert audible
    assert not any(audible)
    assert before.cancelled


def test_a_press_while_it_speaks_keeps_what_was_heard(speaking: Rig) -> None:
    rig = speaking
    rig.play(1000 + 600)
    rig.handle(ev.ButtonDown(stamp=rig.clock.stamp()))
    assert rig.state is State.LISTENING
    record = last(rig)
    assert record.outcome is Outcome.INTERRUPTED
    assert record.heard == "Once upon a time, there was a"
    assert record.reply == REPLY
    assert record.barge_in_ms is not None
    assert 0 <= record.barge_in_ms < 100
    assert rig.ear.asked[-2:] == [("hold", "s-002"), ("gate", False)]


def test_the_next_prompt_holds_only_what_was_heard(speaking: Rig) -> None:
    speaking.play(1600)
    speaking.handle(ev.Cancel())
    speaking.handle(ev.TextTyped(text="go on"))
    assert asked(speaking).exchanges == (Exchange("tell me a story", "Once upon a time, there was a"),)


def test_words_that_got_no_answer_lead_the_next_after_a_press_but_not_after_a_cancel(thinking: Rig) -> None:
    rig = thinking
    rig.handle(ev.ButtonDown())
    rig.handle(ev.Cancel())
    rig.handle(ev.TextTyped(text="about birds"))
    assert asked(rig).exchanges == (Exchange("tell me a story", ""),)
    rig.handle(ev.Cancel(), ev.TextTyped(text="hello"))
    assert asked(rig).exchanges == (Exchange("tell me a story", ""),)


def test_speech_interrupts_only_in_full_duplex() -> None:
    for full_duplex in (False, True):
        rig = Rig(full_duplex)
        rig.hear("tell me a story")
        rig.reply(*CLAUSES)
        rig.play(500)
        rig.handle(ev.SpeechStarted(utterance=2, start=0))
        if full_duplex:
            assert (rig.state, rig.turn.id, last(rig).outcome) == (State.LISTENING, "s-002", Outcome.INTERRUPTED)
        else:
            assert (rig.state, rig.ear.asked[-1]) == (State.SPEAKING, ("drop", 2))
            assert rig.checks.published[-1].name == "Ignored"


def test_the_open_microphone_is_closed_just_while_it_answers(rig: Rig) -> None:
    rig.hear("hello")
    rig.reply("Hi.")
    gates = [asked for asked in rig.ear.asked if asked[0] == "gate"]
    assert gates[-1] == ("gate", True)
    rig.play(2000)
    assert rig.ear.asked[-1] == ("gate", False)


class Thoughtful(Chat):
    """Once, unasked, it has something to work out."""

    def __init__(self) -> None:
        super().__init__(lambda: "system")
        self.thoughts: list[Step] = [Judge((), "", 10)]

    def next(self) -> Step | Wait:
        return self.thoughts.pop() if self.thoughts else super().next()


def test_while_the_model_works_for_itself_anybody_may_speak() -> None:
    rig = Rig(script=Thoughtful())
    rig.handle(ev.Free())
    assert (rig.state, rig.turn.judging) == (State.THINKING, True)
    assert ("gate", True) not in rig.ear.asked
    working = rig.turn
    rig.hear("hello")
    assert (working.token.cancelled, last(rig).outcome) == (True, Outcome.INTERRUPTED)
    assert (rig.state, asked(rig).said) == (State.THINKING, "hello")
    assert rig.ear.asked[-1] == ("gate", True)


@given(st.integers(0, 3100), st.sampled_from(["press", "cancel", "cancel while lost"]))
def test_heard_is_a_part_of_the_reply_whenever_it_is_interrupted(samples: int, how: str) -> None:
    rig = Rig()
    rig.hear("tell me a story")
    rig.reply(*CLAUSES)
    rig.playback.pull(samples)  # what the buffer has to tell of it is still on its way
    if how == "cancel while lost":
        rig.handle(ev.MicLost())
    rig.handle(ev.ButtonDown() if how == "press" else ev.Cancel())
    heard = last(rig).heard
    assert REPLY.startswith(heard)
    assert (heard == REPLY) == (samples >= 3000)
    assert len(heard) <= len(REPLY) * samples / 3000 + 1
    published = len(rig.checks.published)
    while rig.posted:
        rig.handle(rig.posted.popleft())
    assert len(rig.checks.published) == published  # too late
    rig.handle(ev.MicBack(), ev.Cancel(), ev.TextTyped(text="next"))
    kept = asked(rig).exchanges
    if how != "press" and not heard:
        assert kept == ()
    else:
        assert kept == (Exchange("tell me a story", heard),)


# ---- what changes nothing --------------------------------------------------------------------------------

SECOND = [ev.Send(), ev.TextTyped(text="again"), ev.ButtonUp(), ev.MicBack()]


@pytest.mark.parametrize("event", SECOND, ids=lambda event: event.name)
@pytest.mark.parametrize("state", ["thinking", "speaking"])
def test_a_second_send_is_ignored(request: pytest.FixtureRequest, state: str, event: ev.Event) -> None:
    rig: Rig = request.getfixturevalue(state)
    turn, jobs = rig.turn, (len(rig.brain.taken), len(rig.mouth.taken), len(rig.ear.asked))
    assert rig.handle(event) == [ev.Ignored(session="s", turn=turn.id, of=event.name, state=state)]
    assert (rig.turn, rig.state.value) == (turn, state)
    assert (len(rig.brain.taken), len(rig.mouth.taken), len(rig.ear.asked)) == jobs


def late_events(turn: str) -> list[ev.Event]:
    return [
        ev.Prompted(turn=turn, messages=()),
        ev.FirstToken(turn=turn),
        ev.Clause(turn=turn, index=3, text=" More."),
        ev.ReplyDone(turn=turn),
        ev.ClauseVoiced(turn=turn, index=0),
        ev.PlaybackStarted(turn=turn),
        ev.ClauseSpoken(turn=turn, index=0),
        ev.PlaybackDone(turn=turn),
        ev.Failed(turn=turn, part="model", code="broken", message="late"),
        ev.Failed(turn=turn, part="voice", code="broken", message="late"),
        ev.SpeechStarted(turn=turn, utterance=1, start=0),
        ev.PartialTranscript(utterance=1, text="tell"),
        ev.Endpoint(utterance=1, start=0, end=320),
        ev.FinalTranscript(utterance=1, text="late"),
        ev.Settled(utterance=1),
        ev.TooLong(utterance=1, start=0, end=320),
    ]


@pytest.mark.parametrize("after", [[], [ev.ButtonDown()], [ev.TextTyped(text="next")], [ev.MicLost()]], ids=str)
def test_nothing_of_a_turn_acts_after_its_end(speaking: Rig, after: list[ev.Event]) -> None:
    rig = speaking
    old = rig.turn.id
    rig.handle(ev.Cancel(), *after)
    turn, state, asked = rig.dialogue.turn, rig.state, list(rig.ear.asked)
    jobs = len(rig.brain.taken), len(rig.mouth.taken)
    for event in late_events(old):
        assert rig.handle(event) == [], event
    assert (rig.dialogue.turn, rig.state, rig.ear.asked) == (turn, state, asked)
    assert (len(rig.brain.taken), len(rig.mouth.taken)) == jobs


def test_cancel_twice_is_cancel_once(speaking: Rig) -> None:
    speaking.handle(ev.Cancel())
    ended, asked = len(speaking.checks.ended), list(speaking.ear.asked)
    assert names(speaking.handle(ev.Cancel())) == ["Ignored"]
    assert (len(speaking.checks.ended), speaking.ear.asked) == (ended, asked)


@pytest.mark.parametrize("state", [State.LISTENING, State.PENDING, State.THINKING, State.SPEAKING])
def test_cancel_ends_the_turn_in_any_state(state: State) -> None:
    rig = Rig()
    rig.handle(ev.SpeechStarted(utterance=1, start=0))
    if state is not State.LISTENING:
        rig.handle(ev.Endpoint(utterance=1, start=0, end=320), ev.FinalTranscript(utterance=1, text="hello"))
    if state in (State.THINKING, State.SPEAKING):
        rig.handle(ev.Settled(utterance=1))
    if state is State.SPEAKING:
        rig.reply("Hi.")
    assert rig.state is state
    token = rig.turn.token
    rig.handle(ev.Cancel())
    assert (rig.state, token.cancelled, last(rig).outcome) == (State.IDLE, True, Outcome.INTERRUPTED)
    assert ("drop", None) in rig.ear.asked


# ---- what breaks -----------------------------------------------------------------------------------------


def failed(rig: Rig, part: str) -> ev.Failed:
    return ev.Failed(turn=rig.turn.id, part=part, code="broken", message="it broke")


def test_a_model_that_fails_is_apologised_for(thinking: Rig) -> None:
    rig = thinking
    rig.handle(failed(rig, "model"))
    assert [(job.index, job.text) for job in rig.mouth.taken] == [(0, "Sorry."), (1, None)]
    assert rig.handle(ev.Clause(turn=rig.turn.id, index=0, text="No."))[0].name == "Ignored"
    turn = rig.turn.id
    rig.playback.write(turn, 0, np.ones(100, np.int16))
    rig.playback.end_clause(turn, 0)
    rig.playback.finish(turn)
    rig.play(200)
    assert (last(rig).outcome, last(rig).error, last(rig).reply) == (Outcome.FAILED, "broken", "Sorry.")


def test_an_apology_is_no_part_of_the_conversation(thinking: Rig) -> None:
    rig = thinking
    rig.handle(failed(rig, "model"))
    rig.playback.write(rig.turn.id, 0, np.ones(100, np.int16))
    rig.playback.end_clause(rig.turn.id, 0)
    rig.play(50)
    rig.handle(ev.Cancel(), ev.TextTyped(text="again"))
    assert asked(rig).exchanges == ()


def test_a_model_that_says_nothing_is_apologised_for(thinking: Rig) -> None:
    thinking.handle(ev.ReplyDone(turn=thinking.turn.id))
    assert (thinking.state, thinking.mouth.taken[0].text) == (State.SPEAKING, "Sorry.")
    assert thinking.turn.error == "empty-reply"


def test_a_model_that_fails_half_way_ends_the_turn(speaking: Rig) -> None:
    speaking.play(1000)
    speaking.handle(failed(speaking, "model"))
    assert (speaking.state, last(speaking).outcome, speaking.playback.busy) == (State.IDLE, Outcome.FAILED, False)
    assert last(speaking).heard == "Once upon a time,"


def test_a_voice_that_fails_ends_the_turn_in_silence(speaking: Rig) -> None:
    speaking.handle(failed(speaking, "voice"))
    assert (speaking.state, last(speaking).error, speaking.playback.busy) == (State.IDLE, "broken", False)


@pytest.mark.parametrize("state", ["thinking", "speaking"])
def test_an_ear_that_fails_does_not_end_an_answer(request: pytest.FixtureRequest, state: str) -> None:
    rig: Rig = request.getfixturevalue(state)
    event = ev.Failed(part="ear", code="broken", message="it broke")
    assert names(rig.handle(event)) == ["Ignored"]
    assert (rig.state.value, rig.turn.error) == (state, "")


def test_an_ear_that_fails_ends_what_it_was_hearing(rig: Rig) -> None:
    rig.handle(ev.SpeechStarted(utterance=1, start=0), ev.Failed(part="ear", code="broken", message="it broke"))
    assert (rig.state, last(rig).error) == (State.IDLE, "broken")


def test_an_utterance_without_end_is_an_error_and_no_more(rig: Rig) -> None:
    rig.handle(ev.SpeechStarted(utterance=1, start=0), ev.TooLong(utterance=1, start=0, end=30 * RATE))
    assert (rig.state, last(rig).outcome, last(rig).error) == (State.IDLE, Outcome.FAILED, "utterance-too-long")
    rig.hear("hello", utterance=2)
    assert rig.state is State.THINKING


@pytest.mark.parametrize("engine", ["brain", "mouth"])
def test_an_engine_with_too_much_to_do_ends_the_turn(rig: Rig, engine: str) -> None:
    getattr(rig, engine).full = True
    rig.handle(ev.TextTyped(text="hello"))
    if engine == "mouth":
        rig.handle(ev.Clause(turn="s-001", index=0, text="Hi."))
        assert last(rig).error == "voice-overloaded"
        assert rig.state is State.IDLE
    else:
        assert (rig.state, rig.turn.error) == (State.SPEAKING, "model-overloaded")
        assert rig.mouth.taken[0].text == "Sorry."


def test_a_bet_that_finds_no_room_is_no_loss(rig: Rig) -> None:
    rig.brain.full = True
    rig.hear("hello", settle=False)
    rig.brain.full = False
    rig.handle(ev.Settled(utterance=1))
    assert (rig.state, len(rig.brain.taken)) == (State.THINKING, 1)


def test_a_lost_speaker_is_told_and_changes_nothing(speaking: Rig) -> None:
    assert names(speaking.handle(ev.SpeakerLost(reason="pulled"), ev.SpeakerBack())) == ["SpeakerLost", "SpeakerBack"]
    assert speaking.state is State.SPEAKING


# ---- a microphone that goes ------------------------------------------------------------------------------


def test_a_lost_microphone_suspends_the_turn_and_its_return_resumes_it(speaking: Rig) -> None:
    rig, turn = speaking, speaking.turn
    rig.play(1500)
    assert names(rig.handle(ev.MicLost(reason="unplugged"))) == ["MicLost", "StateChanged"]
    assert (rig.state, rig.turn) == (State.SUSPENDED, turn)
    assert not rig.playback.pull(3000).any()
    assert names(rig.handle(ev.MicBack())) == ["MicBack", "StateChanged"]
    assert (rig.state, rig.turn) == (State.SPEAKING, turn)
    rig.play(1501)
    assert (rig.state, last(rig).outcome, last(rig).heard) == (State.IDLE, Outcome.DONE, REPLY)


def test_without_a_turn_it_waits_and_hears_again(rig: Rig) -> None:
    rig.handle(ev.MicLost())
    assert names(rig.handle(ev.MicLost(), ev.Cancel(), ev.TextTyped(text="hello"))) == ["Ignored"] * 3
    rig.handle(ev.MicBack())
    assert rig.state is State.IDLE
    rig.hear("hello", utterance=7)
    assert rig.state is State.THINKING


@pytest.mark.parametrize("lost_after", range(12))
def test_at_whatever_event_it_goes_the_turn_ends_as_if_it_had_not(lost_after: int) -> None:
    rig = Rig()
    told = [
        ev.SpeechStarted(utterance=1, start=0),
        ev.PartialTranscript(utterance=1, text="tell"),
        ev.Endpoint(utterance=1, start=0, end=16000),
        ev.FinalTranscript(utterance=1, text="tell me a story"),
        ev.Settled(utterance=1),
        ev.Prompted(turn="s-001", messages=()),
        ev.FirstToken(turn="s-001"),
        ev.Clause(turn="s-001", index=0, text="Once upon a time."),
        ev.ClauseVoiced(turn="s-001", index=0),
        ev.ReplyDone(turn="s-001"),
        ev.PlaybackStarted(turn="s-001"),
        ev.PlaybackDone(turn="s-001"),
    ]
    before, after = told[: lost_after + 1], told[lost_after + 1 :]
    rig.handle(*before, ev.MicLost())
    if rig.dialogue.turn is None:  # it was over before
        after = []
    assert rig.handle(*after) == []  # they wait
    assert rig.state is State.SUSPENDED
    published = names(rig.handle(ev.MicBack()))
    assert [name for name in published if name in {event.name for event in after}] == [
        event.name for event in after if not event.internal
    ]
    assert "Ignored" not in published
    assert (last(rig).outcome, last(rig).transcript) == (Outcome.DONE, "tell me a story")
    assert last(rig).reply == last(rig).heard == "Once upon a time."
    assert [job.text for job in rig.mouth.taken] == ["Once upon a time.", None]


def test_who_lets_go_meanwhile_has_let_go(rig: Rig) -> None:
    rig.handle(ev.ButtonDown(), ev.SpeechStarted(utterance=1, turn="s-001", start=0))
    rig.handle(ev.MicLost(), ev.ButtonUp())
    assert rig.ear.asked == [("hold", "s-001"), ("gate", False)]
    rig.handle(ev.MicBack())
    assert (rig.state, rig.ear.asked[-2]) == (State.TRANSCRIBING, ("release",))


def test_who_presses_meanwhile_is_told_that_it_does_not_count_nor_does_the_release(rig: Rig) -> None:
    rig.handle(ev.SpeechStarted(utterance=1, start=0), ev.MicLost())
    assert names(rig.handle(ev.ButtonDown(), ev.ButtonUp())) == ["Ignored", "Ignored"]
    rig.handle(ev.ButtonDown(), ev.MicBack())
    assert rig.state is State.LISTENING
    assert names(rig.handle(ev.ButtonUp())) == ["Ignored"]
    assert names(rig.handle(ev.ButtonUp())) == ["ButtonUp", "StateChanged"]  # the next one does
    assert rig.state is State.TRANSCRIBING


def test_cancel_while_suspended_ends_the_turn_and_what_waited_for_it(thinking: Rig) -> None:
    rig, turn = thinking, thinking.turn
    rig.handle(ev.MicLost(), ev.Clause(turn=turn.id, index=0, text="Once."), ev.ButtonUp())
    assert names(rig.handle(ev.Cancel())) == ["Cancel", "TurnEnded"]
    assert (rig.state, last(rig).outcome, turn.token.cancelled) == (State.SUSPENDED, Outcome.INTERRUPTED, True)
    assert names(rig.handle(ev.MicBack())) == ["MicBack", "StateChanged"]
    assert (rig.state, rig.mouth.taken, rig.playback.paused) == (State.IDLE, [], False)


def test_a_model_that_fails_meanwhile_apologises_afterwards(thinking: Rig) -> None:
    rig = thinking
    rig.handle(ev.MicLost(), ev.Failed(turn=rig.turn.id, part="model", code="broken", message="it broke"))
    assert rig.mouth.taken == []
    rig.handle(ev.MicBack())
    assert (rig.state, rig.mouth.taken[0].text) == (State.SPEAKING, "Sorry.")


def test_the_open_microphone_stays_closed_while_the_assistant_is_suspended_in_its_speech(speaking: Rig) -> None:
    rig = speaking
    rig.handle(ev.MicLost(), ev.MicBack())
    assert [asked for asked in rig.ear.asked if asked[0] == "gate"][-1] == ("gate", True)
    assert ("gate", False) not in rig.ear.asked[rig.ear.asked.index(("gate", True)) :]


def test_an_event_of_no_kind_is_a_mistake(rig: Rig) -> None:
    with pytest.raises(TypeError, match="no event of the union"):
        rig.dialogue.handle(ev.StateChanged(source="idle", dest="idle"))


def test_only_what_is_public_is_published(thinking: Rig) -> None:
    assert thinking.handle(ev.ClauseVoiced(turn=thinking.turn.id, index=0, stamp=2.0)) == []
    assert thinking.turn.stamps["tts_first_audio"] == 2.0


def test_what_is_published_says_whose_it_is_and_when(rig: Rig) -> None:
    rig.clock.tick(4800)
    rig.hear("hello")
    for event in rig.checks.published:
        assert event.session == "s"
        assert event.at == 4800
    assert {event.turn for event in rig.checks.published[1:]} == {"s-001"}
