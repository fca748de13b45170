"""What every check is given: the flow, its file, and a way to point at something in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipit.fsm.flow.fault import Fault, Severity
from pipit.fsm.flow.schema import ArtifactSpec, FieldSpec, Flow, Phase, Question
from pipit.fsm.flow.tree import Document, Loc


@dataclass(frozen=True, slots=True)
class Look:
    """``heard`` are all the words that the recogniser knows; None: unknown."""

    flow: Flow
    document: Document
    file: str = ""
    heard: frozenset[str] | None = None
    before: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For each phase, those that may have been completed when it begins."""

    def phases(self) -> Iterator[tuple[Loc, Phase]]:
        """Return every phase, and where it stands."""
        for index, phase in enumerate(self.flow.phases):
            yield ("phases", index), phase

    def fields(self) -> Iterator[tuple[Loc, Phase, FieldSpec]]:
        """Return every field with its phase, and where it stands."""
        for loc, phase in self.phases():
            for index, spec in enumerate(phase.collect):
                yield (*loc, "collect", index), phase, spec

    def artifacts(self) -> Iterator[tuple[Loc, Phase, ArtifactSpec]]:
        """Return every artifact with its phase, and where it stands."""
        for loc, phase in self.phases():
            for index, spec in enumerate(phase.artifacts):
                yield (*loc, "artifacts", index), phase, spec

    def questions(self) -> Iterator[tuple[Loc, Phase, Question]]:
        """Return every question with its phase, and where it stands."""
        for loc, phase in self.phases():
            for index, spec in enumerate(phase.questions):
                yield (*loc, "questions", index), phase, spec

    def error(self, loc: Loc, message: str, hint: str = "", piece: str = "") -> Fault:
        """Return a fault at a value, or at a piece of its text."""
        return self._fault("error", self.document.within(loc, piece), message, hint)

    def warning(self, loc: Loc, message: str, hint: str = "", piece: str = "") -> Fault:
        """Return a remark at a value, or at a piece of its text."""
        return self._fault("warning", self.document.within(loc, piece), message, hint)

    def key_error(self, loc: Loc, message: str, hint: str = "") -> Fault:
        """Return a fault at the key that a location ends in."""
        return self._fault("error", self.document.key(loc), message, hint)

    def key_warning(self, loc: Loc, message: str, hint: str = "") -> Fault:
        """Return a remark at the key that a location ends in."""
        return self._fault("warning", self.document.key(loc), message, hint)

    def at_column(self, loc: Loc, text: str, column: int, message: str, hint: str) -> Fault:
        """Return a fault at a letter of a text; a text that the file folds or escapes is pointed at as a whole."""
        begin = self.document.within(loc, text)
        exact = self.document.text.startswith(text, begin)
        return self._fault("error", begin + column - 1 if exact else begin, message, hint)

    def _fault(self, severity: Severity, offset: int, message: str, hint: str) -> Fault:
        return Fault(*self.document.place(offset), severity, message, hint)
