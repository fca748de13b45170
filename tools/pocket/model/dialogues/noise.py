"""Courtesies around what a person wants, and the small slips of a recogniser inside it."""

from __future__ import annotations

from dataclasses import replace

from .choice import Chooser
from .scene import Turn

BEFORE = (
    "please|please|hey pipit|hey pipit|pipit|pipit|um|okay|so|well|hey|and|uh|now|okay pipit|oh|please pipit|listen|"
    "listen pipit|excuse me|hello pipit|right|alright|hmm|er|ah|er well|um well|oh yes|quickly|actually|also|then|"
    "if you can|when you can|if you don't mind|by the way|one more thing|i was wondering|sorry|yes|just|pipit please|"
    "oh pipit|so pipit|now pipit|good now|okay so|and now|tell you what|let me see|you know|i say|hi pipit"
).split("|")
AFTER = (
    "please|please|please|now|pipit|pipit|thanks|then|um|for me|for me please|if you can|if you don't mind|thank you|"
    "okay|please pipit|will you|would you|when you can|if possible|if you please|right now|quickly|again|you know|uh|"
    "if that's okay|my friend|at once|just now|for us|would you please|pipit please|thanks pipit"
).split("|")
FILLERS = ("uh", "um", "er", "like", "well", "the")
WEAK = ("a", "the", "to", "for", "is", "please")
DOUBLED = ("a", "the", "to", "for", "is", "my", "me", "in", "on", "it", "i", "what", "you", "turn", "set")
SLIPS_IN = 0.14  # of the turns that allow it
COURTESY = 0.3


def _slip(words: list[str], choose: Chooser) -> list[str]:
    """One small error: a filler put in, a weak word lost, or a short word doubled."""
    place = choose.between(0, len(words) - 1)
    kind = choose.between(0, 2)
    if kind == 0:
        return [*words[:place], choose.any(FILLERS), *words[place:]]
    if kind == 1:
        weak = [index for index, word in enumerate(words) if word in WEAK]
        if weak:
            place = choose.any(weak)
            return words[:place] + words[place + 1 :]
        return words
    return [*words[: place + 1], *words[place:]] if words[place] in DOUBLED else words


def as_heard(turn: Turn, choose: Chooser) -> Turn:
    """The turn as a recogniser would deliver it; the reply stays as it is."""
    if turn.plain:
        return turn
    words = turn.user.split()
    if choose.chance(SLIPS_IN) and len(words) > 3:
        words = _slip(words, choose)
    if choose.chance(COURTESY):
        words = [choose.any(BEFORE), *words] if choose.chance(0.6) else [*words, choose.any(AFTER)]
    return replace(turn, user=" ".join(words))
