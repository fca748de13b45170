"""Search: any text a person may type, turned into a query that cannot be wrong."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pipit.errors import BadInput
from pipit.fsm.journal.rows import Hit

_WORD = re.compile(r"[^\W_]+")
_MOST = 50
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Around what matches; of no meaning to anybody else."""
_SCOPES = {"flow": "sessions.flow = ?", "session": "sessions.id = ?"}


def find(db: sqlite3.Connection, text: str, scope: str) -> tuple[Hit, ...]:
    """Return where all words of ``text`` stand, the last as the beginning of one; best first."""
    condition, argument = _condition(scope)
    query = query_of(text)
    if not query:
        return ()
    sql = f"""SELECT passages.session, sessions.flow, passages.kind, passages.name, passages.text,
            snippet(words, 0, '{_OPEN}', '{_CLOSE}', '…', 16), passages.wall
        FROM words JOIN passages ON passages.id = words.rowid JOIN sessions ON sessions.id = passages.session
        WHERE words MATCH ? AND {condition} ORDER BY rank, passages.id DESC LIMIT {_MOST}"""  # noqa: S608
    return tuple(_hit(*row) for row in db.execute(sql, (query, *argument)))


def query_of(text: str) -> str:
    """Return the words as FTS5 takes them, each in quotes; empty when there are none."""
    words = [f'"{word}"' for word in _WORD.findall(text)]
    return " ".join(words) + "*" if words else ""


def _condition(scope: str) -> tuple[str, tuple[str, ...]]:
    if scope == "all":
        return "true", ()
    kind, _, name = scope.partition(":")
    if kind not in _SCOPES or not name:
        raise BadInput("search-scope", f"there is no scope '{scope}'", "give all, flow:NAME or session:ID")
    return _SCOPES[kind], (name,)


def _hit(session: str, flow: str, kind: str, name: str, text: str, marked: str, wall: str) -> Hit:
    snippet, marks = _unmark(marked)
    return Hit(session, flow, kind, name, text, snippet, marks, datetime.fromisoformat(wall))  # type: ignore[arg-type]


def _unmark(marked: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    plain, marks, begin = "", [], None
    for piece in re.split(f"([{_OPEN}{_CLOSE}])", marked):
        if piece == _OPEN:
            begin = len(plain)
        elif piece != _CLOSE:
            plain += piece
        elif begin is not None:
            marks.append((begin, len(plain)))
            begin = None
    return plain, tuple(marks)


def hit_as_json(hit: Hit) -> dict[str, Any]:
    """Return what was found, for programs; ``marks`` are places in ``snippet``."""
    return {**asdict(hit), "wall": hit.wall.isoformat()}
