"""The user's own table: sentences in the language of flow files, and what is replied to them.

intents:
  - say: who cooks [today|tonight]
    reply: It is {day}, so Anna cooks.
  - say: ["say hello to {name}", "greet {name}"]
    reply: ["Hello, {name}.", "Good to see you, {name}."]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipit.errors import BadInput
from pipit.fsm.fields.matching import ANYTHING, Matcher
from pipit.fsm.fields.patterns import PatternError, pattern, slots_of
from pipit.fsm.flow.fault import Fault
from pipit.fsm.flow.tree import Document, Entries, Items, Scalar, Tree
from pipit.fsm.flow.yaml_file import NotYaml, decode, read_yaml
from pipit.fsm.intents import moment
from pipit.fsm.intents.asked import Asked, Situation, long_form
from pipit.fsm.intents.present import known
from pipit.models.phrases import Alt, Opt, Phrase, Seq, Slot, Words
from pipit.nearest import nearest_key

MOST = 500
"""Intents of a table, so that looking through it takes no time."""
_FILLINGS: dict[str, Callable[[datetime], str]] = {
    "time": moment.time_of,
    "date": moment.date_of,
    "day": moment.weekday_of,
}
_SLOT = re.compile(r"\{\s*([^{}\s]*)\s*\}")
_KEYS = ("say", "reply")


class IntentsError(BadInput):
    """A table that cannot be used; ``faults`` are all that was found."""

    def __init__(self, name: str, faults: tuple[Fault, ...]) -> None:
        first = faults[0]
        others = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        message = f"{name}:{first.line}:{first.column}: {first.message}"
        super().__init__("intents", message, f"{first.hint}{others}".strip())
        self.faults = faults


@dataclass(frozen=True, slots=True)
class OwnIntent:
    """What may be said, and what is replied: one of the texts, by chance."""

    say: tuple[Phrase, ...]
    reply: tuple[str, ...]

    def __call__(self, asked: Asked) -> str | None:
        """Answer, if these are the words; a reply that needs a clock is none where there is no clock."""
        for words in dict.fromkeys((asked.whole, asked.words)):
            matcher = Matcher(words)
            for phrase in self.say:
                slots = matcher.slots(phrase)
                if slots is not None:
                    said = {name: " ".join(words[start:end]) for name, (start, end) in slots.items()}
                    return self._reply(said, asked.situation)
        return None

    def _reply(self, said: dict[str, str], situation: Situation) -> str | None:
        return _filled(self.reply[situation.draw(len(self.reply))], said, known(situation.now))


def load_own(path: Path) -> tuple[OwnIntent, ...]:
    """Read a table; raises ``IntentsError`` with line and column, ``BadInput`` where there is none to read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput("intents-unreadable", f"{path}: {error.strerror}", "check reply.own_intents") from error
    try:
        return read_own(decode(data), str(path))
    except NotYaml as error:
        raise IntentsError(str(path), (error.fault,)) from error


def read_own(text: str, name: str) -> tuple[OwnIntent, ...]:
    """Read a table; ``name`` stands for the file in messages. Raises ``IntentsError``."""
    try:
        document, twice = read_yaml(text)
    except NotYaml as error:
        raise IntentsError(name, (error.fault,)) from error
    reader = _Reader(document)
    found = reader.table()
    faults = tuple(sorted({*twice, *reader.faults}))
    if faults:
        raise IntentsError(name, faults)
    return found


