"""A guided session takes the time that was asked for, whatever happens in it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pipit.fsm.flow.load import load_flow
from pipit.fsm.flow.schema import Flow
from pipit.fsm.script import Speak, Step, Wait
from pipit.fsm.session import events as se
from pipit.fsm.session.guided import spoken_s
from pipit.fsm.turn import Outcome, TurnRecord
from pipit.models.scripted import ScriptedModel

from .stage import BROKEN, SHIPPED, Play, flow_of

CALM = """
name: calm
kind: guided
pause_s: 3
say: Sit down.
lines: [Close your eyes., Breathe in., Breathe out., Open your eyes.]
"""
SPOKEN = "{name: free, kind: guided, pause_s: 2, prompt: Speak of the sea.}"
WIND_DOWN = next(path for path in SHIPPED if path.stem == "wind-down")


def calm(minutes: float = 1.0) -> Play:
    return Play(flow_of(CALM, closing="Good night."), minutes=minutes)


def to_the_end(play: Play) -> Play:
    """Be silent until the session is over."""
    for _ in range(1_000):
        if play.state.ended:
            return play
        play.silence()
    raise AssertionError("it never ends")


def sentences(play: Play) -> list[str]:
    return [event.text for event in play.of(se.Sentence)]


def test_the_lines_are_said_in_order_with_quiet_between_them() -> None:
    play = calm()
    assert play.first == "Sit down."
    to_the_end(play)
    assert sentences(play) == ["Sit down.", "Close your eyes.", "Breathe in.", "Breathe out.", "Open your eyes."]
    times = [event.elapsed for event in play.of(se.Sentence)]
    gaps = [after - before for before, after in pairwise(times)]
    assert max(gaps) - min(gaps) < 1.5, "the time is shared out evenly"
    assert play.heard[-1] == "Good night."


@pytest.mark.parametrize("minutes", [1, 2.5, 20])
def test_it_takes_the_time_that_was_asked_for(minutes: float) -> None:
    assert to_the_end(calm(minutes)).state.elapsed == pytest.approx(minutes * 60, abs=3)


def longest_sentence_s(flow: Flow) -> float:
    return max(spoken_s(line) for phase in flow.phases for line in (*phase.lines, phase.say))


@pytest.mark.parametrize("minutes", [3, 5, 10, 20])
def test_the_shipped_flow_ends_on_time(minutes: float) -> None:
    flow = load_flow(WIND_DOWN)
    play = to_the_end(Play(flow, minutes=minutes))
    assert play.state.elapsed == pytest.approx(minutes * 60, abs=longest_sentence_s(flow))
    assert play.state.visited == tuple(phase.name for phase in flow.phases)
    for phase in flow.phases:
        said = [event.text for event in play.of(se.Sentence) if event.phase == phase.name]
        texts = [phase.say, *phase.lines]
        assert (said[0], said[-1]) == (texts[0], texts[-1]), "the first and the last words are never left out"
        assert [text for text in texts if text in said] == said, "what is left out changes no order"
        assert minutes < 10 or said == texts


def test_what_is_too_much_for_the_time_is_left_out_evenly() -> None:
    lines = [f"This is sentence number {n} of the long list." for n in range(20)]
    flow = flow_of(f"{{name: a, kind: guided, pause_s: 2, lines: {lines}}}")
    play = to_the_end(Play(flow, minutes=1))
    said = [lines.index(text) for text in sentences(play)]
    steps = {after - before for before, after in pairwise(said)}
    assert steps <= {1, 2, 3}
    assert said[-1] == 19
    assert play.state.elapsed == pytest.approx(60, abs=spoken_s(lines[0]))


def test_a_phase_that_is_skipped_leaves_its_time_to_the_others() -> None:
    flow = load_flow(WIND_DOWN)
    play = Play(flow, minutes=10)
    play.say("skip")
    assert play.state.phase == "breathe"
    assert to_the_end(play).state.elapsed == pytest.approx(600, abs=longest_sentence_s(flow))


# ---- pauses and interruptions ----------------------------------------------------------------------------


def test_a_pause_stops_its_clock() -> None:
    play = calm()
    play.silence()
    before = play.scene.elapsed
    assert play.say("pause").startswith("Paused.")
    assert not play.rehearsal.wait(), "a pause has no end of its own"
    play.rehearsal.pass_time(900)
    assert play.scene.elapsed - before < 4
    assert play.say("blue sky") == "We are paused. Say continue to go on."
    assert play.say("continue") == "Close your eyes."
    to_the_end(play)
    assert play.state.elapsed == pytest.approx(60, abs=4)
    assert play.clock.samples / 16_000 > 900


def cut_off(play: Play, text: str) -> Step | Wait:
    """Break off what is being said, and see what it does then."""
    record = TurnRecord("x", Outcome.INTERRUPTED, "", text, text[:3], None, "", {}, None)
    play.director.ended(record, False)
    return play.director.next()


def next_sentence(play: Play) -> Speak:
    while isinstance(step := play.director.next(), Wait):
        play.clock.tick(step.until or 0)
        play.director.timed_out()
    assert isinstance(step, Speak)
    return step


def test_a_sentence_that_was_interrupted_is_said_again() -> None:
    play = calm()
    first = next_sentence(play)
    assert first.text == "Close your eyes."
    assert isinstance(cut_off(play, first.text), Wait)
    assert next_sentence(play).text == "Close your eyes."


def test_opening_words_that_were_interrupted_are_said_again_and_no_line_twice() -> None:
    play = Play(flow_of("{name: a, kind: guided, lines: [Hush.]}", CALM), minutes=1)
    while play.state.phase == "a":
        opening = next_sentence(play)
    assert opening.text == "Sit down."
    cut_off(play, opening.text)
    assert next_sentence(play).text == "Sit down."
    play.director.ended(TurnRecord("x", Outcome.DONE, "", "Sit down.", "Sit down.", None, "", {}, None), False)
    assert next_sentence(play).text == "Close your eyes."


def test_continue_after_an_interruption_says_that_sentence_at_once() -> None:
    play = calm()
    cut_off(play, next_sentence(play).text)
    play.order("pause")
    assert play.order("resume") == "Close your eyes."


def test_repeat_says_the_sentence_before() -> None:
    play = calm()
    play.silence()
    assert play.say("say that again") == "Close your eyes."
    assert play.silence() == "Breathe in."


def test_going_back_says_the_sentence_before_and_then_the_phase_before() -> None:
    play = calm()
    assert play.say("go back") == "Sit down."
    play.silence()
    assert play.say("back") == "Close your eyes."


def test_what_is_said_meanwhile_is_answered_by_the_model_and_the_end_stays_where_it_was() -> None:
    play = Play(flow_of(CALM), model=ScriptedModel(["You are doing well."]), minutes=1)
    assert play.say("am I doing this right") == "You are doing well."
    assert to_the_end(play).state.elapsed == pytest.approx(60, abs=4)
    assert sentences(play)[-1] == "Open your eyes."


def test_stop_ends_it_at_any_word() -> None:
    play = Play(flow_of(CALM, SPOKEN, closing="Good night."))
    assert play.say("stop") == "Good night."
    assert (play.state.ended, play.of(se.SessionEnd)[0].forced) == ("stopped", True)


# ---- the model speaks ------------------------------------------------------------------------------------


def test_the_model_speaks_sentence_after_sentence_and_knows_what_it_said() -> None:
    asked: list[tuple[str, int]] = []

    def reply(messages: object) -> str:
        texts = [message.text for message in messages]  # type: ignore[attr-defined]
        asked.append((texts[-1], len(texts)))
        return f"The sea is wide, and wave {len(asked)} comes in."

    play = to_the_end(Play(flow_of(SPOKEN), model=ScriptedModel(reply), minutes=1))
    assert asked[0] == ("Speak of the sea.", 2)
    assert asked[1][0] == "Continue."
    assert asked[2][1] > asked[1][1] > asked[0][1]
    assert play.state.elapsed == pytest.approx(60, abs=6)
    assert 5 < len(asked) < 20


def test_the_model_goes_on_where_the_lines_end() -> None:
    phase = "{name: a, kind: guided, lines: [One.], prompt: Go on.}"
    play = to_the_end(Play(flow_of(phase), model=ScriptedModel(["Sea."]), minutes=0.5))
    assert play.heard[:3] == ["One.", "Sea.", "Sea."]


def test_a_model_that_is_broken_apologises_twice_at_most_and_the_time_is_kept() -> None:
    play = Play(flow_of(SPOKEN), model=ScriptedModel(failures=dict.fromkeys(range(1, 99), BROKEN)), minutes=1)
    to_the_end(play)
    assert len([text for text in play.heard if text.startswith("Sorry")]) == 2
    assert play.state.elapsed == pytest.approx(60, abs=4)
    assert not play.state.exchanges


# ---- in another process ----------------------------------------------------------------------------------


def test_a_killed_session_goes_on_and_still_ends_on_time() -> None:
    flow = load_flow(WIND_DOWN)
    play = Play(flow, minutes=5)
    for _ in range(12):
        play.silence()
    again = play.killed()
    assert again.first.startswith("We were at the body, step 3 of 5.")
    to_the_end(again)
    assert again.state.elapsed == pytest.approx(300, abs=longest_sentence_s(flow))
    said = [event.text for event in (*play.of(se.Sentence), *again.of(se.Sentence))]
    assert len(said) == len(set(said)), "nothing is said twice"
