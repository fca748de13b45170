"""Whatever is said, ordered or left unsaid: a session never breaks, is never stuck, and goes on after a restart."""

from __future__ import annotations

import os
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipit.errors import PipitError
from pipit.fsm.flow.load import load_flow
from pipit.fsm.session import events as se
from pipit.fsm.session.commands import SAYINGS
from pipit.fsm.session.orders import VERBS
from pipit.fsm.session.state import fold

from .stage import SHIPPED, Play

EXAMPLES = 500 if os.environ.get("EXHAUSTIVE") else 25
FLOWS = {path.stem: load_flow(path) for path in SHIPPED}
WORDS = st.one_of(
    st.sampled_from(SAYINGS),
    st.sampled_from(
        [
            *("yes", "no", "nine", "no, twelve", "six hundred", "half past two", "ten minutes", "certainly", "skip"),
            *("a large latte with soy milk", "it went well", "override because I say so", "um", "漢字", "the the"),
        ]
    ),
    st.text(min_size=1, max_size=20),
)
MOVES = st.one_of(
    st.tuples(st.just("say"), WORDS),
    st.tuples(st.just("order"), st.sampled_from(VERBS)),
    st.tuples(st.just("note"), WORDS),
    st.tuples(st.sampled_from(["silence", "kill"]), st.just("")),
)
VERDICTS = st.sampled_from([None, '{"enough":true,"follow_up":""}', '{"enough":false,"follow_up":"Why?"}', "?"])


def act(play: Play, move: str, words: str) -> Play:
    match move:
        case "say":
            play.say(words)
        case "note":
            play.say(words, pcm=b"\0\1" * 1_600)
        case "order":
            with suppress(PipitError):  # one that cannot be obeyed is refused in a line
                play.order(words)
        case "silence" if not play.state.ended:
            play.silence()
        case "kill" if not play.state.ended:
            assert fold(play.events) == play.state, "what is not an event is nothing that matters"
            again = play.killed()
            again.events = [*play.events, *again.events]
            return again
    return play


@pytest.mark.parametrize("name", FLOWS)
@settings(max_examples=EXAMPLES)
@given(verdict=VERDICTS, moves=st.lists(MOVES, max_size=25))
def test_any_words_leave_it_whole(name: str, verdict: str | None, moves: list[tuple[str, str]]) -> None:
    play = Play(FLOWS[name], verdict=verdict)
    for move, words in moves:
        play = act(play, move, words)
        assert play.state.phase in {phase.name for phase in FLOWS[name].phases}
    if not play.state.ended:
        again = play.killed()
        again.order("end", "force")
        assert again.state.ended
        assert again.state.values() == play.state.values()


@pytest.mark.parametrize("name", FLOWS)
@settings(max_examples=EXAMPLES)
@given(moves=st.lists(MOVES, max_size=25))
def test_a_field_holds_only_words_that_were_said(name: str, moves: list[tuple[str, str]]) -> None:
    play = Play(FLOWS[name])
    for move, words in moves:
        before = len(play.events)
        play = act(play, move, words)
        for event in play.events[before:]:
            if isinstance(event, se.FieldSet):
                assert " ".join(event.words.split()).lower() in " ".join(words.split()).lower()
