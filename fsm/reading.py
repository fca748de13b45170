"""Reading ahead: while the person speaks the model evaluates what is known of the prompt already.

That is the system prompt, the conversation so far, and the words that stand. A reply that was cut short or an exchange
that dropped out makes the model read all of it anew; so nobody waits for that in silence. Nothing comes of it but time.
"""

from __future__ import annotations

from pipit.fsm.brain import BrainJob
from pipit.fsm.parts import Jobs
from pipit.fsm.script import Script
from pipit.fsm.turn import Turn

_BATCH = 8
"""Words that make it worth while: a model evaluates sixteen tokens in the time of five, one after the other."""


class ReadingAhead:
    """Hands the model one prompt at a time, in the turn's name: with the turn it ends."""

    def __init__(self, script: Script, brain: Jobs[BrainJob]) -> None:
        self._script, self._brain = script, brain

    def begin(self, turn: Turn) -> None:
        """Somebody begins to speak: read what was before."""
        self._read(turn, "")

    def follow(self, turn: Turn, said: str) -> None:
        """The words so far; the last of them may still become another."""
        words = said.split()[:-1]
        if len(words) >= turn.words_read + _BATCH:
            turn.words_read = len(words)
            self._read(turn, " ".join(words))

    def _read(self, turn: Turn, said: str) -> None:
        step = self._script.foresee(said)
        if step is not None:
            self._brain.offer(BrainJob(turn.id, turn.token, step, speak=False))
