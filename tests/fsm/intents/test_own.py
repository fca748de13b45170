"""The user's own table: what it answers, and what is told of its faults."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.errors import BadInput
from pipit.fsm.intents import Situation, answer
from pipit.fsm.intents.own import IntentsError, load_own, read_own

DOCS = Path(__file__).parents[3] / "docs" / "intents.md"
TABLE = """
intents:
  - say: who cooks [today|tonight]
    reply: It is {day}, so Anna cooks.
  - say: ["say hello to {name}", "greet {name}"]
    reply: ["Hello, {name}.", "Good to see you, {name}."]
  - say: what's for dinner | what is there to eat
    reply: Soup, at {time}.
  - say: what can you do
    reply: Ask me about the house.
  - say: hello there
    reply: "Hello."
"""
NOW = Situation(datetime(2026, 5, 4, 15, 42), draw=lambda sides: sides - 1)


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("who cooks", "It is Monday, so Anna cooks."),
        ("Who cooks tonight?", "It is Monday, so Anna cooks."),
        ("please tell me who cooks today", "It is Monday, so Anna cooks."),
        ("who cooks tomorrow", None),
        ("say hello to uncle ben", "Good to see you, uncle ben."),
        ("greet anna", "Good to see you, anna."),
        ("greet", None),
        ("what's for dinner", "Soup, at three forty two in the afternoon."),
        ("what is for dinner", "Soup, at three forty two in the afternoon."),
        ("hello there", "Hello."),
        ("what can you do", "Ask me about the house."),
        ("what is two plus two", "Two plus two is four."),
    ],
)
def test_answers(said: str, reply: str | None) -> None:
    assert answer(said, NOW, read_own(TABLE, "intents.yaml")) == reply


def test_a_reply_with_the_time_needs_a_clock() -> None:
    assert answer("what's for dinner", Situation(), read_own(TABLE, "t")) is None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "t:1:1: this file is empty"),
        ("hello", "t:1:1: a table begins with 'intents:'"),
        ("intents: hello", "t:1:10: 'intents' has to be a list of 500 parts at most"),
        ("intents:\n  - hello", "t:2:5: an intent has to be made of keys with values"),
        ("intents:\n  - say: hi", "t:2:5: an intent needs 'reply'"),
        ("intents:\n  - reply: hi", "t:2:5: an intent needs 'say'"),
        (
            "intents:\n  - say: hi\n    reply: hi\n    replay: ho",
            "t:4:5: there is no 'replay' in an intent: did you mean",
        ),
        ("intents:\n  - say: hi\n    say: ho\n    reply: hi", "t:3:5: 'say' is here already, in line 2"),
        ("intents:\n  - say: (hi\n    reply: hi", "t:2:10: '(' is never closed"),
        ('intents:\n  - say: "go [to"\n    reply: hi', "t:2:14: '[' is never closed"),
        ("intents:\n  - say: '{x}'\n    reply: hi", "t:2:10: this would answer everything that is said"),
        ("intents:\n  - say: '[hi] {x}'\n    reply: hi", "t:2:10: this would answer everything that is said"),
        ("intents:\n  - say: hi {x}\n    reply: hi {y}", "t:3:15: 'y' is not in every 'say'"),
        ('intents:\n  - say: ["hi {x}", hi]\n    reply: hi {x}', "t:3:15: 'x' is not in every 'say'"),
        ("intents:\n  - say: at {time}\n    reply: hi", "t:2:10: 'time' is filled in by Pipit"),
        ("intents:\n  - say:\n    reply: hi", "t:2:9: 'say' is empty"),
        ("intents:\n  - say: hi\n    reply: {a: b}", "t:3:12: 'reply' has to be a text or a list of texts"),
        ("intents:\n  - say: hi\n    reply: ho\nmore: x", "t:4:1: there is no 'more' here"),
        ("intents:\n  - say: 'hi\n", "t:"),
    ],
)
def test_faults_have_a_place(text: str, wrong: str) -> None:
    with pytest.raises(IntentsError) as caught:
        read_own(text, "t")
    assert str(caught.value).startswith(wrong)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_all_faults_are_found() -> None:
    with pytest.raises(IntentsError) as caught:
        read_own("intents:\n  - say: (hi\n    reply: ho\n  - say: hi\n    reply: '{x}'", "t")
    assert len(caught.value.faults) == 2
    assert "(and 1 more)" in str(caught.value)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "intents.yaml"
    with pytest.raises(BadInput, match="No such file"):
        load_own(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(IntentsError, match="UTF-16"):
        load_own(path)
    path.write_text(TABLE, encoding="utf-8")
    assert len(load_own(path)) == 5


def test_the_example_of_the_documentation() -> None:
    text = DOCS.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    own = read_own(text, "docs")
    assert answer("say good night to anna", NOW, own) == "Good night, anna. It is three forty two in the afternoon."


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    for whole in (text, f"intents:\n  - say: {text}\n    reply: {text}"):
        try:
            own = read_own(whole, "t")
        except IntentsError:
            continue
        answer(text, NOW, own)
