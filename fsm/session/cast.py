"""Who plays a phase: one player for each kind."""

from __future__ import annotations

from collections.abc import Callable

from pipit.fsm.session.checklist import Checklist
from pipit.fsm.session.guided import Guided
from pipit.fsm.session.interview import Interview
from pipit.fsm.session.player import Player
from pipit.fsm.session.scene import Scene
from pipit.fsm.session.talk import Talk

PLAYERS: dict[str, Callable[[Scene], Player]] = {
    "checklist": Checklist,
    "interview": Interview,
    "guided": Guided,
    "open": Talk,
}


def player_for(scene: Scene) -> Player:
    """Return a player for the phase that runs."""
    return PLAYERS[scene.phase.kind](scene)