def _filled(reply: str, said: dict[str, str], now: datetime | None) -> str | None:
    named = {name for name in slots_of(reply) if name in _FILLINGS}
    if named and now is None:
        return None
    values = said | {name: _FILLINGS[name](now) for name in named if now is not None}
    return _SLOT.sub(lambda slot: values.get(slot.group(1), ""), reply)


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self.faults: list[Fault] = []

    def table(self) -> tuple[OwnIntent, ...]:
        root = self._document.root
        if not isinstance(root, Entries) or root.value("intents") is None:
            self._fault(root, "a table begins with 'intents:'", "below it stand parts with 'say' and 'reply'")
            return ()
        for key, _ in root.pairs:
            if key.text != "intents":
                self._fault(key, f"there is no '{key.text}' here", "all that there is belongs below 'intents:'")
        parts = root.value("intents")
        if not isinstance(parts, Items) or len(parts.items) > MOST:
            self._fault(
                parts or root, f"'intents' has to be a list of {MOST} parts at most", "begin each with '- say: …'"
            )
            return ()
        return tuple(found for part in parts.items if (found := self._intent(part)) is not None)

    def _intent(self, part: Tree) -> OwnIntent | None:
        if not isinstance(part, Entries):
            self._fault(part, "an intent has to be made of keys with values", "such as 'say: …' and 'reply: …'")
            return None
        for key, _ in part.pairs:
            if key.text not in _KEYS:
                near = nearest_key(key.text, _KEYS)
                hint = f"did you mean '{near}'?" if near else "an intent has 'say' and 'reply'"
                self._fault(key, f"there is no '{key.text}' in an intent", hint)
        say, reply = (list(self._texts(part, key)) for key in _KEYS)
        if not say or not reply:
            return None
        phrases = [phrase for text in say if (phrase := self._phrase(text)) is not None]
        self._check_fillings(say, reply)
        return OwnIntent(tuple(phrases), tuple(" ".join(text.text.split()) for text in reply))

    def _texts(self, part: Entries, key: str) -> Iterator[Scalar]:
        value = part.value(key)
        if value is None:
            self._fault(part, f"an intent needs '{key}'", f"add a line '{key}: …'")
            return
        items = value.items if isinstance(value, Items) else (value,)
        if not items:
            self._fault(value, f"'{key}' is empty", "write something behind it")
        for item in items:
            if not isinstance(item, Scalar):
                self._fault(
                    item, f"'{key}' has to be a text or a list of texts", 'a text with { or [ first needs quotes: "…"'
                )
            elif not item.text.strip():
                self._fault(item, f"'{key}' is empty", "write something behind it")
            else:
                yield item

    def _phrase(self, text: Scalar) -> Phrase | None:
        names = slots_of(text.text)
        taken = next((name for name in names if name in _FILLINGS), "")
        if taken:
            self._fault(text, f"'{taken}' is filled in by Pipit", "give what is said another name")
            return None
        try:
            phrase = _in_long_form(pattern(text.text, dict.fromkeys(names, ANYTHING)))
        except PatternError as error:
            message = error.message.partition(": ")[2]
            self._fault(text, message, error.hint, error.column - 1 + (not text.plain))
            return None
        if _least_words(phrase) == 0:
            self._fault(text, "this would answer everything that is said", "write words that have to be said")
            return None
        return phrase

    def _check_fillings(self, say: list[Scalar], reply: list[Scalar]) -> None:
        said = [set(slots_of(text.text)) for text in say]
        for text in reply:
            for name in _SLOT.findall(text.text):
                if name not in _FILLINGS and not all(name in names for names in said):
                    known = ", ".join((*sorted(set[str].intersection(*said)), *_FILLINGS))
                    at = text.text.find("{" + name) + (not text.plain)
                    self._fault(text, f"'{name}' is not in every 'say'", f"a reply may have {known}", max(at, 0))

    def _fault(self, tree: Tree, message: str, hint: str, further: int = 0) -> None:
        line, column = self._document.place(tree.start)
        self.faults.append(Fault(line, column + further, "error", message, hint))


def _in_long_form(phrase: Phrase) -> Phrase:
    """Return a phrase with ``what is`` for ``what's``, as sentences are read."""
    match phrase:
        case Words(text):
            long = " ".join(part for word in text.split() for part in long_form(word))
            return phrase if long == text else Words(long)
        case Seq(parts):
            return Seq(tuple(map(_in_long_form, parts)))
        case Alt(options):
            return Alt(tuple(map(_in_long_form, options)))
        case Opt(part):
            return Opt(_in_long_form(part))
        case Slot(name, part):
            return Slot(name, _in_long_form(part))


def _least_words(phrase: Phrase) -> int:
    """Return how many words of a phrase's own have to be said at least; those of its slots do not count."""
    match phrase:
        case Words(text):
            return 0 if phrase is ANYTHING else len(text.split())
        case Seq(parts):
            return sum(map(_least_words, parts))
        case Alt(options):
            return min(map(_least_words, options), default=0)
        case Opt() | Slot():
            return 0
