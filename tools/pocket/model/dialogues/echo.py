"""Words said once more: the person's, or the last reply's, all of it or from where it was cut."""

from __future__ import annotations

from . import errands
from .choice import ways
from .scene import Scene, Turn

AGAIN = ways("again")
REPEAT = ways("say after me")
GO_ON = ways("go on")


def repeat(scene: Scene) -> Turn:
    """Say the person's words after them."""
    words = errands.phrase(scene.choose)
    return Turn("repeat", scene.choose.way(REPEAT).format(words), f"Okay, {words}.", plain=True)


def again(scene: Scene) -> Turn | None:
    """Say the last reply once more, all of it even if it was cut."""
    last = scene.turns[-1] if scene.turns else None
    if last is None or not last.taught:
        return None
    return Turn("again", scene.choose.way(AGAIN), last.reply, plain=True)


def go_on(scene: Scene) -> Turn | None:
    """Take a story up again, at the sentence in which it was cut."""
    last = scene.turns[-1] if scene.turns else None
    if last is None or last.kind != "story" or last.heard is None or last.heard.endswith(last.reply[-12:]):
        return None
    start = max(last.reply.rfind(mark, 0, len(last.heard)) + 1 for mark in ".?!")
    return Turn("go on", scene.choose.way(GO_ON), last.reply[start:].strip(), plain=True)
