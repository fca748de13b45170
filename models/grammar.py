"""What a reply may be, as a grammar for llama.cpp (GBNF): JSON of a schema, or one of several texts.

GBNF: https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md. llama-cpp-python has a converter
from JSON Schema too. Ours allows no white space between tokens, no escapes but two and no string without a
bound, so that a weak model cannot lose itself in them and the longest reply is known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, takewhile
from typing import Any

Schema = Mapping[str, Any]

LONGEST_STRING = 200
"""Characters of a string whose schema sets no ``maxLength``."""
_MOST_ITEMS = 16
_CHARACTER_BYTES = 4
_CHARACTER = r"""char ::= [^"\\\x00-\x1F\x7F] | "\\" ["\\]"""
_RULES = {
    "boolean": '("true" | "false")',
    "null": '"null"',
    "integer": '("0" | "-"? [1-9] [0-9]{0,14})',
    "number": '("-"? ("0" | [1-9] [0-9]{0,14}) ("." [0-9]{1,15})?)',
}
_LONGEST = {"boolean": 5, "null": 4, "integer": 16, "number": 32}
_KNOWN = {
    "object": {"properties", "required", "additionalProperties"},
    "array": {"items", "minItems", "maxItems"},
    "string": {"minLength", "maxLength"},
}
_ALWAYS = {"type", "title", "description"}


def gbnf(schema: Schema) -> str:
    """Return the grammar of the JSON texts, without white space, that ``schema`` allows.

    Known are ``enum`` and ``const``, and of the types object (all its properties, in their order), array
    (``items``, ``minItems``, ``maxItems``, at most 16 unless said), string (``minLength``, ``maxLength``, 200
    characters unless said), integer, number, boolean and null. Raises ``ValueError`` for anything else, since
    a grammar that allows more than its schema would be a trap.
    """
    return f"root ::= {_rule(schema)}\n{_CHARACTER}\n"


def longest(schema: Schema) -> int:
    """Return how many bytes the longest text of ``gbnf(schema)`` has: more tokens are never needed."""
    if (values := _values(schema)) is not None:
        return max(len(_json(value).encode()) for value in values)
    kind = _kind(schema)
    if kind == "object":
        parts = [len(_json(key).encode()) + 1 + longest(part) for key, part in _properties(schema)]
        return 2 + sum(parts) + max(0, len(parts) - 1)
    if kind == "array":
        return 2 + _bounds(schema, "Items", _MOST_ITEMS)[1] * (1 + longest(schema["items"]))
    if kind == "string":
        return 2 + _bounds(schema, "Length", LONGEST_STRING)[1] * _CHARACTER_BYTES
    return _LONGEST[kind]


def choice_of(texts: Sequence[str]) -> str:
    """Return the grammar that allows each of ``texts`` and nothing else; raises ``ValueError`` for none."""
    if not any(texts):
        raise ValueError("nothing to choose from")
    rules: list[str] = []
    root = _branches(sorted({text for text in texts if text}), 0, rules)
    return "\n".join([f"root ::= {root}", *rules]) + "\n"


def _rule(schema: Schema) -> str:
    if (values := _values(schema)) is not None:
        return "(" + " | ".join(_literal(_json(value)) for value in values) + ")"
    kind = _kind(schema)
    if kind == "object":
        parts = [f"{_literal(_json(key) + ':')} {_rule(part)}" for key, part in _properties(schema)]
        return " ".join(['"{"', ' "," '.join(parts), '"}"'])
    if kind == "array":
        return _array_rule(schema)
    if kind == "string":
        low, high = _bounds(schema, "Length", LONGEST_STRING)
        return rf'("\"" char{{{low},{high}}} "\"")'
    return _RULES[kind]


def _array_rule(schema: Schema) -> str:
    low, high = _bounds(schema, "Items", _MOST_ITEMS)
    item = _rule(schema["items"])
    some = f'{item} ("," {item}){{{max(0, low - 1)},{high - 1}}}' if high else ""
    return f'"[" ({some}){"" if low else "?"} "]"' if some else '"[" "]"'


def _kind(schema: Schema) -> str:
    """Return the schema's type when all of the schema is understood."""
    kind = schema.get("type")
    if not isinstance(kind, str) or (kind not in _LONGEST and kind not in _KNOWN):
        raise ValueError(f"no grammar for a schema of type {kind!r}")
    if unknown := schema.keys() - _ALWAYS - _KNOWN.get(kind, set()):
        raise ValueError(f"no grammar for {', '.join(sorted(unknown))} in a schema of type {kind}")
    if kind == "array" and "items" not in schema:
        raise ValueError("no grammar for an array whose items may be anything")
    return kind


def _values(schema: Schema) -> Sequence[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    if "enum" not in schema:
        return None
    if not schema["enum"]:
        raise ValueError("no grammar for an empty enum")
    return list(schema["enum"])


def _properties(schema: Schema) -> Iterable[tuple[str, Schema]]:
    return dict(schema.get("properties", {})).items()


def _bounds(schema: Schema, of: str, most: int) -> tuple[int, int]:
    low = int(schema.get(f"min{of}", 0))
    high = int(schema.get(f"max{of}", max(low, most)))
    if not 0 <= low <= high:
        raise ValueError(f"no grammar for min{of} {low} and max{of} {high}")
    return low, high


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _literal(text: str) -> str:
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if character.isprintable() else f"\\U{ord(character):08X}"


def _branches(texts: Sequence[str], at: int, rules: list[str]) -> str:
    """Return what may follow the first ``at`` characters, which all ``texts`` (sorted, each once) share.

    The texts are made a tree, for llama.cpp follows every alternative that is still possible for every token
    of the vocabulary: the runs of words of a sentence begin alike, and there are hundreds.
    """
    return " | ".join(_branch(list(group), at, rules) for _, group in groupby(texts, key=lambda text: text[at]))


def _branch(texts: Sequence[str], at: int, rules: list[str]) -> str:
    end = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(texts[0], texts[-1], strict=False)))
    longer = [text for text in texts if len(text) > end]
    if not longer:
        return _literal(texts[0][at:])
    index, name = len(rules), f"rest{len(rules)}"
    rules.append("")  # its place, before those of its own branches
    rules[index] = f"{name} ::= {_branches(longer, end, rules)}"
    return f"{_literal(texts[0][at:end])} {name}{'?' if len(longer) < len(texts) else ''}"
