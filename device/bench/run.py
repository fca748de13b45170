"""Takes the figures that were asked for, with the engines that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pipit.device.bench import (
    bets,
    first_audio,
    first_sound,
    growth,
    listening,
    long_answer,
    presses,
    process,
    prompts,
    throughput,
)
from pipit.device.bench.growth import Growth
from pipit.device.bench.machine import machine
from pipit.device.bench.rigs import PROMPT_S, REPLY, Rig, rig, scripted
from pipit.device.bench.speech import spoken
from pipit.device.bench.table import TABLE, Figure, Found, figure
from pipit.errors import PipitError
from pipit.models import Engines

_QUESTION = "tell me a story"
_LONG = " ".join(["Here is what I know."] + ["It is half past nine in the morning and the sun is out today."] * 36)

Tell = Callable[[str], None]
Taken = Iterator[tuple[int, Found]]


@dataclass(frozen=True, slots=True)
class Plan:
    """``only`` empty: all figures."""

    engines: tuple[str, ...]
    only: frozenset[int] = frozenset()
    quick: bool = False

    def wants(self, *numbers: int) -> bool:
        """Whether any of these figures is wanted."""
        return not self.only or bool(self.only & set(numbers))

    def times(self, often: int) -> int:
        """Return how often to repeat."""
        return 1 if self.quick else often


@dataclass(frozen=True, slots=True)
class Result:
    """All that was measured."""

    figures: list[Figure] = field(default_factory=list)
    growth: dict[str, Growth] = field(default_factory=dict)
    machine: Mapping[str, Any] = field(default_factory=machine)

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        slopes = {
            name: {"unit": g.unit, "sizes": g.sizes, "seconds": g.seconds, "slope": g.slope}
            for name, g in self.growth.items()
        }
        return {"figures": [f.as_dict() for f in self.figures], "growth": slopes, "machine": dict(self.machine)}


def run_bench(plan: Plan, tell: Tell) -> Result:
    """Take the figures; ``tell`` is told what is measured now."""
    result = Result()
    for chosen in [rig(name) for name in plan.engines]:  # what is not there is told before anything is measured
        name = chosen.name
        tell(f"{name}: loading engines")
        engines = chosen.load(None)
        for step in (_answers, _bets, _alone, _long, _listening, _presses, _processes):
            _take(step(chosen, engines, plan, partial(_tell_of, tell, name)), name, plan, result)
        if plan.wants(1, 2) and not plan.quick:
            tell(f"{name}: growth")
            result.growth.update({f"{name}, {k}": g for k, g in _growth(chosen, engines).items()})
    result.figures.sort(key=lambda found: (found.number, plan.engines.index(found.engines)))
    return result


def _tell_of(tell: Tell, name: str, what: str) -> None:
    tell(f"{name}: {what}")


def _take(found: Taken, name: str, plan: Plan, result: Result) -> None:
    """Keep what is wanted; an engine that fails costs its figure, not the others."""
    try:
        for number, one in found:
            if plan.wants(number):
                result.figures.append(figure(number, name, one))
    except PipitError as error:
        taken = {f.number for f in result.figures if f.engines == name}
        number = next((n for n in TABLE if n not in taken and plan.wants(n)), 1)
        result.figures.append(figure(number, name, Found(None, f"failed: {error}")))


def _answers(chosen: Rig, engines: Engines, plan: Plan, tell: Tell) -> Taken:
    if plan.wants(1, 2):
        yield from zip((1, 2), first_audio.measure(engines, plan.times(5), quick=plan.quick, tell=tell), strict=True)


def _bets(chosen: Rig, engines: Engines, plan: Plan, tell: Tell) -> Taken:
    if plan.wants(3):
        tell("bets")
        real_time = not chosen.real and not plan.quick
        used = engines if chosen.real else scripted((REPLY,), 0.01, quick=plan.quick)
        yield 3, bets.measure(used, 2 if plan.quick else 8, real_time=real_time)


def _alone(chosen: Rig, engines: Engines, plan: Plan, tell: Tell) -> Taken:
    if plan.wants(4):
        tell("first token")
        yield 4, prompts.measure(chosen, plan.times(5))
    if plan.wants(9):
        tell("first sound")
        yield 9, first_sound.measure(chosen, plan.times(9))
    if plan.wants(10):
        tell("throughput")
        yield 10, throughput.measure(chosen, engines, _QUESTION, plan.times(5), 100)


def _long(chosen: Rig, engines: Engines, plan: Plan, tell: Tell) -> Taken:
    if not plan.wants(5, 13):
        return
    tell("a long answer")
    used = engines if chosen.real else scripted((_LONG,), 0.008, quick=True)
    tokens = 24 if plan.quick else 100 if chosen.real else 470
    yield from zip((5, 13), long_answer.measure(used, _QUESTION, tokens), strict=True)


def _listening(chosen: Rig, engines: Engines, plan: Plan, tell: Tell) -> Taken:
    if plan.wants(6):
        tell("listening")
        if chosen.real:
            yield 6, Found(None, "the same for all engines: taken with scripted ones")
        else:
            yield 6, listening.measure(engines, 0.2 if plan.quick else 10, 0.3 if plan.quick else 5.0)


def _presses(chosen: Rig, engines: Engines, plan: Plan, tell: Tell) -> Taken:
    if plan.wants(7, 8):
        tell("presses")
        used = engines if chosen.real else scripted((_LONG,))
        slowest = PROMPT_S * (3 if chosen.drawn else 1)
        found = presses.measure(used, _QUESTION, 1 if plan.quick else 30, slowest_s=slowest)
        yield from zip((7, 8), found, strict=True)


def _processes(chosen: Rig, engines: Engines, plan: Plan, tell: Tell) -> Taken:
    if plan.wants(11):
        tell("memory")
        yield 11, process.memory(chosen, plan.times(3))
    if plan.wants(12):
        tell("cold start")
        yield 12, process.cold_start(chosen, plan.times(5))


def _growth(chosen: Rig, engines: Engines) -> dict[str, Growth]:
    lengths = (20, 40, 80, 120)
    used = engines if chosen.real else scripted((_LONG,), 0.008)
    return {
        "answer": growth.with_answer(used, _QUESTION, lengths, 7),
        "history": growth.with_history(used, spoken("tell_me_a_story"), 8),
    }
