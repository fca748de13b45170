"""What is wrong with a flow file, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipit.errors import BadInput

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """``line`` and ``column`` count from 1; a warning does not keep the flow from being run."""

    line: int
    column: int
    severity: Severity
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.message}: {self.hint}" if self.hint else self.message


class FlowError(BadInput):
    """A flow file that cannot be run; ``faults`` are all that was found, warnings included."""

    def __init__(self, name: str, faults: tuple[Fault, ...]) -> None:
        errors = [fault for fault in faults if fault.severity == "error"]
        first = errors[0]
        others = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        message = f"{name}:{first.line}:{first.column}: {first.message}"
        super().__init__("flow", message, f"{first.hint}{others}".strip())
        self.faults = faults
