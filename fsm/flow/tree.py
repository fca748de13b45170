"""A YAML file as a tree that knows where everything stands.

Every value stays the text that it is in the file: ``no`` and ``12:30`` are words, not a falsehood and 750; the models
say what is a number. Anchors, tags and a second document have no use in a flow and are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Loc: TypeAlias = Sequence[int | str]
"""A way from the top of the file: keys and places in lists."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; ``plain`` without quotes. ``start`` and ``end`` are offsets in the file."""

    start: int
    end: int
    text: str
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    start: int
    end: int
    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """Keys with their values, in the order of the file; a key that is there twice counts once, the last time."""

    start: int
    end: int
    pairs: tuple[tuple[Scalar, Tree], ...]

    def key(self, name: str) -> Scalar | None:
        """Return where a key stands."""
        return next((key for key, _ in reversed(self.pairs) if key.text == name), None)

    def value(self, name: str) -> Tree | None:
        """Return what belongs to a key."""
        return next((value for key, value in reversed(self.pairs) if key.text == name), None)


Tree: TypeAlias = Scalar | Items | Entries
_EMPTY = ("", "~", "null")


def plain_data(tree: Tree) -> Any:
    """Return the tree as dicts, lists and texts."""
    match tree:
        case Scalar():
            return "" if tree.plain and tree.text in _EMPTY else tree.text
        case Items():
            return [plain_data(item) for item in tree.items]
        case Entries():
            return {key.text: plain_data(value) for key, value in tree.pairs}


@dataclass(frozen=True, slots=True)
class Document:
    """A file's text with its tree."""

    text: str
    root: Tree

    def node(self, loc: Loc) -> Tree:
        """Return what stands at a location, or the nearest thing around it; what is not there is passed over."""
        tree = self.root
        for part in loc:
            tree = child(tree, part) or tree
        return tree

    def key(self, loc: Loc) -> int:
        """Return the offset of the key that a location ends in, or of what stands there."""
        if loc and isinstance(loc[-1], str):
            around = self.node(loc[:-1])
            found = around.key(loc[-1]) if isinstance(around, Entries) else None
            if found is not None:
                return found.start
        return self.node(loc).start

    def within(self, loc: Loc, piece: str) -> int:
        """Return the offset of a piece of a text; where its spelling differs, as in a folded line, the text's."""
        node = self.node(loc)
        found = self.text.find(piece, node.start, node.end)
        return node.start if found < 0 else found

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column, from 1."""
        return place(self.text, offset)


def child(tree: Tree, part: int | str) -> Tree | None:
    """Return one step further down."""
    if isinstance(tree, Items) and isinstance(part, int) and part < len(tree.items):
        return tree.items[part]
    return tree.value(part) if isinstance(tree, Entries) and isinstance(part, str) else None


def place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of an offset, both from 1; the end of the file counts as the last line with words."""
    offset = min(max(offset, 0), len(text))
    if offset == len(text):
        offset = len(text.rstrip())
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1
