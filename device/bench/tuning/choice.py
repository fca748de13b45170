"""What is tried, what a trial tells, and which number of threads is the best of those that were tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from pipit.models.load import EngineOptions

_TOLERANCE = 0.03
"""What is no slower than this over the fastest is as fast; fewer threads are cooler and leave room for others."""
_INAUDIBLE_S = 0.01
"""A period of the speaker: what is no more than this slower is as fast, too."""
_LATE_S = 0.1
"""So far behind the ear may always be: it hears in steps of 60 ms."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What one reading and one answer took, with the ear hearing all the time."""

    read_s: float
    """Seconds to read a long prompt."""
    wait_s: float
    """Seconds without a sound that somebody waits for: from the question to the first, and in every gap."""
    token_s: float
    """Seconds for a token while the voice speaks."""
    voice_share: float
    """Seconds of work for a second of speech, while the model writes."""
    behind_s: float = 0.0
    """How far the ear fell behind the microphone at worst."""
    underflows: int = 0
    """How often the speaker's device ran dry."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One setting, and what is to be small under it."""

    setting: str
    name: str
    cost: Callable[[Trial], float]


AXES = (
    Axis("threads", "generation", lambda trial: trial.wait_s),
    Axis("voice_threads", "voice", lambda trial: trial.wait_s),
    Axis("prefill_threads", "prefill", lambda trial: trial.read_s),
)
"""In the order in which they are settled: those that work at once come first."""


def candidates(setting: str, cores: int, now: int) -> tuple[int, ...]:
    """Return the numbers of threads that are worth trying, that of today among them."""
    worth = {
        "threads": {1, 2, cores // 2, cores - 1, cores},
        "voice_threads": {1, 2, cores // 2},
        "prefill_threads": {cores // 2, cores - 1, cores},
    }[setting]
    return tuple(sorted({number for number in worth if 1 <= number <= cores} | {now}))


@dataclass(frozen=True, slots=True)
class Row:
    """What one number of threads gave, as medians; the ratios are to today's number in the same round."""

    number: int
    seconds: float
    """Of what is to be small."""
    cost: float
    """The same to today's: below 1 is faster."""
    tokens: float
    """Tokens a second: above 1 is faster."""
    voice: float
    """Work for a second of speech: below 1 is less."""
    behind_s: float
    underflows: float


def rows(cost: Callable[[Trial], float], found: Mapping[int, Sequence[Trial]], now: int) -> list[Row]:
    """Compare round by round: what a machine does meanwhile strikes all numbers of a round."""
    today = found[now]

    def ratio(of: Callable[[Trial], float], trials: Sequence[Trial]) -> float:
        return median(of(trial) / max(of(base), 1e-9) for trial, base in zip(trials, today, strict=True))

    return [
        Row(
            number,
            median(cost(trial) for trial in trials),
            ratio(cost, trials),
            1 / max(ratio(lambda trial: trial.token_s, trials), 1e-9),
            ratio(lambda trial: trial.voice_share, trials),
            median(trial.behind_s for trial in trials),
            median(trial.underflows for trial in trials),
        )
        for number, trials in sorted(found.items())
    ]


def best(compared: Sequence[Row]) -> int:
    """Return the least number of threads that is as fast as the fastest of those that starve no sound."""
    least_dry, least_late = min(row.underflows for row in compared), min(row.behind_s for row in compared)
    heard = [row for row in compared if not _starves(row, least_dry, least_late)] or list(compared)
    fastest = min(heard, key=lambda row: row.cost)
    return min(row.number for row in heard if _as_fast(row, fastest))


def _starves(row: Row, dry: float, late_s: float) -> bool:
    """Whether sound has to wait as it does not elsewhere; once dry in a trial is anybody's doing."""
    return row.underflows > dry + 1 or row.behind_s > max(_LATE_S, 2 * late_s)


def _as_fast(row: Row, other: Row) -> bool:
    return row.cost <= other.cost * (1 + _TOLERANCE) or row.seconds <= other.seconds + _INAUDIBLE_S


def is_worse(row: Row, today: Row) -> bool:
    """Whether it is slower than today, or starves the sound as today's numbers do not."""
    return not _as_fast(row, today) or _starves(row, today.underflows, today.behind_s)


def numbers(options: EngineOptions) -> dict[str, int]:
    """Return the threads of each setting."""
    return {axis.setting: getattr(options, axis.setting) for axis in AXES}


def with_threads(options: EngineOptions, setting: str, number: int) -> EngineOptions:
    """Return the options with another number of threads under one setting."""
    changed: dict[str, Any] = {setting: number}
    return replace(options, **changed)
