"""What ``pipit flow check`` prints: file, line and column as editors take them, and the line with a caret."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.text import Text

from pipit.fsm.flow.fault import Fault

_COLOURS = {"error": "bold red", "warning": "bold yellow"}
_ROOM = 100
"""Letters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file with what is wrong in it."""

    path: Path
    text: str
    faults: tuple[Fault, ...]

    @property
    def errors(self) -> int:
        """How many faults keep it from being run."""
        return sum(fault.severity == "error" for fault in self.faults)


def as_json_object(checked: Sequence[Checked]) -> dict[str, Any]:
    """Return it for programs."""
    files = [{"file": str(each.path), "faults": [asdict(fault) for fault in each.faults]} for each in checked]
    return {"version": 1, "files": files}


def lines_of(checked: Checked) -> Iterator[Text]:
    """Return what is shown of one file."""
    lines = checked.text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for fault in checked.faults:
        colour = _COLOURS[fault.severity]
        place = f"{checked.path}:{fault.line}:{fault.column}: "
        yield Text.assemble((place, "bold"), (f"{fault.severity}: ", colour), fault.message)
        if fault.line <= len(lines):
            yield from _pointed_at(lines[fault.line - 1], fault, colour)
        if fault.hint:
            yield Text.assemble("    ", (fault.hint, "cyan"))
    yield _verdict(checked)


def _pointed_at(line: str, fault: Fault, colour: str) -> Iterator[Text]:
    """Return the line, or as much of it as has room, and a caret below the letter."""
    start = max(fault.column - _ROOM // 2, 0) if len(line) > _ROOM else 0
    shown = "".join(letter if letter.isprintable() else " " for letter in line[start : start + _ROOM])
    before = Text(shown[: fault.column - 1 - start])
    number = f"{fault.line:>5} │ "
    yield Text.assemble((number, "dim"), shown)
    yield Text.assemble(("      │ ", "dim"), " " * before.cell_len, ("^", colour))


def _verdict(checked: Checked) -> Text:
    warnings = len(checked.faults) - checked.errors
    if not checked.faults:
        return Text.assemble((f"{checked.path}: ", "bold"), ("fine", "bold green"))
    counts = [_count(checked.errors, "error"), _count(warnings, "warning")]
    return Text(f"{checked.path}: {', '.join(filter(None, counts))}", style="bold")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number > 1 else ''}" if number else ""
