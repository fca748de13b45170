"""What is wrong with a flow although every key of it is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipit.fsm.flow.course import all_before
from pipit.fsm.flow.fault import Fault
from pipit.fsm.flow.lint.fields import check_fields
from pipit.fsm.flow.lint.look import Look
from pipit.fsm.flow.lint.names import check_names
from pipit.fsm.flow.lint.order import check_order
from pipit.fsm.flow.lint.rules import check_rules
from pipit.fsm.flow.lint.sense import check_sense
from pipit.fsm.flow.lint.texts import check_texts
from pipit.fsm.flow.lint.words import check_words
from pipit.fsm.flow.schema import Flow
from pipit.fsm.flow.tree import Document

__all__ = ["lint"]

_CHECKS: tuple[Callable[[Look], Iterator[Fault]], ...] = (
    check_names,
    check_order,
    check_sense,
    check_fields,
    check_rules,
    check_texts,
    check_words,
)


def lint(flow: Flow, document: Document, file: str = "", heard: frozenset[str] | None = None) -> Iterator[Fault]:
    """Return everything that is wrong; ``heard`` are all the words that the recogniser knows."""
    look = Look(flow, document, file, heard, all_before(flow))
    for check in _CHECKS:
        yield from check(look)
