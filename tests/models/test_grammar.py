from __future__ import annotations

import pytest

from pipit.models.grammar import choice_of, gbnf, longest


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "null"}, "null"),
        ({"type": "boolean"}, "false"),
        ({"type": "integer"}, "-999999999999999"),
        ({"type": "number"}, "-999999999999999.999999999999999"),
        ({"const": 'é "'}, '"é \\""'),
        ({"enum": ["a", None]}, "null"),
        ({"type": "object", "properties": {}}, "{}"),
        ({"type": "object", "properties": {"a": {"type": "null"}, "é": {"type": "null"}}}, '{"a":null,"é":null}'),
        ({"type": "array", "items": {"type": "null"}, "maxItems": 2}, "[null,null]"),
        ({"type": "string", "maxLength": 2}, '"😀😀"'),
    ],
)
def test_the_bound_is_that_of_the_longest_text(schema: dict[str, object], text: str) -> None:
    assert longest(schema) >= len(text.encode())
    assert longest(schema) <= len(text.encode()) + 1, "no tighter than it could be"


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "thing"},
        {"type": ["string", "null"]},
        {"type": "integer", "minimum": 3},
        {"type": "string", "pattern": "a*"},
        {"type": "array"},
        {"type": "array", "items": {"type": "null"}, "minItems": 3, "maxItems": 2},
        {"type": "object", "properties": {"a": {"$ref": "#/x"}}},
        {"enum": []},
    ],
)
def test_what_it_cannot_keep_to_is_refused(schema: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no grammar"):
        gbnf(schema)


def test_alternatives_that_begin_alike_become_a_tree() -> None:
    assert choice_of(["nine twenty", "nine", "ninety", "nine"]) == (
        'root ::= "nine" rest0?\nrest0 ::= " twenty" | "ty"\n'
    )


def test_nothing_to_choose_from_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        choice_of(["", ""])
