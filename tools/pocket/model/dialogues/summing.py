"""A session summed up in two short sentences, in the very prompt that Pipit sends when one has ended.

The first thing that was told or done, and the last: what a small model can find, and can hardly invent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipit.fsm.memory import Exchange
from pipit.fsm.script import Judge
from pipit.fsm.session.summary import summing

from . import echo, errands, house, memory, pieces, planning, smalltalk, unknown
from .choice import Chooser, ways
from .interview import EVASIONS, FRAMES, draw_field
from .noise import as_heard
from .scene import Scene, Skill, Turn
from .spoken import capitalised

ASKED, GUIDED = 0.5, 0.1
"""Shares of the sessions that ask, and that only tell; the rest is free talk."""
MOST_WORDS = 10
"""Words that are told of an answer; a longer question is left out."""
NOTED = "You talked for a while. Nothing was noted."
GO_ON, YES, SKIP = "Continue.", "yes", "skip"
BEGUN, OPENING, ENDING, LINES = (
    ways(name) for name in ("session begun", "session opening", "session ending", "guided lines")
)
TALK: tuple[Skill, ...] = (
    memory.tell_name,
    memory.tell_fact,
    memory.put,
    house.switch,
    planning.set_timer,
    planning.set_alarm,
    planning.remind,
    pieces.story,
    pieces.joke,
    smalltalk.fixed,
    smalltalk.fixed,
    unknown.unknown,
    echo.repeat,
    planning.calendar,
)
REPLIES = (
    (r"Nice to meet you, (.+)\. How can I help\?", "Your name is {}."),
    (r"Okay, I'll remind you to (.+)\.", "You will be reminded to {}."),
    (r"Okay, (.+)\.", "{}."),
    (r"Timer set for (.+)\.", "A timer is set for {}."),
    (r"Alarm set for (.+)\.", "An alarm is set for {}."),
)
"""What Pipit says of what it noted, and how that is told afterwards."""


@dataclass(frozen=True)
class Told:
    """An exchange, and the sentence that a summary may make of it; empty where nothing was told."""

    exchange: Exchange
    sentence: str = ""
    unasked: str = ""
    """The sentence where the question is no longer in view."""


# ---- free talk -----------------------------------------------------------------------------------------------


def _of_talk(turn: Turn) -> str:
    if turn.kind in ("story", "joke"):
        return f"You heard a {turn.kind}."
    if turn.kind == "repeat":
        return ""
    for reply, sentence in REPLIES:
        found = re.fullmatch(reply, turn.reply)
        if found:
            return capitalised(sentence.format(found[1]))
    return ""


def _talk(choose: Chooser) -> list[Told]:
    scene = Scene(choose, None)
    told: list[Told] = []
    for skill in choose.rng.sample(TALK, choose.between(1, 9)):
        turn = skill(scene)
        if turn is not None:
            turn = as_heard(turn, choose)
            scene.turns.append(turn)
            sentence = _of_talk(turn)
            told.append(Told(Exchange(turn.user, turn.reply), sentence, sentence))
    return told


# ---- questions and answers -----------------------------------------------------------------------------------


def _sentences(question: str, answer: str) -> tuple[str, str]:
    said = f"you said {' '.join(answer.split()[:MOST_WORDS])}."
    is_short = len(question.split()) <= MOST_WORDS
    return f'Asked "{question}" {said}' if is_short else capitalised(said), capitalised(said)


def _given(choose: Chooser) -> tuple[str, str, str]:
    """A question, an answer, and how Pipit takes it."""
    field = draw_field(choose)
    question = capitalised(choose.any(field.questions)) + "?"
    if choose.chance(0.12):
        return question, choose.any((SKIP, "skip it")), "Skipped."
    answer = field.answer(choose)
    said = choose.way(FRAMES).format(answer) if choose.chance(0.5) else answer
    if choose.chance(0.1):
        said = f"{said} {choose.way(FRAMES).format(field.answer(choose))}"
    return question, said, choose.any(("Thank you.", "Noted.", f"{capitalised(answer)}.", ""))


def _asked(choose: Chooser) -> list[Told]:
    """A checklist or an interview: what is asked is heard before it is answered."""
    rounds = [_given(choose) for _ in range(choose.between(1, 6))]
    opening = errands.fill(choose, choose.way(OPENING))
    told = [Told(Exchange(errands.fill(choose, choose.way(BEGUN)), f"{opening} {rounds[0][0]}".strip()))]
    for index, (question, said, taken) in enumerate(rounds):
        is_last = index + 1 == len(rounds)
        after = errands.fill(choose, choose.way(ENDING)) if is_last else rounds[index + 1][0]
        sentences = ("", "") if taken == "Skipped." else _sentences(question, said)
        if taken != "Skipped." and choose.chance(0.15):
            told.append(Told(Exchange(said, f"{capitalised(said)}. Is that right?"), *sentences))
            told.append(Told(Exchange(YES, after)))
            continue
        if taken != "Skipped." and choose.chance(0.1):
            told.append(Told(Exchange(choose.way(EVASIONS), f"Sorry, I did not understand that. {question}")))
        told.append(Told(Exchange(said, f"{taken} {after}".strip()), *sentences))
    return told


# ---- what is only heard --------------------------------------------------------------------------------------


def _guided(choose: Chooser) -> list[Told]:
    lines = [errands.fill(choose, choose.way(LINES)) for _ in range(choose.between(2, 12))]
    return [Told(Exchange(GO_ON, line), *[f'You heard "{line}"'] * 2) for line in lines]


# ---- the whole -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """What Pipit sends, what is wanted, and every sentence that would be true."""

    turn: Turn
    step: Judge
    exchanges: tuple[Exchange, ...]
    true: frozenset[str]


def _in_view(told: list[Told], text: str) -> list[Told]:
    """The exchanges of which the prompt holds all; the question of the first one may be out of sight."""
    whole = [one for one in told if f"Person: {one.exchange.said}\nAssistant: {one.exchange.heard}" in text]
    left = told[len(told) - len(whole) :]
    if len(left) == len(told):
        return left
    first, *rest = left or [Told(Exchange("", ""))]
    return [Told(first.exchange, first.unasked, first.unasked), *rest]


def case(choose: Chooser) -> Case:
    """One session that has ended."""
    manner = choose.rng.random()
    told = (_asked if manner < ASKED else _guided if manner < ASKED + GUIDED else _talk)(choose)
    exchanges = tuple(one.exchange for one in told)
    step = summing(exchanges)
    if step is None:
        return case(choose)
    sentences = [one.sentence for one in _in_view(told, step.messages[1].text) if one.sentence]
    both = dict.fromkeys([*sentences[:1], *sentences[-1:]])
    kind = "sum asked" if manner < ASKED else "sum guided" if manner < ASKED + GUIDED else "sum talk"
    turn = Turn(kind, step.messages[1].text, " ".join(both) or NOTED, plain=True)
    return Case(turn, step, exchanges, frozenset(sentences or (NOTED,)))
