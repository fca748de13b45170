"""What the YAML parser complains about, in words that help somebody who has never heard of YAML."""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml import events as ye
from yaml.reader import ReaderError

from pipit.fsm.flow.fault import Fault
from pipit.fsm.flow.tree import place

_SWALLOWED = re.compile(r"^\s*(?:- )?[\w-]+:(?: |$)", re.MULTILINE)
_BETWEEN = re.compile(r"expected ',' or '([\]}])'")
_LETTER = re.compile(r"found character (?:'(.*)'|\"(.*)\") that cannot start any token", re.DOTALL)
_QUOTE = 'put the text in quotes: "…"'
_KNOWN = (
    (
        "mapping values are not allowed",
        "a ':' cannot stand here",
        f"if it belongs to a text, {_QUOTE}; if a key begins here, it begins in the column of the keys above",
    ),
    ("could not find expected ':'", "this is no key with a value", "write 'key: value', with a space after the ':'"),
    (
        "expected <block end>",
        "the indentation does not fit",
        "parts of one list, and keys of one part, begin in one column",
    ),
    ("expected alphabetic or numeric character", "a text cannot begin with * or &", _QUOTE),
    ("expected chomping or indentation indicators", "a text cannot begin with | or >", _QUOTE),
    ("undefined alias", "a text cannot begin with * or &", _QUOTE),
    ("undefined tag handle", "a text cannot begin with !", _QUOTE),
    ("expected the node content", "a value is missing or begins with a letter it cannot begin with", _QUOTE),
    ("sequence entries are not allowed", "a '-' cannot stand here", "a list begins in a line of its own"),
    ("did not find expected <document start>", "the first line is no 'key: value'", "begin with 'flow: name'"),
    (
        "expected '<document start>'",
        "this does not belong to what stands before it",
        "keys of one part begin in one column",
    ),
)


def explain(error: yaml.YAMLError, text: str, last: ye.ScalarEvent | None) -> Fault:
    """Return the fault that a parser's error means; ``last`` is the text that was read before it."""
    if isinstance(error, ReaderError):
        line, column = place(text, error.position)
        message = f"the letter U+{int(error.character):04X} cannot stand in a text file"
        return Fault(line, column, "error", message, "delete it")
    if not isinstance(error, yaml.MarkedYAMLError):
        return Fault(1, 1, "error", f"this is no YAML ({error})", "compare it with a flow that works")
    at = _index(error.problem_mark, error.context_mark)
    opened = _index(error.context_mark, error.problem_mark)
    return (
        _swallowed(text, last)
        or _unclosed(error, text, at, opened)
        or _letter(error, text, at)
        or _other(error, text, at)
    )


def span(event: ye.Event) -> tuple[int, int]:
    """Return where an event begins and ends."""
    return _index(event.start_mark), _index(event.end_mark)


def _index(*marks: Any) -> int:
    return next((int(mark.index) for mark in marks if mark is not None), 0)


def _swallowed(text: str, last: ye.ScalarEvent | None) -> Fault | None:
    """A quotation mark that is forgotten swallows lines until the next one, and only what follows makes no sense."""
    if last is None or last.style not in ("'", '"'):
        return None
    start, end = span(last)
    piece = text[start:end]
    if "\n" not in piece or not _SWALLOWED.search(piece.partition("\n")[2]):
        return None
    return _at(text, start, "a quotation mark is opened here and not closed", "close it in this line")


def _unclosed(error: yaml.MarkedYAMLError, text: str, at: int, opened: int) -> Fault | None:
    problem, context = error.problem or "", error.context or ""
    if "quoted scalar" in context and "end of stream" in problem:
        return _at(text, opened, "a quotation mark is opened here and never closed", "close it at the end of the text")
    between = _BETWEEN.search(problem)
    if between is None:
        return None
    if text.count("\n", opened, at):
        return _at(text, opened, f"this '{text[opened]}' is never closed", f"put a {between.group(1)} where it ends")
    if text[at : at + 1] == "?":
        return _at(text, at, "a text with a ? needs quotes between { and }, or [ and ]", _QUOTE)
    hint = 'if all of it is one text, put it in quotes: "…"'
    return _at(text, at, f"a comma or a {between.group(1)} is missing before this", hint)


def _letter(error: yaml.MarkedYAMLError, text: str, at: int) -> Fault | None:
    if "unknown escape character" in (error.problem or ""):
        return _at(text, at - 1, "\\ has no meaning before this letter", "write \\\\ for a \\")
    found = _LETTER.search(error.problem or "")
    if found is None:
        return None
    letter = text[at : at + 1]
    if letter == "\t":
        return _at(text, at, "there is a tab here", "indent with spaces, two for each level")
    return _at(text, at, f"a text cannot begin with {letter}", _QUOTE)


def _other(error: yaml.MarkedYAMLError, text: str, at: int) -> Fault:
    whole = f"{error.context or ''} {error.problem or ''}"
    for says, message, hint in _KNOWN:
        if says in whole:
            anchor = _index(error.context_mark) if says.startswith("could not find") and error.context_mark else at
            return _at(text, anchor, message, hint)
    return _at(text, at, f"this is no YAML ({' '.join((error.problem or 'unreadable').split())})", _QUOTE)


def _at(text: str, offset: int, message: str, hint: str) -> Fault:
    return Fault(*place(text, offset), "error", message, hint)
