"""What stays in mind of a session that has ended: a line by rule at once, and a better one by the model."""

from __future__ import annotations

from pipit.fsm.script import Judge
from pipit.fsm.session.scene import Scene
from pipit.models.ports import Message

_SYSTEM = "You sum up a conversation in two short sentences."
_TOKENS = 80
_LONGEST = 1_500


def summary_of(scene: Scene) -> str:
    """Return what is known, by rule: the fields as they are said, the answers, how many turns."""
    fields = [f"{name.replace('_', ' ')}: {scene.say_value(name)}" for name in scene.state.fields]
    answers = [f"{asked.text} {asked.answer}" for asked in scene.state.asked if asked.answer]
    turns = f"{scene.state.turns} turns" if scene.state.turns != 1 else "1 turn"
    return f"{scene.flow.title}, {turns}. {'; '.join([*fields, *answers])}".strip(" .") + "."


def summary_wanted(scene: Scene) -> Judge | None:
    """Ask the model for a summary of what was said and heard; None where nothing was."""
    said = [exchange for exchange in scene.state.exchanges if exchange.said]
    if not said:
        return None
    lines = [line for exchange in said for line in (f"Person: {exchange.said}", f"Assistant: {exchange.heard}")]
    return Judge((Message("system", _SYSTEM), Message("user", "\n".join(lines)[-_LONGEST:])), "", _TOKENS)
