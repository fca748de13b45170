"""The plain conversation: everything that is said goes to the model, with what was said and heard before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipit.fsm.events import Event
from pipit.fsm.memory import Memory
from pipit.fsm.script import ANYTHING, Ask, Listening, Quiet, Reads, Step, Wait
from pipit.fsm.transcript import hangs
from pipit.fsm.turn import TurnRecord


class Chat:
    """A ``Script`` without a session: it remembers, and forgets with the process."""

    def __init__(self, system_prompt: Callable[[], str]) -> None:
        self._system_prompt = system_prompt
        self._memory = Memory()
        self._foreseen: str | None = None

    def heard(self, said: str, pcm: bytes) -> Step:
        """Ask the model."""
        system = self._foreseen or self._system_prompt()
        self._foreseen = None
        return Ask(system, self._memory.snapshot(), said)

    def foresee(self, said: str) -> Ask | None:
        """Ask the same, in the same words, should the clock move on meanwhile."""
        self._foreseen = self._system_prompt()
        return Ask(self._foreseen, self._memory.snapshot(), said)

    def reads(self, said: str) -> Reads:
        """Only a word that wants another tells anything here."""
        return Reads.UNFINISHED if hangs(said) else Reads.OPEN

    def judged(self, text: str | None) -> Step:
        """Nothing is ever judged."""
        return Quiet()

    def ended(self, record: TurnRecord, counts: bool) -> None:
        """Remember what was said, and of the reply what was heard."""
        if counts:
            self._memory.remember(record.transcript, record.heard)

    def next(self) -> Step | Wait:
        """Wait: a conversation never begins by itself."""
        return Wait()

    def timed_out(self) -> None:
        """Nothing is waited for."""

    def order(self, verb: str, argument: str) -> None:
        """Forget everything on ``stop``; nothing else is understood."""
        if verb == "stop":
            self._memory = Memory()

    def listening(self) -> Listening:
        """Anything may be said."""
        return ANYTHING

    def settle(self) -> Sequence[Event]:
        """Nothing is kept."""
        return ()
