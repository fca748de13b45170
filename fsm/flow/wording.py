"""What the models complain about, in words for the person who wrote the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pipit.fsm.flow.fault import Fault
from pipit.fsm.flow.schema import ArtifactSpec, FieldSpec, Flow, Listen, Next, Phase, Question
from pipit.fsm.flow.tree import Document, Entries, Items, Scalar
from pipit.nearest import nearest_key

_PARTS: dict[str, tuple[type[BaseModel], str]] = {
    "phases": (Phase, "a phase"),
    "collect": (FieldSpec, "a field"),
    "artifacts": (ArtifactSpec, "an artifact"),
    "questions": (Question, "a question"),
    "next": (Next, "a rule of 'next'"),
    "listen": (Listen, "'listen'"),
}
_EVERY: tuple[tuple[type[BaseModel], str], ...] = ((Flow, "a flow"), *_PARTS.values())
_ALSO = {
    "options": "choices",
    "values": "choices",
    "question": "ask",
    "text": "say",
    "speak": "say",
    "sentences": "lines",
    "if": "when",
    "goto": "to",
    "then": "to",
    "id": "name",
    "fields": "collect",
    "title": "name",
    "mandatory": "required",
    "timeout": "timeout_s",
    "silence": "silence_ms",
    "pause": "pause_s",
    "duration": "minutes",
    "length": "minutes",
    "weight": "share",
    "steps": "phases",
}
"""What people write who have used something else."""

_NAME = "a name begins with a small letter a to z and has only letters, digits, - and _, 64 at most"
Said = tuple[str, str]


def faults_of(error: ValidationError, document: Document) -> Iterator[Fault]:
    """Return what is wrong, each thing once."""
    details = [detail for detail in error.errors(include_url=False) if not _is_echo(detail, document)]
    meant = {(*d["loc"][:-1], _meant(d)) for d in details if d["type"] == "extra_forbidden"}
    for detail in details:
        if detail["type"] == "missing" and tuple(detail["loc"]) in meant:
            continue  # it is there, misspelt
        message, hint = _say(detail, document)
        yield Fault(*document.place(_offset(detail, document)), "error", message, hint)


def _is_echo(detail: ErrorDetails, document: Document) -> bool:
    """A list of wrong parts counts as empty; ``choices`` may be a list or keys, and is told what it is not."""
    node = document.node(detail["loc"])
    if detail["type"] == "too_short" and isinstance(node, Items) and node.items:
        return True
    for at, part in enumerate(detail["loc"]):
        node = document.node(detail["loc"][:at])
        if isinstance(part, str) and part.startswith("dict[") and not isinstance(node, Entries):
            return True
        if isinstance(part, str) and part.startswith("tuple[") and isinstance(node, Entries):
            return True
    return False


def _offset(detail: ErrorDetails, document: Document) -> int:
    loc = [part for part in detail["loc"] if part != "[key]"]
    if detail["type"] == "extra_forbidden" or "[key]" in detail["loc"]:
        return document.key(loc)
    node = document.node(loc)
    empty = isinstance(node, Scalar) and not node.text and node.plain
    return document.key(loc) if empty else node.start  # the place of what is not there is the end of the line


def part_at(loc: Sequence[int | str]) -> tuple[type[BaseModel], str]:
    """Return the model of the part that a location lies in, and what it is called."""
    for name in reversed(loc):
        if isinstance(name, str) and name in _PARTS:
            return _PARTS[name]
    return Flow, "a flow"


def _say(detail: ErrorDetails, document: Document) -> Said:
    kind, loc = detail["type"], tuple(detail["loc"])
    if kind == "extra_forbidden":
        return _unknown_key(detail)
    if kind == "missing":
        return _missing(detail)
    node = document.node(loc)
    key = next((f"'{part}'" for part in reversed(loc) if isinstance(part, str) and part.isidentifier()), "the file")
    if isinstance(node, Scalar) and not node.text.strip():
        return f"{key} is empty", "write something behind it, or remove it"
    return _WORDS.get(kind, _other)(key, detail, node)


def _unknown_key(detail: ErrorDetails) -> Said:
    key = str(detail["loc"][-1])
    model, called = part_at(detail["loc"][:-1])
    meant = _meant(detail)
    message = f"there is no '{key}' in {called}"
    if ":" in key or key.startswith("-"):
        return message, "put a space after the '-'" if key.startswith("-") else "put a space after the ':'"
    if meant:
        return message, f"did you mean '{meant}'?"
    home = next((name for part, name in _EVERY if key in part.model_fields), "")
    if home:
        return message, "it belongs at the top of the file" if home == "a flow" else f"it belongs in {home}"
    return message, f"{called} may have {_listed(model.model_fields)}"


def _meant(detail: ErrorDetails) -> str:
    key, (model, _) = str(detail["loc"][-1]), part_at(detail["loc"][:-1])
    lower = key.lower().replace("-", "_").replace(" ", "_")
    if lower in model.model_fields:
        return lower
    if any(key in part.model_fields for part, _ in _EVERY):
        return ""
    also = _ALSO.get(lower, "")
    return also if also in model.model_fields else nearest_key(key, model.model_fields)


def _missing(detail: ErrorDetails) -> Said:
    key = str(detail["loc"][-1])
    model, called = part_at(detail["loc"][:-1])
    options = get_args(model.model_fields[key].annotation)
    hint = f"one of {_listed(options)}" if options and isinstance(options[0], str) else f"add a line '{key}: …'"
    return f"{called} needs '{key}'", hint


def _option(key: str, detail: ErrorDetails, node: object) -> Said:
    given = str(detail["input"])
    options = _options(detail)
    near = nearest_key(given.lower(), options)
    listed = f"t can be {_listed(options, 'or')}"
    hint = f"did you mean '{near}'? I{listed}" if near else f"i{listed}"
    return f"{key} cannot be '{_short(given)}'", hint


def _options(detail: ErrorDetails) -> tuple[str, ...]:
    model, _ = part_at(detail["loc"][:-1])
    annotation = model.model_fields[str(detail["loc"][-1])].annotation
    for option in (annotation, *get_args(annotation)):
        if get_origin(option) is Literal:
            return get_args(option)
    return ()


def _number(key: str, detail: ErrorDetails, node: object) -> Said:
    whole = "whole " if detail["type"].startswith("int") else ""
    return f"{key} has to be a {whole}number, not '{_short(detail['input'])}'", "write digits alone, without a unit"


def _yes_no(key: str, detail: ErrorDetails, node: object) -> Said:
    return f"{key} has to be yes or no, not '{_short(detail['input'])}'", ""


def _bound(key: str, detail: ErrorDetails, node: object) -> Said:
    bounds = detail.get("ctx", {})
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    said = " and ".join(f"{words[name]} {limit:g}" for name, limit in bounds.items() if name in words)
    return f"{key} has to be {said}, not {_short(detail['input'])}", ""


def _bad_name(key: str, detail: ErrorDetails, node: object) -> Said:
    return f"'{_short(detail['input'])}' is no name", _NAME


def _too_long(key: str, detail: ErrorDetails, node: object) -> Said:
    return f"{key} has more than {detail['ctx']['max_length']} letters", "make several of it"


def _no_text(key: str, detail: ErrorDetails, node: object) -> Said:
    if isinstance(node, Entries) and not node.pairs:
        return f"{key} has to be a text", 'put it in quotes: "{}"'
    hint = 'a text that begins with { or [, or has a colon in it, needs quotes: "…"'
    what = f"each of {key}" if isinstance(detail["loc"][-1], int) else key
    return f"{what} has to be a text, not {'a list' if isinstance(node, Items) else 'keys with values'}", hint


def _no_list(key: str, detail: ErrorDetails, node: object) -> Said:
    if key == "'choices'" and isinstance(node, Scalar):
        return f"{key} has to be a list", "write it as [one, two, three]"
    return f"{key} has to be a list", "begin each of its parts with '- '"


def _no_part(key: str, detail: ErrorDetails, node: object) -> Said:
    if not detail["loc"]:
        return "a flow begins with keys and values", "the first line is something like 'flow: my-checklist'"
    model, called = part_at(detail["loc"])
    first = next(name for name, info in model.model_fields.items() if info.is_required() or model is Listen)
    return f"{called} has to be made of keys with values", f"such as '{first}: …'"


def _nothing(key: str, detail: ErrorDetails, node: object) -> Said:
    return f"{key} is empty", "at least one thing has to be in it"


def _too_many(key: str, detail: ErrorDetails, node: object) -> Said:
    return f"{key} has more than {detail['ctx']['max_length']} parts", "make several of it"


def _other(key: str, detail: ErrorDetails, node: object) -> Said:
    return f"{key} cannot be '{_short(detail['input'])}'", detail["msg"].lower()


_WORDS: dict[str, Callable[[str, ErrorDetails, object], Said]] = {
    "literal_error": _option,
    **dict.fromkeys(("float_parsing", "int_parsing", "int_from_float", "float_type", "int_type"), _number),
    **dict.fromkeys(("int_parsing_size", "finite_number"), _number),
    **dict.fromkeys(("bool_parsing", "bool_type"), _yes_no),
    **dict.fromkeys(("greater_than", "greater_than_equal", "less_than", "less_than_equal"), _bound),
    "string_pattern_mismatch": _bad_name,
    "string_too_long": _too_long,
    "string_type": _no_text,
    **dict.fromkeys(("tuple_type", "dict_type"), _no_list),
    **dict.fromkeys(("model_type", "model_attributes_type"), _no_part),
    "too_short": _nothing,
    "too_long": _too_many,
}


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else f"{text[:39]}…"


def _listed(names: Sequence[str] | dict[str, Any], word: str = "and") -> str:
    *most, last = list(names)
    return f"{', '.join(most)} {word} {last}" if most else last
