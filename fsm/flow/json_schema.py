"""The JSON Schema of flow files, so that an editor knows the keys, explains them, and underlines what is wrong.

An editor is told by the first line of a flow file:

    # yaml-language-server: $schema=https://…/docs/flow.schema.json
"""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

from pipit.fsm.flow.schema import Flow

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_YES_NO = {"enum": [True, False, "yes", "no"]}
"""To YAML's older edition ``yes`` is true, to its newer one a word; a flow takes both."""
_VALUE = {"type": ["string", "number", "boolean"]}
"""A choice such as 7 or no is a word in a flow, whatever YAML makes of it."""


def json_schema() -> dict[str, Any]:
    """Return the schema as an object."""
    schema = Flow.model_json_schema()
    for part in (schema, *schema["$defs"].values()):
        _tell(part)
    schema["$defs"]["FieldSpec"]["properties"]["choices"]["anyOf"][0]["items"] = _VALUE
    return {"$schema": DIALECT, **schema, "title": "A flow of Pipit"}


def json_schema_text() -> str:
    """Return the schema as it is kept in a file."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def _tell(part: dict[str, Any]) -> None:
    part["description"] = _plain(part.get("description", ""))
    for name, value in part["properties"].items():
        value.pop("title", None)
        if isinstance(value.get("default"), dict | list):
            del value["default"]  # an empty list says nothing
        if "description" in value:
            value["description"] = _plain(value["description"])
        if value.get("type") == "boolean":
            part["properties"][name] = {**_YES_NO, **{key: value[key] for key in value if key != "type"}}
        if value.get("anyOf", [])[1:] == [{"type": "null"}]:
            # a key that is left out is not there; an empty one is a mistake
            rest = {key: value[key] for key in value if key not in ("anyOf", "default")}
            part["properties"][name] = {**value["anyOf"][0], **rest}


def _plain(text: str) -> str:
    """Return a docstring as an editor shows it."""
    return re.sub(r"``(.*?)``", r"\1", " ".join(inspect.cleandoc(text).split()))
