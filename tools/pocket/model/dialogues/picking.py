"""Pointing at the words that answer a question, in the very prompt that Pipit sends where no parser understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipit.fsm.fields.assent import SAID_NO, SAID_YES, agreement
from pipit.fsm.flow.schema import FieldSpec
from pipit.fsm.session.pick import NOTHING, prompt, spans

from . import errands, fillings, house, memory, pieces, planning, smalltalk, spoken
from .choice import Chooser, ways
from .interview import EVASIONS, MADE_UP_NOUNS, MADE_UP_QUESTIONS, draw_field
from .scene import Scene, Skill, Turn
from .spoken import number
from .texts import FOLDER, read
from .unknown import unknown_question

YES_NO = 0.5
"""The share of yes-no questions: there the parser gives up most often, with a yes behind other words."""
FOUND = 0.62
"""Of the answers, those that hold what is sought."""
QUESTIONS, BURIED, FRAMES, ELSEWHERE = (ways(f"pick {name}") for name in ("questions", "buried", "frames", "elsewhere"))
YES, NO, BOTH = (ways(f"pick {name}") for name in ("yes", "no", "both"))
OTHER_THINGS: tuple[Skill, ...] = (
    house.switch,
    planning.set_timer,
    planning.remind,
    pieces.joke,
    smalltalk.fixed,
    memory.tell_name,
)
DAYS = ("today", "tomorrow", "the day after tomorrow", "next week", *map(str.lower, spoken.WEEKDAYS))
ASSENT = frozenset(said for said in (*SAID_YES, *SAID_NO) if " " not in said)
KIND_OF_FIELD = ("number", "time", "date", "duration", "choice", "open")


@dataclass(frozen=True)
class Sought:
    """A field, a value of it as people say it, and a value that it is not."""

    spec: FieldSpec
    value: str
    other: str


def _date(choose: Chooser) -> str:
    if choose.chance(0.5):
        return choose.any(DAYS)
    return f"the {spoken.ordinal(choose.between(1, 31))} of {choose.any(spoken.MONTHS).lower()}"


def _number(choose: Chooser) -> str:
    return number(choose.between(0, choose.any((9, 99, 2000))))


SAID: dict[str, Callable[[Chooser], str]] = {
    "number": _number,
    "time": spoken.time_of_day,
    "date": _date,
    "duration": spoken.duration,
}


def _ask(choose: Chooser) -> str | None:
    """A flow's own question; often there is none, and Pipit makes one of the field's name."""
    if choose.chance(0.5):
        return None
    noun = choose.way(MADE_UP_NOUNS).format(fillings.word(choose), fillings.word(choose))
    return spoken.capitalised(choose.way(MADE_UP_QUESTIONS).format(noun)) + "?"


def _name(choose: Chooser) -> str:
    return "_".join(fillings.word(choose) for _ in range(choose.any((1, 1, 2))))


def _choice(choose: Chooser) -> Sought:
    """One of some words, or of some pairs of words."""
    pairs = choose.chance(0.4)
    options = {fillings.word(choose) for _ in range(choose.between(2, 5))}
    choices = [f"{choose.any(fillings.ADJECTIVES)} {one}" if pairs else one for one in sorted(options)]
    value, other = choose.any(choices), choose.any(choices)
    return Sought(FieldSpec(field=_name(choose), type="choice", choices=tuple(choices), ask=_ask(choose)), value, other)


def _sought(choose: Chooser) -> Sought:
    kind = choose.any(KIND_OF_FIELD)
    if kind == "choice":
        return _choice(choose)
    if kind == "open":
        field = draw_field(choose)
        spec = FieldSpec(field="field", type="text", ask=spoken.capitalised(choose.any(field.questions)) + "?")
        return Sought(spec, field.answer(choose), field.answer(choose))
    spec = FieldSpec.model_validate({"field": _name(choose), "type": kind, "ask": _ask(choose)})
    return Sought(spec, SAID[kind](choose), SAID[kind](choose))


def _yes_or_no(choose: Chooser) -> Sought:
    ask = spoken.capitalised(errands.fill(choose, choose.way(QUESTIONS))) + "?"
    spec = FieldSpec(field=_name(choose), type="yes-no", ask=ask if choose.chance(0.85) else None)
    value = _agreed(choose)
    return Sought(spec, value, value)


def _agreed(choose: Chooser) -> str:
    """A yes or no that the parser reads as such when it is pointed at: no other is of any use."""
    while True:
        wanted, ways_to_say = choose.any(((True, YES), (False, NO)))
        said = choose.way(ways_to_say)
        if agreement(said) is wanted:
            return said


def _without(choose: Chooser, spec: FieldSpec) -> str:
    """An answer in which nothing can be pointed at."""
    if spec.type != "yes-no":
        return _elsewhere(choose)
    if choose.chance(0.25):
        return choose.way(BOTH)
    while True:
        said = _elsewhere(choose)
        if ASSENT.isdisjoint(said.split()):
            return said


def _elsewhere(choose: Chooser) -> str:
    """An evasion, an answer that has no such thing, a wish to the assistant."""
    manner = choose.rng.random()
    if manner < 0.35:
        return choose.way(EVASIONS)
    if manner < 0.7:
        return errands.fill(choose, choose.way(ELSEWHERE))
    if manner < 0.85:
        return unknown_question(choose)
    turn = choose.any(OTHER_THINGS)(Scene(choose, None))
    return turn.user if turn else ""


def _said(choose: Chooser, sought: Sought) -> str:
    """An answer that holds the value among other words."""
    frame = choose.way(BURIED if sought.spec.type == "yes-no" else FRAMES)
    return errands.fill(choose, frame.replace("{}", sought.value).replace("{decoy}", sought.other))


def drawn(choose: Chooser) -> tuple[Turn, FieldSpec, str]:
    """What was asked and said, and the words to be pointed at; such as could not be are drawn again."""
    while True:
        sought = (_yes_or_no if choose.chance(YES_NO) else _sought)(choose)
        holds = choose.chance(FOUND)
        said = _said(choose, sought) if holds else _without(choose, sought.spec)
        wanted = sought.value if holds else NOTHING
        is_there = wanted in spans(said) if holds else len(said.split()) > 1
        if is_there:
            sort = sought.spec.type if sought.spec.type == "yes-no" else "value"
            kind = f"pick {sort}" if holds else f"pick {NOTHING}"
            return Turn(kind, _user(sought.spec, said), wanted, plain=True), sought.spec, said


def _user(spec: FieldSpec, said: str) -> str:
    return prompt(spec, said)[1].text


def system() -> str:
    """What the model is told that it is."""
    return prompt(FieldSpec(field="any", type="text"), "")[0].text


def written_cases() -> Iterator[tuple[Turn, FieldSpec, str]]:
    """The cases of the test that are written out, all such as Pipit's parsers give up on."""
    for kind, lines in read(FOLDER / "topics" / "held_picks.txt").items():
        for line in lines:
            ask, said, wanted = line.split(" | ")
            spec = FieldSpec.model_validate({"field": "field", "type": kind, "ask": ask})
            yield Turn(f"pick {kind if wanted != NOTHING else NOTHING}", _user(spec, said), wanted), spec, said
