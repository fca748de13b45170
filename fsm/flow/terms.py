"""What a condition is made of; ``str`` writes each part so that it reads back as the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

SECONDS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("min", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3_600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
}
"""Units that may follow a number, which then is a duration."""

KEYWORDS = frozenset({"and", "or", "not", "in", "is", "yes", "no", "true", "false"})
"""Words that are no fields."""

SIGNS = ("=", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Constant:
    """A value as it is written; a number with a ``unit`` is a duration."""

    value: str | float | bool
    unit: str = ""
    column: int = dataclasses.field(default=1, compare=False)

    @property
    def meant(self) -> str | float | bool:
        """The value that a field is compared with: durations in seconds."""
        return self.value * SECONDS[self.unit] if self.unit and isinstance(self.value, float) else self.value

    def __str__(self) -> str:
        match self.value:
            case bool():
                return "yes" if self.value else "no"
            case float():
                return f"{plain_number(self.value)} {self.unit}".rstrip()
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'


@dataclass(frozen=True, slots=True)
class Compare:
    """``field`` against a value; ``sign`` is one of ``SIGNS``."""

    field: str
    sign: str
    value: Constant
    column: int = dataclasses.field(default=1, compare=False)

    def __str__(self) -> str:
        return f"{self.field} {self.sign} {self.value}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """``field`` is one of several values."""

    field: str
    values: tuple[Constant, ...]
    column: int = dataclasses.field(default=1, compare=False)

    def __str__(self) -> str:
        return f"{self.field} in ({', '.join(map(str, self.values))})"


@dataclass(frozen=True, slots=True)
class Known:
    """``field`` has a value."""

    field: str
    column: int = dataclasses.field(default=1, compare=False)

    def __str__(self) -> str:
        return f"{self.field} is set"


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    part: Condition

    def __str__(self) -> str:
        return f"not {_bracketed(self.part)}"


@dataclass(frozen=True, slots=True)
class And:
    """All of several."""

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return " and ".join(map(_bracketed, self.parts))


@dataclass(frozen=True, slots=True)
class Or:
    """Any of several."""

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return " or ".join(map(_bracketed, self.parts))


Test: TypeAlias = Compare | OneOf | Known
Condition: TypeAlias = Test | Not | And | Or


def _bracketed(part: Condition) -> str:
    return f"({part})" if isinstance(part, And | Or) else str(part)


def plain_number(value: float) -> str:
    """Return a number without a needless ``.0``."""
    return str(int(value)) if value.is_integer() else repr(value)


def tests_of(condition: Condition) -> Iterator[Test]:
    """Return the single tests that a condition is made of, from left to right."""
    match condition:
        case Not():
            yield from tests_of(condition.part)
        case And() | Or():
            for part in condition.parts:
                yield from tests_of(part)
        case _:
            yield condition
