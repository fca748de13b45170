"""The search: one setting after the other, in rounds, and in the end what was chosen against what there was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipit.device.bench.tuning.choice import (
    AXES,
    Axis,
    Row,
    Trial,
    best,
    candidates,
    is_worse,
    numbers,
    rows,
    with_threads,
)
from pipit.models import Engines
from pipit.models.load import EngineOptions

Load = Callable[[EngineOptions], Engines]
Measure = Callable[[Engines, int], Trial]
"""One trial; the number is that of the round, in which all are asked the same."""
Tell = Callable[[str], None]
"""Is told before each trial what it tries."""
_BEFORE, _AFTER = 0, 1


@dataclass(frozen=True, slots=True)
class Settled:
    """One setting: what each number gave, and which was chosen."""

    setting: str
    name: str
    now: int
    chosen: int
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Tuned:
    """What was found."""

    now: dict[str, int]
    chosen: dict[str, int]
    settled: Sequence[Settled]
    together: Row | None
    """All that was best, at once, against today's numbers; None: they are the same."""


class Search:
    """``measure`` is tried with engines of ``load`` for every candidate, ``rounds`` times."""

    def __init__(self, load: Load, measure: Measure, cores: int, rounds: int) -> None:
        self._load, self._measure, self._cores, self._rounds = load, measure, cores, rounds
        self._tell: Tell = lambda _: None

    def most_trials(self, options: EngineOptions) -> int:
        """Return how many trials there will be, at most."""
        today = numbers(options)
        return self._rounds * (2 + sum(len(candidates(name, self._cores, now)) for name, now in today.items()))

    def run(self, options: EngineOptions, tell: Tell = lambda _: None) -> Tuned:
        """Return the best numbers of threads, beginning with those of ``options``."""
        self._tell = tell
        chosen, settled = options, []
        for axis in AXES:
            one = self._settle(axis, chosen)
            settled.append(one)
            chosen = with_threads(chosen, axis.setting, one.chosen)
        if chosen == options:
            return Tuned(numbers(options), numbers(options), settled, None)
        today, together = self._against(options, chosen)
        # what was better step by step need not be better together
        kept = options if is_worse(together, today) else chosen
        return Tuned(numbers(options), numbers(kept), settled, together)

    def _settle(self, axis: Axis, options: EngineOptions) -> Settled:
        now: int = getattr(options, axis.setting)
        plans = {n: with_threads(options, axis.setting, n) for n in candidates(axis.setting, self._cores, now)}
        compared = rows(axis.cost, self._tried(axis.name, plans), now)
        return Settled(axis.setting, axis.name, now, best(compared), compared)

    def _against(self, before: EngineOptions, after: EngineOptions) -> list[Row]:
        found = self._tried("all together", {_BEFORE: before, _AFTER: after})
        return rows(lambda trial: trial.read_s + trial.wait_s, found, _BEFORE)

    def _tried(self, name: str, plans: dict[int, EngineOptions]) -> dict[int, list[Trial]]:
        found: dict[int, list[Trial]] = {number: [] for number in plans}
        order = list(plans)
        for at in range(self._rounds):
            for number in order:
                self._tell(f"{name}, {_spelt(plans[number])}")
                found[number].append(self._measure(self._load(plans[number]), at))
            order.reverse()  # what drifts meanwhile strikes both ends alike
        return found


def _spelt(options: EngineOptions) -> str:
    return f"threads {options.threads}, voice {options.voice_threads}, prefill {options.prefill_threads}"
