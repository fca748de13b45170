"""The open phase: free conversation, with all that was said before in mind."""

from __future__ import annotations

from pipit.fsm.flow.schema import Listen
from pipit.fsm.script import Ask, Listening, Speak, Step, Wait
from pipit.fsm.session.player import AtTheBeginning, Lacking
from pipit.fsm.session.scene import Scene
from pipit.fsm.turn import TurnRecord


class Talk:
    """A ``Player``."""

    def __init__(self, scene: Scene) -> None:
        self.parting = ""
        self._scene = scene
        self._phase = scene.phase

    @property
    def item(self) -> str:
        """Nothing is asked for."""
        return ""

    @property
    def listen(self) -> Listen:
        """The phase's settings; a conversation has time unless the file says otherwise."""
        return self._scene.listen()

    def enter(self) -> Step | None:
        """Say the opening words, if there are any, and wait for the person."""
        return Speak(self._scene.fill(self._phase.say)) if self._phase.say else None

    def repeat(self) -> Step | None:
        """Say again what was heard last."""
        exchanges = self._scene.state.exchanges
        return Speak(exchanges[-1].heard if exchanges and exchanges[-1].heard else "I have said nothing yet.")

    def heard(self, said: str, pcm: bytes) -> Step | None:
        """Let the model answer."""
        return self.foresee(said)

    def foresee(self, said: str) -> Ask | None:
        """Return what the model is asked."""
        system = " ".join(part for part in (self._scene.system, self._scene.fill(self._phase.prompt)) if part)
        return Ask(system, self._scene.state.exchanges, said)

    def judged(self, text: str | None) -> Step | None:
        """Nothing is judged here."""
        return None

    def wants(self, said: str) -> bool:
        """No answer is waited for."""
        return False

    def complete(self, said: str) -> bool:
        """Anything may follow."""
        return False

    def ended(self, record: TurnRecord) -> None:
        """What was heard is remembered by the session."""

    def next(self) -> Step | Wait | None:
        """Wait for the person."""
        return Wait()

    def skip(self) -> Step | None:
        """Go on to the next phase."""
        return None

    def back(self) -> Step | None:
        """Return to the phase before."""
        raise AtTheBeginning

    def give_up(self) -> bool:
        """Nobody has to say anything."""
        return False

    def lacking(self) -> Lacking:
        """Nothing is ever missing."""
        return Lacking()

    def listening(self) -> Listening:
        """Anything may be said."""
        return Listening(None, self.listen.silence_ms)
