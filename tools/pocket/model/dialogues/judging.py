"""The interview's judge at work, in the very prompt that Pipit sends: is an answer enough, and what is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipit.fsm.flow.schema import Question
from pipit.fsm.script import Judge
from pipit.fsm.session.interview import verdict_on

from . import echo, errands, house, memory, pieces, planning, smalltalk
from .choice import Chooser
from .fields import Field
from .grammar import Either, parse
from .interview import EVASIONS, FRAMES, draw_field
from .scene import Scene, Skill, Turn
from .texts import FOLDER, RULES, read
from .unknown import CHATTER, unknown_question

ASKED_AGAIN = 0.25
"""The share of verdicts on the answer to a further question."""
ENOUGH, PARTIAL, EVADED = 0.45, 0.3, 0.16
"""Of answers that have several things to tell; the rest is about something else."""
TRAINED_PARTIAL = 0.37
"""The same in training: to tell a part only is what it is worst at."""
AT_LENGTH, AND_NO_MORE, SWAPPED = 0.3, 0.12, 0.2
"""Of partial answers in training, those that dwell on their part and those that say that there is no more; of full
ones, those that tell the last thing first. Without them a long answer would pass for a full one."""
BESIDES = 0.3
"""Of partial answers in training, those that tell in place of a part something that was not wanted, and of full ones
half as many that tell it besides: else the number of things told would say whether all are."""
ALIKE = (
    frozenset(("when", "often", "took", "before", "next", "moment", "deadline", "stayed", "first sign")),
    frozenset(("where", "from", "place next", "storage", "spot", "place", "inside", "side", "house", "route", "tip")),
    frozenset(("where", "seat", "trained")),
    frozenset(("with", "who did", "owner", "shared", "paid", "doer", "person", "team", "family", "visitor", "teacher")),
    frozenset(("with", "witness", "reported", "signed", "invited", "name of", "who did", "visitor", "doer", "told")),
    frozenset(("felt", "mood after", "complaint", "worse", "relief", "trigger", "injured", "how very", "fear")),
    frozenset(("sound", "noise", "signal", "machine", "bug", "first sign", "defect", "incident", "smell", "taste")),
    frozenset(("missing", "spare", "stock", "handover", "request", "defect", "lost", "delivery", "ticket")),
    frozenset(("count", "unit", "length", "dose", "temperature", "distance", "speed", "reading")),
    frozenset(("count", "serial", "fault code", "reading")),
    frozenset(("settled", "promise", "decision", "reaction", "told")),
    frozenset(("guess", "why", "trigger", "first sign", "found out")),
    frozenset(("carried", "wore", "buy", "tool", "birthday", "delivery", "wrapped")),
    frozenset(("meal", "taste", "diary", "allergy", "day", "training", "habit")),
    frozenset(("change back", "then", "stopped", "cleaning", "tried", "day")),
    frozenset(("felt", "how very", "important", "proud", "state", "sight", "what kind", "material", "opinion")),
    frozenset(("then", "next", "place next", "possible", "plan", "decision", "repeat", "lesson", "happened")),
    frozenset(("advice", "rule", "lesson", "help", "change", "wish", "idea")),
    frozenset(("why", "for what", "risk", "worry", "expected", "reaction", "found out", "worked")),
    frozenset(("count", "how many", "cost")),
)
"""Keys of parts of which the answer to one may pass for the answer to another."""
SINGLE_ENOUGH, SINGLE_EVADED = 0.5, 0.32
OTHER_THINGS: tuple[Skill, ...] = (
    house.switch,
    house.ask_state,
    planning.set_timer,
    planning.set_alarm,
    planning.remind,
    pieces.joke,
    pieces.story,
    smalltalk.fixed,
    memory.tell_name,
    memory.put,
    echo.repeat,
)
"""What people say to an assistant, and no answer to a question of an interview."""
OF_WORK = frozenset(
    ("stuck", "useful", "change", "problem", "advice", "idea", "compare", "opinion", "customer", "tool")
)
OF_HOME = ("meal", "sleep", "family", "memory", "habit")
"""Answers to these are beside the point of those."""
VERDICT_OPENING = '{"enough":'
YOURS = ((r"\b(the person|they)'s\b|\btheir\b", "your"), (r"\bthe person\b|\bthey\b|\bthem\b", "you"))


@dataclass(frozen=True)
class Part:
    """One thing that a question may want of an answer."""

    key: str
    wants: tuple[str, ...]
    question: Either
    answer: Either


@dataclass(frozen=True)
class Wanted:
    """A part in the words of one question; `yours` is how the person is asked for it."""

    key: str
    text: str
    yours: str
    question: str
    answer: str
    more: str = ""
    """The same told once more in other words."""


def _part(header: str, lines: tuple[str, ...]) -> Part:
    key, _, wants = header.partition(": ")
    questions = parse("|".join(line[2:] for line in lines if line.startswith("? ")))
    return Part(
        key, tuple(wants.split(" / ")), questions, parse("|".join(line for line in lines if not line.startswith("? ")))
    )


def _read(name: str) -> tuple[Part, ...]:
    return tuple(_part(header, lines) for header, lines in read(FOLDER / "topics" / f"{name}.txt").items())


HEADS, TAILS, HELD_HEADS, HELD_TAILS = map(_read, ("heads", "tails", "held_heads", "held_tails"))
UM = parse(RULES["um"])


def further(part: str) -> str:
    """The question for what is missing."""
    return f"Could you tell me {part}?"


def once_more(part: str) -> str:
    """The question for what was already asked for: never the same words twice."""
    return f"In a few words, can you tell me {part}?"


def verdict(missing: str) -> str:
    """The judge's answer as Pipit reads it; nothing is missing from one that is enough."""
    return json.dumps({"enough": not missing, "follow_up": missing}, separators=(",", ":"))


