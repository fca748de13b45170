"""What was asked for beside what came out, and which of it was taken for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pipit.device.eval.labels import tidy
from pipit.fsm.session.events import Value


@dataclass(frozen=True, slots=True)
class Confusion:
    """A field that did not come out as labelled; None: no such label, or nothing came out."""

    field: str
    wanted: Value | None
    got: Value | None


@dataclass(frozen=True, slots=True)
class Result:
    """One recording's session."""

    name: str
    heard: str
    expected: bool
    """Whether the words lie within the phase's grammar."""
    wanted: Mapping[str, Value]
    got: Mapping[str, Value]

    @property
    def confusions(self) -> tuple[Confusion, ...]:
        """Every field that is not as labelled: another value, none, or one too many."""
        wanted = {field: tidy(value) for field, value in self.wanted.items()}
        got = {field: tidy(value) for field, value in self.got.items()}
        wrong = [field for field in (*wanted, *(got.keys() - wanted.keys())) if wanted.get(field) != got.get(field)]
        return tuple(Confusion(field, wanted.get(field), got.get(field)) for field in wrong)

    @property
    def right(self) -> bool:
        """Whether every field came out just as labelled."""
        return not self.confusions


@dataclass(frozen=True, slots=True)
class Column:
    """All recordings under one condition; ``snr_db`` is None without noise."""

    snr_db: float | None
    results: tuple[Result, ...]

    @property
    def name(self) -> str:
        """What stands above it."""
        return "clean" if self.snr_db is None else f"{self.snr_db:g} dB"

    @property
    def right(self) -> int:
        """Recordings whose fields are all as labelled."""
        return sum(result.right for result in self.results)

    @property
    def accepted(self) -> int:
        """Recordings in which a sentence of the phase's grammar was heard."""
        return sum(result.expected for result in self.results if result.heard)

    @property
    def rejected(self) -> int:
        """Recordings in which something else was heard."""
        return sum(not result.expected for result in self.results if result.heard)

    @property
    def unheard(self) -> int:
        """Recordings in which nothing was heard."""
        return sum(not result.heard for result in self.results)

    def share(self) -> float:
        """Return the share of recordings that are right."""
        return self.right / len(self.results)

    def confusions(self) -> Counter[Confusion]:
        """Return how often what was taken for what."""
        return Counter(each for result in self.results for each in result.confusions)

    def field(self, name: str) -> tuple[int, int]:
        """Return in how many recordings a field came out as labelled, its absence included, and of how many."""
        wrong = sum(any(each.field == name for each in result.confusions) for result in self.results)
        return len(self.results) - wrong, len(self.results)
