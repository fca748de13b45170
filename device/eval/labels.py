"""What each recording's speaker asked for: read from JSON, checked against the flow before anything is played.

``{"file.wav": {"slots": {"field": value}, "text": "what was said"}}``; ``text`` is only needed to evaluate text,
and what else stands beside them, such as an ``intent``, is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipit.errors import BadInput
from pipit.fsm.fields import Reading, read
from pipit.fsm.flow.schema import FieldSpec, Phase
from pipit.fsm.session.events import Value
from pipit.nearest import nearest_key


@dataclass(frozen=True, slots=True)
class Labelled:
    """One recording, or one sentence, and the value that each of its fields must come to; no other may have one."""

    name: str
    wanted: Mapping[str, Value]
    text: str = ""


def read_labels(path: Path, phase: Phase, today: date) -> list[Labelled]:
    """Return the recordings in the order of the file; raises ``BadInput`` that names the recording and the field."""
    specs = {spec.field: spec for spec in phase.collect}
    found = []
    for name, entry in _entries(path).items():
        where = f"{path}: {name}"
        slots = entry.get("slots") if isinstance(entry, dict) else None
        if not isinstance(slots, dict):
            raise BadInput("label-slots", f"{where} has no slots", 'write {"slots": {"field": "value"}}')
        text = entry.get("text", "")
        if not isinstance(text, str):
            raise BadInput("label-text", f"{where}: its text is no text", "write what was said, in quotes")
        wanted = {field: _wanted(specs, field, value, where, today) for field, value in slots.items()}
        found.append(Labelled(name, wanted, text.strip()))
    return found


def tidy(value: Value) -> Value:
    """Return a value as it is compared: case and spaces do not count, and seven is 7.0."""
    return " ".join(value.lower().split()) if isinstance(value, str) else value


def _entries(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput("labels-unreadable", f"{path}: {error.strerror}", "give a file of labels") from error
    except (ValueError, RecursionError) as error:
        raise BadInput("labels-format", f"{path} is no JSON ({error})", "correct it there") from error
    if not isinstance(found, dict) or not found:
        raise BadInput("labels-format", f"{path} labels nothing", 'write {"file.wav": {"slots": {"field": "value"}}}')
    return found


def _wanted(specs: Mapping[str, FieldSpec], field: str, value: object, where: str, today: date) -> Value:
    spec = specs.get(field)
    if spec is None:
        near = nearest_key(field, specs)
        hint = f"did you mean '{near}'?" if near else f"it has {', '.join(specs)}"
        raise BadInput("label-field", f"{where}: the flow's first phase has no field '{field}'", hint)
    found = _value(spec, value, today)
    if found is None:
        hint = f"it can be {', '.join(spec.choices)}" if spec.type == "choice" else f"it is a {spec.type}"
        raise BadInput("label-value", f"{where}: {json.dumps(value)} is no value of '{field}'", hint)
    return found


def _value(spec: FieldSpec, value: object, today: date) -> Value | None:
    """Return a label as the field would hold it; None when it never can."""
    if isinstance(value, bool):
        return value if spec.type == "yes-no" else None
    if isinstance(value, int | float):
        return value if spec.type in ("number", "duration") else None
    if not isinstance(value, str) or not value.strip():
        return None
    if spec.type == "text":
        return tidy(value)
    if spec.type == "choice":
        return next((tidy(each) for each in spec.choices if tidy(each) == tidy(value)), None)
    found = read(spec, value, today)
    return found.value if isinstance(found, Reading) else None