# ---- what is asked, and what an answer may tell ---------------------------------------------------------------


def _from(choose: Chooser, part: Part, who: str) -> Wanted:
    """A part in words; what its texts name is the same in all of them."""
    want = choose.any(part.wants).replace("{p}", who)
    texts = [want, part.question.draw(choose.rng), part.answer.draw(choose.rng)]
    if not choose.split.held_wordings:
        texts.append(part.answer.draw(choose.rng))
    want, question, answer, *more = errands.fill(choose, "\n".join(texts)).split("\n")
    return Wanted(part.key, want, _yours(want), question, answer, *more)


def _of_field(choose: Chooser, field: Field, who: str) -> Wanted:
    """A field of the closed kind, a name, a number, one word, in the words of a flow's author."""
    want = field.noun
    if who == "they":
        want = re.sub(r"\byou\b", "they", re.sub(r"\byour\b", "their", want))
    elif who == "the person" and not re.search(r"\byou\b", want):
        want = re.sub(r"\byour\b", "the person's", want)
    said = field.answer(choose)
    answer = choose.way(FRAMES).format(said) if choose.chance(0.7) else said
    return Wanted("field", want, _yours(want), choose.any(field.questions), answer)


def _yours(want: str) -> str:
    for theirs, ours in YOURS:
        want = re.sub(theirs, ours, want)
    return want


def _draw(choose: Chooser, who: str) -> list[Wanted]:
    """What one question wants: a field or an open thing, alone or with one or two more."""
    held = choose.split.held_wordings
    manner = choose.rng.random()
    if manner < 0.35:
        first, more = _of_field(choose, draw_field(choose), who), int(choose.chance(0.2))
    else:
        first = _from(choose, choose.any(HELD_HEADS if held else HEADS), who)
        more = 0 if manner < 0.46 else 1 if manner < 0.93 else 2
    tails = choose.rng.sample(HELD_TAILS if held and choose.chance(0.5) else TAILS, more)
    return [first, *(_from(choose, tail, who) for tail in tails)]


def _question(choose: Chooser, wanted: list[Wanted]) -> str:
    """The question in writing; what is wanted besides is not always asked for."""
    text = wanted[0].question
    for one in wanted[1:]:
        if choose.chance(0.6):
            text += choose.any((", ", " ")) + one.question
    return text[0].upper() + text[1:] + "?"


def _together(texts: list[str], choose: Chooser) -> str:
    joint = choose.any((", and ", ", and ", " and "))
    text = texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + joint + texts[-1]
    return text[0].upper() + text[1:] + choose.any((".", "")) if choose.chance(0.12) else text


# ---- what is answered ----------------------------------------------------------------------------------------


def _answer(choose: Chooser, given: list[Wanted]) -> str:
    before = [UM.draw(choose.rng)] if choose.chance(0.25) else []
    return " ".join(" ".join([*before, *(one.answer for one in given)]).split())


def _besides(choose: Chooser, wanted: list[Wanted]) -> list[Wanted]:
    """A thing told that was not wanted, and that could not be taken for one that was."""
    keys = {one.key for one in wanted}
    near = keys.union(*(group for group in ALIKE if group & keys))
    return [_from(choose, choose.any([tail for tail in TAILS if tail.key not in near]), "you")]


