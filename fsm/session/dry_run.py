"""Walks a flow in text along every branch: what would be said, in which order, and where it ends."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipit.audio.clock import AudioClock
from pipit.fsm.fields import phrase_of, spoken
from pipit.fsm.flow.condition import parse
from pipit.fsm.flow.schema import FieldSpec, Flow
from pipit.fsm.flow.terms import Compare, Known, OneOf, tests_of
from pipit.fsm.session import events as se
from pipit.fsm.session.director import Director
from pipit.fsm.session.rehearsal import Rehearsal
from pipit.fsm.session.scene import Scene
from pipit.fsm.session.state import SessionState
from pipit.models.phrases import Alt, Phrase, Seq, Slot, Words

TODAY = date(2026, 1, 5)
_MOST_WALKS = 256
_MOST_LINES = 2_000
_PATIENCE = 4
"""So often the same is asked before a walk counts as stuck."""
_ANSWER = "I think it went well because everybody helped"
_SAMPLES: Mapping[str, se.Value] = {"date": "2026-01-06", "time": "14:30", "duration": 600}
_VERDICT = '{"enough": %s, "follow_up": "Why is that?"}'


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said, and by whom."""

    who: Literal["assistant", "person"]
    text: str
    phase: str


@dataclass(frozen=True, slots=True)
class Walk:
    """One way through the flow; ``ended`` is empty when it got stuck."""

    path: tuple[str, ...]
    lines: tuple[Line, ...]
    ended: str
    values: Mapping[str, se.Value]


def walks(flow: Flow) -> tuple[Walk, ...]:
    """Return one walk for every way through the phases that some answers lead to."""
    found: dict[tuple[tuple[str, ...], bool], Walk] = {}
    further = (False, True) if any(phase.kind == "interview" for phase in flow.phases) else (False,)
    for answers, more in itertools.product(itertools.islice(_answers(flow), _MOST_WALKS), further):
        walk = _walk(flow, answers, more)
        found.setdefault((walk.path, more), walk)
    return tuple(found.values())


def _answers(flow: Flow) -> Iterator[dict[str, se.Value | None]]:
    """Yield answers so that each condition once holds and once does not, wherever that can be."""
    conditions = [parse(rule.when) for phase in flow.phases for rule in phase.next if rule.when]
    told = {spec.field: spec for phase in flow.phases for spec in phase.collect}
    matter: dict[str, set[se.Value | None]] = {}
    for test in (test for condition in conditions for test in tests_of(condition)):
        if test.field in told:
            matter.setdefault(test.field, set()).update(_telling(told[test.field], test))
    names = sorted(matter)
    for values in itertools.product(*(sorted(matter[name], key=str) for name in names)):
        yield {**{name: _sample(spec) for name, spec in told.items()}, **dict(zip(names, values, strict=True))}


def _telling(spec: FieldSpec, test: Compare | OneOf | Known) -> set[se.Value | None]:
    """Return values of which one passes the test and one does not; None for none at all."""
    nothing: set[se.Value | None] = set() if spec.required else {None}
    match test:
        case Known():
            return {_sample(spec), *nothing}
        case Compare():
            return {*_around(spec, test.value.meant), *nothing}
        case OneOf():
            return {*(value for constant in test.values for value in _around(spec, constant.meant)), *nothing}


def _around(spec: FieldSpec, constant: se.Value) -> set[se.Value]:
    if spec.type == "number" and isinstance(constant, int | float) and not isinstance(constant, bool):
        near = {constant - 1, constant, constant + 1}
        low, high = spec.min, spec.max
        return {n for n in near if (low is None or n >= low) and (high is None or n <= high)} or {_sample(spec)}
    if spec.type == "yes-no":
        return {True, False}
    if spec.type == "choice":
        return set(spec.choices)
    return {_sample(spec), constant} if isinstance(constant, str) else {_sample(spec)}


def _sample(spec: FieldSpec) -> se.Value:
    match spec.type:
        case "number":
            least = spec.min if spec.min is not None else min(1, spec.max if spec.max is not None else 1)
            return int(least) if float(least).is_integer() else least
        case "choice":
            return next(iter(spec.choices))
        case "yes-no":
            return True
    phrase = phrase_of(spec) if spec.type == "text" else None
    return _sayable(phrase) if phrase else _SAMPLES.get(spec.type, "all is well")


def _sayable(phrase: Phrase) -> str:
    """Return one of the shorter things that a phrase allows."""
    match phrase:
        case Words():
            return phrase.text
        case Seq():
            return " ".join(said for part in phrase.parts if (said := _sayable(part)))
        case Alt():
            return _sayable(phrase.options[0])
        case Slot():
            return _sayable(phrase.part)
    return ""


class _Person:
    """Answers whatever a director asks."""

    def __init__(self, director: Director, answers: Mapping[str, se.Value | None]) -> None:
        self._director, self._answers = director, answers
        self._talked = False

    @property
    def subject(self) -> str:
        """What is asked for and what is known of it: the same again and again when nothing helps."""
        state, item = self._director.scene.state, self._director.player.item
        return f"{state.phase}/{item}/{state.fields.get(item)}/{len(state.asked)}/{state.sentences}"

    def answer(self) -> str | None:
        """Return the next words; None for silence."""
        scene, item = self._director.scene, self._director.player.item
        spec = scene.spec(item)
        if spec is not None:
            value = self._answers[item]
            return "yes" if item in scene.state.fields else "skip" if value is None else spoken(spec, value)
        if scene.phase.kind == "open":
            self._talked = not self._talked
            return "hello there" if self._talked else "stop"
        return _ANSWER if item else None


def _walk(flow: Flow, answers: Mapping[str, se.Value | None], further: bool) -> Walk:
    clock = AudioClock()
    director = Director(Scene(flow, "dry-run", SessionState(), clock, lambda: TODAY, str))
    rehearsal = Rehearsal(director, clock, verdict=_VERDICT % ("false" if further else "true"))
    person = _Person(director, answers)
    director.begin()
    lines = _told(director, rehearsal.run_on())
    asked: list[str] = []
    while not director.over and len(lines) < _MOST_LINES and asked[-_PATIENCE:] != [person.subject] * _PATIENCE:
        asked.append(person.subject)
        lines += _exchange(director, rehearsal, person)
    state = director.scene.state
    return Walk(state.visited, tuple(lines), state.ended, state.values())


def _exchange(director: Director, rehearsal: Rehearsal, person: _Person) -> list[Line]:
    """Let the person do what is asked for: lay down a file, wait, or speak."""
    file, words = _missing_file(director), person.answer()
    if file is not None:
        director.scene.emit(file)
    elif words is None:
        rehearsal.wait()
    else:
        mine = Line("person", words, director.scene.state.phase)
        return [mine, *_told(director, rehearsal.say(words))]
    return _told(director, rehearsal.run_on())


def _told(director: Director, said: Iterator[str]) -> list[Line]:
    return [Line("assistant", text, director.scene.state.phase) for text in said]


def _missing_file(director: Director) -> se.ArtifactAdded | None:
    """Return the file that somebody would lay beside a phase that asks for it."""
    scene = director.scene
    spec = next((a for a in scene.phase.artifacts if a.name == director.player.item and a.kind == "file"), None)
    if spec is None or spec.name in scene.state.artifacts:
        return None
    return se.ArtifactAdded(phase=scene.phase.name, artifact=spec.name, path=f"{spec.name}.txt", media="text/plain")
