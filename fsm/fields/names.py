"""A field's name, as people say it, and whether they just said it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipit.fsm.fields.hearing import plain
from pipit.fsm.flow.schema import FieldSpec

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_LINKS = frozenset(
    "is are was were be should says say said reads shows showed to at of equals it's it has now number actually"
    " the a an about around roughly exactly only just that that's isn't not".split()
)
_MOST_LINKS = 5


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name: ``numberOfShots`` is three."""
    return tuple(plain(" ".join(_WORD.findall(name))).split())


def named_before(spec: FieldSpec, words: Sequence[str], start: int) -> int | None:
    """Return where the field's name begins when it leads on to ``start``: ``the hours are``."""
    name, at = name_words(spec.field), start
    while True:
        begin = at - len(name)
        if begin >= 0 and same_name(words[begin:at], name):
            return begin - (begin > 0 and words[begin - 1] == "the")
        if at == 0 or start - at >= _MOST_LINKS or words[at - 1] not in _LINKS:
            return None
        at -= 1


def named_at(spec: FieldSpec, words: Sequence[str]) -> tuple[int, int] | None:
    """Return where in a sentence the field's name stands."""
    name = name_words(spec.field)
    places = range(len(words) - len(name) + 1)
    return next(((i, i + len(name)) for i in places if same_name(words[i : i + len(name)], name)), None)


def same_name(said: Sequence[str], name: Sequence[str]) -> bool:
    """Tell whether words are a name; one of several is as good: ``hour`` for ``hours``."""
    return len(name) > 0 and [word.removesuffix("s") for word in said] == [word.removesuffix("s") for word in name]