def _partly(choose: Chooser, given: list[Wanted], wanted: list[Wanted]) -> str:
    """An answer that does not tell all; in training some are long, tell something else, or end in an evasion."""
    text, manner = _answer(choose, given), choose.rng.random()
    if choose.split.held_wordings:
        return text
    if manner < AT_LENGTH and given[-1].more:
        return f"{text} {given[-1].more}"
    if manner < AT_LENGTH + AND_NO_MORE:
        return f"{text} {choose.any(('but', 'and', 'the rest', ''))} {choose.way(EVASIONS)}".replace("  ", " ")
    if manner < AT_LENGTH + AND_NO_MORE + BESIDES:
        return _answer(choose, [*given, *_besides(choose, wanted)])
    return text


def _fully(choose: Chooser, wanted: list[Wanted]) -> str:
    """An answer that tells all, in training not always in the order in which it was asked for, and sometimes more."""
    if choose.split.held_wordings:
        return _answer(choose, wanted)
    if choose.chance(BESIDES / 2):
        return _answer(choose, [*wanted, *_besides(choose, wanted)])
    swapped = choose.chance(SWAPPED)
    return _answer(choose, wanted[::-1] if swapped else wanted)


def _beside_the_point(choose: Chooser, key: str) -> str:
    """Something else: a wish to the assistant, a question, talk, the answer to quite another question."""
    manner = choose.rng.random()
    if manner < 0.25 and key in OF_WORK:
        return _answer(choose, [_from(choose, choose.any([part for part in HEADS if part.key in OF_HOME]), "you")])
    if manner < 0.7:
        turn = None
        while turn is None:
            turn = choose.any(OTHER_THINGS)(Scene(choose, None))
        return turn.user
    if manner < 0.85 or key not in OF_WORK:
        return unknown_question(choose)
    return errands.fill(choose, choose.way(CHATTER))


@dataclass(frozen=True)
class Case:
    """A question, an answer, and what is missing of it, what is asked for first in front."""

    kind: str
    asked: str
    answer: str
    missing: tuple[Wanted, ...] = ()


def _first(choose: Chooser, wanted: list[Wanted]) -> Case:
    """The answer to a question of the flow."""
    asked, manner = _question(choose, wanted), choose.rng.random()
    single = len(wanted) == 1
    partial = PARTIAL if choose.split.held_wordings else TRAINED_PARTIAL
    if manner < (SINGLE_ENOUGH if single else ENOUGH):
        return Case("judge full", asked, _fully(choose, wanted))
    if not single and manner < ENOUGH + partial:
        given = wanted[:1] if choose.chance(0.3) else choose.rng.sample(wanted, choose.between(1, len(wanted) - 1))
        missing = tuple(one for one in wanted if one not in given)
        return Case("judge thin", asked, _partly(choose, [one for one in wanted if one in given], wanted), missing)
    if manner < (SINGLE_ENOUGH + SINGLE_EVADED if single else ENOUGH + PARTIAL + EVADED):
        return Case("judge evasion", asked, choose.way(EVASIONS), tuple(wanted))
    return Case("judge off topic", asked, _beside_the_point(choose, wanted[0].key), tuple(wanted))


def _again(choose: Chooser, wanted: list[Wanted]) -> Case:
    """The answer to a further question: what that one asked for is enough."""
    one, manner = choose.any(wanted), choose.rng.random()
    asked = further(one.yours)
    if manner < 0.5:
        return Case("judge full", asked, _answer(choose, [one]))
    if manner < 0.8:
        return Case("judge evasion", asked, choose.way(EVASIONS), (one,))
    return Case("judge off topic", asked, _beside_the_point(choose, one.key), (one,))


def asked(choose: Chooser) -> tuple[Turn, Judge]:
    """One verdict and what Pipit sends for it; of several things that are missing any may be asked for."""
    who = choose.any(("the person", "the person", "the person", "they", "you"))
    wanted = _draw(choose, who)
    again = choose.chance(ASKED_AGAIN)
    case = (_again if again else _first)(choose, wanted)
    want = _together([one.text for one in wanted], choose)
    step = verdict_on(Question(id="q", ask=case.asked, want=want), case.asked, case.answer)
    ask = once_more if again else further
    first, *others = [verdict(ask(one.yours)) for one in case.missing] or [verdict("")]
    return Turn(case.kind, step.messages[1].text, first, accept=tuple(others), plain=True), step


def written_cases() -> Iterator[tuple[Turn, Judge]]:
    """The cases of the test that are written out; what to ask for further is left open."""
    for kind, lines in read(FOLDER / "topics" / "held_cases.txt").items():
        for line in lines:
            ask, want, said = line.split(" | ")
            step = verdict_on(Question(id="q", ask=ask, want=want), ask, said)
            yield Turn(kind, step.messages[1].text, verdict("" if kind == "judge full" else "?"), plain=True), step
