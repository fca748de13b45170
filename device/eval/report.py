"""What ``pipit eval --json`` prints; ``docs/benchmarks.md`` tells what each part means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipit.device.eval.run import Plan
from pipit.device.eval.score import Column, Confusion, Result
from pipit.device.eval.trial import first_phase

VERSION = 1


def as_json_object(plan: Plan, columns: Sequence[Column], engines: dict[str, Any]) -> dict[str, Any]:
    """Return everything that was measured; the same sound and weights give the same report."""
    return {
        "version": VERSION,
        "flow": plan.flow.flow,
        "phase": first_phase(plan.flow).name,
        "engines": engines,
        "heard": heard_by(plan),
        "noise": None if plan.noise is None else {"file": plan.noise.name, "seed": plan.noise.seed},
        "conditions": [_column(plan, column) for column in columns],
    }


def heard_by(plan: Plan) -> dict[str, str]:
    """Return how the recordings were heard."""
    if plan.folder is None:
        return {"grammar": "none", "microphone": "none"}
    return {
        "grammar": "exact" if plan.exact else "open",
        "microphone": "open" if plan.open_mic else "held",
    }


def _column(plan: Plan, column: Column) -> dict[str, Any]:
    fields = {spec.field: column.field(spec.field)[0] for spec in first_phase(plan.flow).collect}
    return {
        "snr_db": column.snr_db,
        "recordings": len(column.results),
        "right": column.right,
        "share": round(column.share(), 4),
        "accepted": column.accepted,
        "rejected": column.rejected,
        "unheard": column.unheard,
        "fields_right": fields,
        "confusions": [_confusion(each) | {"count": count} for each, count in column.confusions().most_common()],
        "results": [_result(each) for each in column.results],
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "file": result.name,
        "heard": result.heard,
        "accepted": result.expected,
        "right": result.right,
        "fields": dict(result.got),
        "wrong": [_confusion(each) for each in result.confusions],
    }


def _confusion(each: Confusion) -> dict[str, Any]:
    return {"field": each.field, "wanted": each.wanted, "got": each.got}
