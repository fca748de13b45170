"""Flows as Mermaid diagrams, and the JSON Schema for editors."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.fsm.flow import FieldSpec, Flow, Phase
from pipit.fsm.flow.json_schema import json_schema, json_schema_text
from pipit.fsm.flow.load import load_flow
from pipit.fsm.flow.mermaid import mermaid
from pipit.fsm.flow.outline import field_note

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = sorted((ROOT / "flows").glob("*.yaml"))


def test_the_diagram_of_the_interview() -> None:
    assert (
        mermaid(load_flow(ROOT / "flows" / "interview.yaml"))
        == """\
flowchart TD
    begin(["First impressions"]) --> p1
    p1["<b>the welcome</b><br/><i>checklist</i><br/>name: text<br/>minutes_used: duration"]
    p2("<b>the questions</b><br/><i>interview</i><br/>first-task: 1 follow-up at most<br/>\
obstacle: 2 follow-ups at most<br/>liking: 1 follow-up at most<br/>change: 2 follow-ups at most")
    p3["<b>the last question</b><br/><i>checklist</i><br/>recommend *: certainly, perhaps, no"]
    p1 --> p2
    p2 --> p3
    p3 --> done
    done((" end "))
"""
    )


def test_branches_have_their_conditions() -> None:
    lines = mermaid(load_flow(ROOT / "flows" / "forklift-check.yaml")).splitlines()
    assert '    p3 -- "hours #62; 500" --> p6' in lines
    assert '    p3 -- "otherwise" --> p7' in lines
    assert '    p4 -- "safe" --> p6' in lines


@given(st.text(min_size=1).filter(lambda text: text.strip() != ""))
def test_no_text_breaks_out_of_a_diagram(text: str) -> None:
    title = text[:100]
    flow = Flow(flow="x", title=title, phases=(Phase(name="one", title=title, say="Hello"),))
    lines = mermaid(flow).splitlines()
    assert len(lines) == 5
    assert all(line.count('"') == 2 for line in (*lines[1:3], lines[4]))
    assert re.fullmatch(r'    p1\["<b>[^<>"`;]*(?:#\d+;[^<>"`;]*)*</b><br/><i>checklist</i>"\]', lines[2])


@pytest.mark.parametrize(
    ("spec", "note"),
    [
        ({"type": "yes-no"}, "yes or no"),
        ({"type": "number", "unit": "h", "min": 0, "max": 9.5}, "number in h, 0 to 9.5"),
        ({"type": "number", "min": 3}, "number, at least 3"),
        ({"type": "duration", "max": 90, "confirm": True}, "duration, at most 90, read back"),
        ({"type": "choice", "choices": list("abcdefg")}, "a, b, c, d, e …"),
    ],
)
def test_a_field_in_a_few_words(spec: dict[str, Any], note: str) -> None:
    assert field_note(FieldSpec.model_validate({"field": "x", **spec})) == note


# ---- the schema -----------------------------------------------------------------------------------------


def test_the_schema_in_the_docs_is_fresh() -> None:
    kept = (ROOT / "docs" / "flow.schema.json").read_text(encoding="utf-8")
    assert kept == json_schema_text(), "write it anew: pipit flow schema > docs/flow.schema.json"


def test_the_schema_has_every_key_and_explains_it() -> None:
    schema = json_schema()
    assert set(schema["properties"]) == set(Flow.model_fields)
    assert set(schema["$defs"]["Phase"]["properties"]) == set(Phase.model_fields)
    assert "follow each other" not in json.dumps(schema)
    assert schema["properties"]["order"]["description"].startswith("strict: one after the other")
    assert schema["$defs"]["FieldSpec"]["properties"]["required"]["enum"] == [True, False, "yes", "no"]


def test_the_schema_allows_no_null_and_no_unknown_key() -> None:
    schema = json_schema()
    assert '"null"' not in json.dumps(schema)
    assert all(part["additionalProperties"] is False for part in (schema, *schema["$defs"].values()))
