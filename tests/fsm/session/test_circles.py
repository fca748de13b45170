"""Flows whose rules lead back: a phase asks again, and one that goes round without a question is parked."""

from __future__ import annotations

import yaml

from pipit.fsm.flow.schema import Flow
from pipit.fsm.session import events as se

from .stage import Play

ROUND = """
flow: rounds
title: Rounds
order: free
phases:
  - name: pallet
    collect:
      - {field: pallet, type: number, required: true, ask: "Which pallet?"}
      - {field: more, type: yes-no, required: true, ask: "Another one?"}
    next: [{when: more = yes, to: pallet}, {to: end}]
"""
CIRCLE = """
flow: circle
title: Circle
order: free
phases:
  - name: first
    say: One.
    next: [{to: second}]
  - name: second
    say: Two.
    next: [{to: first}]
"""


def test_a_phase_that_a_rule_leads_back_to_asks_again() -> None:
    play = Play(Flow.model_validate(yaml.safe_load(ROUND)))
    play.answers("four", "yes")
    assert "pallet" not in play.state.values()
    play.answers("nine", "no")
    assert (play.state.ended, play.state.values()) == ("complete", {"pallet": 9, "more": False})
    assert [event.value for event in play.of(se.FieldSet) if event.field == "pallet"] == [4, 9]


def test_a_flow_that_goes_round_in_circles_is_parked_with_a_word() -> None:
    play = Play(Flow.model_validate(yaml.safe_load(CIRCLE)))
    assert play.state.paused == "parked"
    assert [event.code for event in play.of(se.SessionError)] == ["flow-circle"]
    assert "circles" in play.first
