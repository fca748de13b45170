"""The words of a condition: where each begins, and what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipit.errors import BadInput

Kind = Literal["word", "number", "text", "sign", "end"]

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<date>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![\w-]))
      | (?P<time>[0-9]{1,2}:[0-9]{2}(?![\w:]))
      | (?P<number>-?[0-9]+(?:\.[0-9]+)?)
      | (?P<word>[^\W\d_](?:[\w'\u2019-]*\w)?)
      | (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\u201c[^\u201d]*\u201d|\u2018[^\u2019]*\u2019)
      | (?P<sign><=|>=|!=|<>|==|[=<>≤≥≠(),])
    """,
    re.VERBOSE | re.DOTALL,
)
_LONGEST_NUMBER = 15
_SIGNS = {"==": "=", "<>": "!=", "≤": "<=", "≥": ">=", "≠": "!="}
_INSTEAD = {"&": "and", "|": "or", "!": "not"}
_QUOTES = frozenset("\"'\u201c\u2018")


class ConditionError(BadInput):
    """A condition that cannot be understood; ``column`` counts its letters from 1."""

    def __init__(self, column: int, message: str, hint: str = "") -> None:
        super().__init__("condition", message, hint)
        self.column = column


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` is what is meant: signs in one spelling, texts without quotes, dates and times in full."""

    kind: Kind
    text: str
    column: int

    @property
    def shown(self) -> str:
        """How a message names it."""
        return "the end" if self.kind == "end" else f"'{self.text}'"


def tokens(text: str) -> list[Token]:
    """Take a condition apart; the last token is the end. Raises ``ConditionError``."""
    return [*_tokens(text), Token("end", "", len(text) + 1)]


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _no_token(text[at], at + 1)
        if found.lastgroup != "space":
            yield _token(str(found.lastgroup), found.group(), at + 1)
        at = found.end()


def _token(group: str, piece: str, column: int) -> Token:
    match group:
        case "quoted":
            return Token("text", re.sub(r"\\(.)", r"\1", piece[1:-1], flags=re.DOTALL), column)
        case "date":
            return Token("text", _date(piece, column), column)
        case "time":
            return Token("text", _time(piece, column), column)
        case "sign":
            return Token("sign", _SIGNS.get(piece, piece), column)
        case "number" if len(piece) > _LONGEST_NUMBER:
            raise ConditionError(column, "this number is too long", f"{_LONGEST_NUMBER} digits are the most")
        case "number":
            return Token("number", piece, column)
    return Token("word", piece, column)


def _date(piece: str, column: int) -> str:
    try:
        return date(*map(int, piece.split("-"))).isoformat()
    except ValueError as error:
        hint = "write year-month-day, such as 2026-11-21"
        raise ConditionError(column, f"there is no date {piece}", hint) from error


def _time(piece: str, column: int) -> str:
    hour, minute = map(int, piece.split(":"))
    if hour > 23 or minute > 59:
        raise ConditionError(column, f"there is no time {piece}", "write hours and minutes, such as 14:30")
    return f"{hour:02}:{minute:02}"


def _no_token(letter: str, column: int) -> ConditionError:
    if letter in _QUOTES:
        return ConditionError(column, f"the quotation mark {letter} is never closed")
    if letter in _INSTEAD:
        return ConditionError(column, f"'{letter}' has no meaning here", f"write '{_INSTEAD[letter]}'")
    hint = "a condition compares fields with values, such as: hours > 500 and truck = seven"
    return ConditionError(column, f"'{letter}' has no meaning here", hint)
