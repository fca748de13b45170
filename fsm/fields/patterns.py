"""The small language of flow files in which a person writes what may be said.

``words``, ``[left out]``, ``(this | that)``, ``this | that``, ``{field}``, and ``<a, b, c>``: in any order, each at
most as it is written, so ``<[{size}], [{roast}]>`` is none, one or both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipit.errors import BadInput
from pipit.fsm.fields.hearing import plain
from pipit.models.phrases import Alt, Opt, Phrase, Seq, Slot, Words

_TOKEN = re.compile(r"\s*([\[\](){}<>|,]|[^\s\[\](){}<>|,]+)")
_CLOSING = {"[": "]", "(": ")", "<": ">", "{": "}"}
_MOST_IN_ANY_ORDER = 5
_DEEPEST = 40
NEVER = Alt(())
"""What nobody can say."""


class PatternError(BadInput):
    """A pattern that cannot be read; ``column`` counts from 1."""

    def __init__(self, column: int, message: str, hint: str = "") -> None:
        super().__init__("bad-pattern", f"column {column}: {message}", hint)
        self.column = column


def pattern(text: str, slots: Mapping[str, Phrase]) -> Phrase:
    """Read a pattern; ``slots`` are the fields that it may name. Raises ``PatternError``."""
    return _Reader(text, slots).read()


def slots_of(text: str) -> list[str]:
    """Return the fields that a pattern names, whether they exist or not."""
    return re.findall(r"\{\s*([^{}\s]+)\s*\}", text)


def prune(phrase: Phrase) -> Phrase | None:
    """Return a phrase without what nobody can say; None when nothing is left."""
    match phrase:
        case Words():
            return phrase
        case Seq(parts):
            kept = [prune(part) for part in parts]
            return None if None in kept else Seq(tuple(part for part in kept if part is not None))
        case Alt(options):
            left = tuple(part for part in map(prune, options) if part is not None)
            return (left[0] if len(left) == 1 else Alt(left)) if left else None
        case Opt(part):
            inner = prune(part)
            return Opt(inner) if inner is not None else Words("")
        case Slot(name, part):
            inner = prune(part)
            return Slot(name, inner) if inner is not None else None


def in_any_order(parts: Sequence[Phrase]) -> Phrase:
    """Return parts in any order; the orders share what they have in common."""
    made: dict[tuple[int, ...], Phrase] = {}

    def rest(left: tuple[int, ...]) -> Phrase:
        if left not in made:
            options: list[Phrase] = []
            for i in left:
                part = parts[i]
                following = rest(tuple(j for j in left if j != i))
                body = part.part if isinstance(part, Opt) else part
                options.append(body if following == Words("") else Seq((body, following)))
            ends = all(isinstance(parts[i], Opt) for i in left)
            choice = options[0] if len(options) == 1 else Alt(tuple(options))
            made[left] = (Opt(choice) if ends else choice) if left else Words("")
        return made[left]

    return rest(tuple(range(len(parts))))


class _Reader:
    def __init__(self, text: str, slots: Mapping[str, Phrase]) -> None:
        self._slots = slots
        self._tokens = [(m.group(1), m.start(1) + 1) for m in _TOKEN.finditer(text)]
        self._end = len(text) + 1
        self._at = 0
        self._depth = 0

    def read(self) -> Phrase:
        phrase = self._choice()
        if self._next:
            raise PatternError(self._column, f"'{self._next}' closes nothing", "take it away or open it before")
        if not self._tokens:
            raise PatternError(1, "a pattern without words", "write what may be said")
        return phrase

    @property
    def _next(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    @property
    def _column(self) -> int:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else self._end

    def _choice(self, until: str = "") -> Phrase:
        options = [self._row(until)]
        while self._next == "|":
            self._at += 1
            options.append(self._row(until))
        return options[0] if len(options) == 1 else Alt(tuple(options))

    def _row(self, until: str) -> Phrase:
        parts: list[Phrase] = []
        words: list[str] = []
        start = self._column
        while self._next not in ("", "|", "]", ")", ">", "}") and not (self._next == "," and until == ">"):
            if self._next in _CLOSING:
                parts += [Words(" ".join(words))] if words else []
                words = []
                parts.append(self._group())
            else:
                words += self._word()
        parts += [Words(" ".join(words))] if words else []
        if not parts:
            raise PatternError(start, "nothing stands here", "write words, or take the mark away")
        return parts[0] if len(parts) == 1 else Seq(tuple(parts))

    def _word(self) -> list[str]:
        said = plain(self._next).split()
        if not said and self._next != ",":
            raise PatternError(self._column, f"'{self._next}' is nothing that can be said", "write it in words")
        self._at += 1
        return said

    def _group(self) -> Phrase:
        opening, column = self._tokens[self._at]
        self._at += 1
        self._depth += 1
        if self._depth > _DEEPEST:
            raise PatternError(column, "too many brackets within brackets", "write it in several patterns")
        made = self._slot(column) if opening == "{" else self._any() if opening == "<" else self._choice(opening)
        if self._next != _CLOSING[opening]:
            raise PatternError(column, f"'{opening}' is never closed", f"add '{_CLOSING[opening]}'")
        self._at += 1
        self._depth -= 1
        return Opt(made) if opening == "[" else made

    def _slot(self, column: int) -> Phrase:
        name = self._next
        if name not in self._slots:
            known = ", ".join(self._slots) or "none here"
            raise PatternError(column, f"there is no field '{name}'", f"the fields are {known}")
        self._at += 1
        return Slot(name, self._slots[name])

    def _any(self) -> Phrase:
        column = self._column
        parts = [self._choice(">")]
        while self._next == ",":
            self._at += 1
            parts.append(self._choice(">"))
        if len(parts) > _MOST_IN_ANY_ORDER:
            raise PatternError(column, f"more than {_MOST_IN_ANY_ORDER} parts in any order", "use several patterns")
        return in_any_order(parts)
