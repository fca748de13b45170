"""Words said once more: the person's, or the last reply's, all of it or from where it was cut."""

from __future__ import annotations

from . import fillings
from .choice import ways
from .scene import Scene, Turn

AGAIN = ways(
    "say that again | repeat that | pardon | what did you say | what was that | can you repeat that | "
    "one more time | i didn't hear you | once more please | sorry what | say it again | "
    "repeat that please | please repeat",
    held="come again | could you say that again | can you say it again | i did not hear that",
)
REPEAT = ways(
    "repeat after me {} | say {} | repeat {} | please say {} | repeat the words {} | say after me {} | "
    "say the words {}",
    held="say this {} | repeat this sentence {} | now say {}",
)
GO_ON = ways(
    "go on | continue | please continue | and then | what happened next | go on please | keep going | "
    "how does the story go on",
    held="carry on | tell me the rest | continue the story",
)


def repeat(scene: Scene) -> Turn:
    """Say the person's words after them."""
    words = fillings.phrase(scene.choose)
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
