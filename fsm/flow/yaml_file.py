"""From the bytes of a file to its tree, and every way in which that may fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml
from yaml import events as ye

from pipit.fsm.flow.fault import Fault
from pipit.fsm.flow.tree import Document, Entries, Items, Scalar, Tree, place
from pipit.fsm.flow.yaml_faults import explain, span

LARGEST = 200_000
"""Letters of a file; a long flow has ten thousand."""
_DEEPEST = 12
_BOM = "\ufeff"
_UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class NotYaml(Exception):
    """The file has no tree; ``fault`` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def decode(data: bytes) -> str:
    """Return a file's text; raises ``NotYaml``."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _at("", 0, "this file is UTF-16", "save it as UTF-8")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        hint = "save it as UTF-8; a flow is a text file"
        message = f"this is no UTF-8 text (byte {data[error.start]:#04x})"
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise NotYaml(Fault(line, column, "error", message, hint)) from error


def read_yaml(raw: str) -> tuple[Document, tuple[Fault, ...]]:
    """Return a file's tree, and the keys that are there twice; raises ``NotYaml``."""
    text = raw.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LARGEST:
        raise _at(text, 0, f"this file has {len(text)} letters", f"{LARGEST} are the most")
    builder = _Builder(text)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):  # no C parser: its messages differ
            builder.take(event)
    except yaml.YAMLError as error:
        raise NotYaml(explain(error, text, builder.last)) from error
    except (ValueError, OverflowError) as error:  # an escape of a letter that does not exist, such as \UFFFFFFFF
        start = text.find("\\", span(builder.last)[1] if builder.last else 0)
        raise _at(text, start, "the letter that this \\ stands for does not exist", "remove it") from error
    if builder.root is None:
        raise _at(text, 0, "this file is empty", "begin with a line such as 'flow: my-checklist'")
    return Document(text, builder.root), tuple(builder.twice)


def _at(text: str, offset: int, message: str, hint: str) -> NotYaml:
    return NotYaml(Fault(*place(text, offset), "error", message, hint))


@dataclass(slots=True)
class _Open:
    """A list or mapping that is not at its end yet."""

    start: int
    mapping: bool
    parts: list[Tree] = field(default_factory=list)


@dataclass(slots=True)
class _Builder:
    """Builds the tree from the parser's events, without recursion: a file may be nested as deeply as it likes."""

    text: str
    root: Tree | None = None
    twice: list[Fault] = field(default_factory=list)
    last: ye.ScalarEvent | None = None
    open: list[_Open] = field(default_factory=list)

    def take(self, event: ye.Event) -> None:
        """Take one event; raises ``NotYaml``."""
        start, end = span(event)
        self._refuse(event, start)
        match event:
            case ye.ScalarEvent():
                self.last = event
                if _UNSPEAKABLE.search(event.value):
                    raise _at(self.text, start, "this text has letters that nobody can say", "remove the \\ from it")
                self._add(Scalar(start, end, event.value, event.style is None))
            case ye.MappingStartEvent() | ye.SequenceStartEvent():
                self.open.append(_Open(start, isinstance(event, ye.MappingStartEvent)))
            case ye.MappingEndEvent() | ye.SequenceEndEvent():
                self._add(self._close(end))

    def _refuse(self, event: ye.Event, at: int) -> None:
        if len(self.open) >= _DEEPEST:
            raise _at(self.text, at, "this is nested too deeply", "a flow needs no more than a few levels")
        if isinstance(event, ye.DocumentStartEvent) and self.root is not None:
            raise _at(self.text, at, "a second document begins here", "remove the line ---; one file is one flow")
        quote = 'put the text in quotes: "…"'
        if isinstance(event, ye.AliasEvent) or getattr(event, "anchor", None):
            raise _at(self.text, at, "a text cannot begin with * or &", f"{quote} (a flow has no anchors)")
        if getattr(event, "tag", None):
            raise _at(self.text, at, "a text cannot begin with !", f"{quote} (a flow has no tags)")

    def _add(self, tree: Tree) -> None:
        if not self.open:
            self.root = tree
            return
        around = self.open[-1]
        if around.mapping and len(around.parts) % 2 == 0 and not isinstance(tree, Scalar):
            hint = 'a text that begins with { or [ needs quotes: "{…}"'
            raise _at(self.text, tree.start, "a key has to be a word", hint)
        around.parts.append(tree)

    def _close(self, end: int) -> Tree:
        done = self.open.pop()
        if not done.mapping:
            return Items(done.start, end, tuple(done.parts))
        pairs = tuple(_pairs(done.parts))
        seen: dict[str, int] = {}
        for key, _ in pairs:
            if key.text in seen:
                self.twice.append(self._again(key, seen[key.text]))
            seen.setdefault(key.text, key.start)
        return Entries(done.start, end, pairs)

    def _again(self, key: Scalar, before: int) -> Fault:
        line = place(self.text, before)[0]
        hint = "one of the two has to go; to begin a further part of a list, put '- ' before its first key"
        message = f"'{key.text}' is here already, in line {line}"
        return Fault(*place(self.text, key.start), "error", message, hint)


def _pairs(parts: list[Tree]) -> Iterator[tuple[Scalar, Tree]]:
    for key, value in zip(parts[::2], parts[1::2], strict=True):
        if isinstance(key, Scalar):
            yield key, value
