"""A dry run reaches every phase of every shipped flow, and comes to an end."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipit.fsm.flow.load import load_flow
from pipit.fsm.session.dry_run import walks

from .stage import SHIPPED, flow_of


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_phase_is_reached_and_every_walk_ends(path: Path) -> None:
    flow = load_flow(path)
    found = walks(flow)
    assert {name for walk in found for name in walk.path} == {phase.name for phase in flow.phases}
    assert {walk.ended for walk in found} == {"complete"}
    assert all(any(line.who == "assistant" for line in walk.lines) for walk in found)
    assert len({(walk.path, len(walk.lines)) for walk in found}) == len(found), "no walk is told twice"


def test_a_flow_whose_last_phase_asks_for_a_file_ends_too() -> None:
    flow = flow_of("{name: a, artifacts: [{name: photo, kind: file, required: true}]}")
    assert [walk.ended for walk in walks(flow)] == ["complete"]
