"""Random events of every kind, of names so few that they meet one another."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from hypothesis import strategies as st

from pipit.fsm.session import events as se

PHASES = ("intake", "round", "review")
NAMES = ("truck", "hours", "note")

WORDS = st.one_of(
    st.sampled_from(
        ["", "twelve hundred", "Ich nehme den Zwölfer", "näytä", 'it\'s "fine"', "a\0b", "\udc80", "漢字", "\n"]
    ),
    st.text(max_size=30),
)
VALUES: st.SearchStrategy[se.Value] = st.one_of(
    st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False), WORDS
)
SECONDS = st.floats(0, 1e6)

_BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "phase": st.sampled_from(PHASES),
    "source": st.sampled_from(PHASES),
    "dest": st.sampled_from(PHASES),
    "field": st.sampled_from(NAMES),
    "item": st.sampled_from(NAMES),
    "artifact": st.sampled_from(NAMES),
    "question": st.sampled_from(["q1", "q2"]),
    "value": VALUES,
    "by": st.sampled_from(["parser", "model", "console"]),
    "index": st.integers(0, 9),
    "at": st.integers(0, 2**40),
}
_BY_TYPE: dict[str, st.SearchStrategy[Any]] = {"str": WORDS, "float": SECONDS, "bool": st.booleans()}


def events_of(cls: type[se.SessionEvent], session: str = "s") -> st.SearchStrategy[se.SessionEvent]:
    """Return events of one kind."""
    types = {f.name: str(f.type) for f in fields(cls) if f.name not in ("session", "stamp")}
    given = {name: _BY_NAME[name] if name in _BY_NAME else _BY_TYPE[kind] for name, kind in types.items()}
    return st.builds(cls, session=st.just(session), **given)


def any_event(session: str = "s") -> st.SearchStrategy[se.SessionEvent]:
    """Return events of all kinds."""
    return st.one_of([events_of(cls, session) for cls in se.KINDS.values()])


def batches(session: str = "s", most: int = 8) -> st.SearchStrategy[list[list[se.SessionEvent]]]:
    """Return what a session may be told, batch by batch."""
    return st.lists(st.lists(any_event(session), max_size=5), max_size=most)
