"""The thirteen figures: what each is called, what is wanted of it, and what one measurement of it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Wanted:
    """``limit`` is what no program could better, in words; ``elsewhere`` the best known of others."""

    name: str
    unit: str
    target: float
    limit: str
    elsewhere: str
    more_is_better: bool = False


TABLE: Mapping[int, Wanted] = {
    1: Wanted("first audio ÷ least engine time", "ratio", 1.02, "1.0", "1.07-1.10 pipecat tuned"),
    2: Wanted("first audio ÷ least engine time, betting", "ratio", 0.65, "silence window + one period", "0.71"),
    3: Wanted("wasted bets ÷ all engine time", "ratio", 0.4, "0", "-"),
    4: Wanted("first token, prefilled ÷ cold", "ratio", 0.06, "suffix + one token", "0.042"),
    5: Wanted("overlap of the stages", "share", 0.95, "1", "-", more_is_better=True),
    6: Wanted("our CPU per 20 ms frame, listening", "µs", 50.0, "voice activity + a queue hop", "1219 pipecat"),
    7: Wanted("audio handed over after the button, p99", "ms", 10.0, "one period", "15-40 pipecat"),
    8: Wanted("button down to engines quiet, p99", "ms", 50.0, "one graph node", "-"),
    9: Wanted("first sound ÷ whole-sentence synthesis", "ratio", 0.35, "the encoder's share", "1.0 Piper, pipecat"),
    10: Wanted("tokens/s with everything running ÷ alone", "ratio", 0.85, "1", "0.70-0.87", more_is_better=True),
    11: Wanted("memory over engines alone", "MB", 25.0, "bare Python", "+92 pipecat"),
    12: Wanted("cold start ÷ slowest engine's load", "ratio", 1.15, "1.0", "-"),
    13: Wanted("gaps between clauses", "periods", 0.0, "0", "-"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What one measurement gave; ``value`` None says that it was not taken, and ``how`` why."""

    value: float | None
    how: str
    limit: float | None = None
    peer: Mapping[str, float] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the result."""

    number: int
    engines: str
    name: str
    value: float | None
    unit: str
    target: float
    limit: float | str
    peer: Mapping[str, float] | str
    met: bool | None
    how: str
    more: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)


def figure(number: int, engines: str, found: Found) -> Figure:
    """Put what was found beside what is wanted."""
    wanted, value = TABLE[number], found.value
    met = None
    if value is not None:
        met = value >= wanted.target if wanted.more_is_better else value <= wanted.target
    limit = wanted.limit if found.limit is None else round(found.limit, 4)
    peer = {name: round(v, 4) for name, v in found.peer.items()} or wanted.elsewhere
    shown = None if value is None else round(value, 4)
    return Figure(
        number, engines, wanted.name, shown, wanted.unit, wanted.target, limit, peer, met, found.how, found.more
    )
