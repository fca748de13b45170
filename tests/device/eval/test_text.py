"""Labelled sentences: what is right, what was taken for what, and what is wrong with the labels."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from pipit.errors import BadInput

Eval = Callable[..., Result]
Label = Callable[[dict[str, Any]], Path]

CHECK = """\
flow: check
title: A check
phases:
  - name: intake
    collect:
      - {field: truck, type: choice, choices: [seven, nine, twelve], required: true, confirm: true}
      - {field: hours, type: number, unit: h, min: 0, max: 9000, required: true}
      - {field: clean, type: yes-no}
      - {field: due, type: date}
      - {field: start, type: time}
      - {field: drive, type: duration}
"""


def told(slots: dict[str, Any], text: str = "") -> dict[str, Any]:
    return {"slots": slots, "text": text}


def report(result: Any) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


ORDERS = {
    "right": told(
        {"coffeeDrink": "iced  Mocha ", "milkAmount": " soy milk"}, "I want an iced mocha with soy milk please"
    ),
    "wrong": told({"coffeeDrink": "latte", "size": "small"}, "a large latte"),
    "missing": told({"coffeeDrink": "latte", "roast": "dark roast"}, "latte"),
    "extra": told({"coffeeDrink": "latte"}, "give me a latte with a lot of sugar"),
    "no order": told({}, "hello is anybody there"),
}


def test_sentences_are_read_and_what_is_wrong_is_counted(evaluate: Eval, label: Label) -> None:
    found = report(evaluate("barista", label(ORDERS), "--text", "--json"))
    (column,) = found["conditions"]
    assert (found["version"], found["flow"], found["phase"]) == (1, "barista", "order")
    assert found["engines"] == {"recognizer": None, "sha256": None}
    assert (column["snr_db"], column["recordings"], column["right"], column["share"]) == (None, 5, 2, 0.4)
    assert (column["accepted"], column["rejected"], column["unheard"]) == (4, 1, 0)
    assert {each["file"]: each["right"] for each in column["results"]} == {
        "right": True,
        "wrong": False,
        "missing": False,
        "extra": False,
        "no order": True,
    }
    assert sorted(column["confusions"], key=lambda each: each["field"]) == [
        {"field": "roast", "wanted": "dark roast", "got": None, "count": 1},
        {"field": "size", "wanted": "small", "got": "large", "count": 1},
        {"field": "sugarAmount", "wanted": None, "got": "a lot of sugar", "count": 1},
    ]
    assert column["fields_right"]["size"] == 4
    assert column["fields_right"]["coffeeDrink"] == 5


def test_a_person_sees_a_table(evaluate: Eval, label: Label, tmp_path: Path) -> None:
    result = evaluate("barista", label(ORDERS), "--text", "--out", tmp_path / "new" / "eval.json")
    assert result.exit_code == 0, result.output
    assert "all fields right" in result.stdout
    assert "0.400" in result.stdout
    assert "size: small → large" in result.stdout
    assert "roast: dark roast → nothing" in result.stdout
    assert json.loads((tmp_path / "new" / "eval.json").read_text())["conditions"][0]["right"] == 2


def test_only_the_first_so_many(evaluate: Eval, label: Label) -> None:
    found = report(evaluate("barista", label(ORDERS), "--text", "--json", "--limit", 2))
    assert [each["file"] for each in found["conditions"][0]["results"]] == ["right", "wrong"]


def test_values_of_every_kind(evaluate: Eval, label: Label, tmp_path: Path) -> None:
    (tmp_path / "check.yaml").write_text(CHECK)
    labels = {
        "truck": told({"truck": "Seven"}, "seven"),
        "number": told({"truck": "nine", "hours": 1200}, "truck nine hours twelve hundred"),
        "in words": told({"hours": "twelve hundred"}, "hours twelve hundred"),
        "date": told({"due": "2026-12-24"}, "the twenty fourth of december twenty twenty six"),
        "time": told({"start": "14:30"}, "half past two pm"),
        "duration": told({"drive": "ten minutes"}, "ten minutes"),
    }
    found = report(evaluate(tmp_path / "check.yaml", label(labels), "--text", "--json"))
    assert [each["file"] for each in found["conditions"][0]["results"] if not each["right"]] == []


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ({"a": told({"siz": "small"})}, "a: the flow's first phase has no field 'siz': did you mean 'size'?"),
        ({"a": told({"xyz": "small"})}, "has no field 'xyz': it has coffeeDrink, size,"),
        ({"a": told({"size": "huge"})}, "a: \"huge\" is no value of 'size': it can be small, medium,"),
        ({"a": told({"size": 3})}, "a: 3 is no value of 'size'"),
        ({"a": told({"milkAmount": " "})}, "a: \" \" is no value of 'milkAmount': it is a text"),
        ({"a": {"intent": "orderDrink"}}, "a has no slots"),
        ({"a": {"slots": {}, "text": 3}}, "a: its text is no text"),
        ({"a": told({}, "latte"), "b": told({}), "c": told({})}, "b and 1 more: no text in the labels"),
        ({}, "labels nothing"),
        ([1], "labels nothing"),
    ],
)
def test_wrong_labels_are_one_line(evaluate: Eval, label: Label, labels: Any, says: str) -> None:
    result = evaluate("barista", label(labels), "--text")
    assert isinstance(result.exception, BadInput)
    assert says in str(result.exception)
    assert "\n" not in str(result.exception)


def test_files_that_are_no_labels(evaluate: Eval, tmp_path: Path) -> None:
    (tmp_path / "half.json").write_text('{"a": ')
    (tmp_path / "binary.json").write_bytes(b"\xff\x00")
    (tmp_path / "deep.json").write_text("[" * 100_000)
    for name, says in {
        "half.json": "is no JSON",
        "binary.json": "is no JSON",
        "deep.json": "is no JSON",
        "none.json": "No such file",
        "": "Is a directory",
    }.items():
        result = evaluate("barista", tmp_path / name, "--text")
        assert isinstance(result.exception, BadInput)
        assert says in str(result.exception)


def test_a_flow_that_begins_without_fields(evaluate: Eval, label: Label) -> None:
    result = evaluate("chat", label(ORDERS), "--text")
    assert isinstance(result.exception, BadInput)
    assert "collects no fields" in str(result.exception)
