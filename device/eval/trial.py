"""A session of its own for each recording: the flow's first phase listens, hears one sentence and fills its fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pipit.audio import AudioClock
from pipit.errors import BadInput
from pipit.fsm.fields import match
from pipit.fsm.fields.hearing import plain
from pipit.fsm.flow.schema import Flow, Phase
from pipit.fsm.script import Listening
from pipit.fsm.session.director import Director
from pipit.fsm.session.events import Value
from pipit.fsm.session.rehearsal import Rehearsal
from pipit.fsm.session.scene import Scene
from pipit.fsm.session.state import SessionState


class Trial:
    """One session, right after its first question. No model helps: what the parsers cannot read stays empty."""

    def __init__(self, flow: Flow, today: date) -> None:
        clock = AudioClock()
        self._phase = flow.phases[0]
        self._scene = Scene(flow, "eval", SessionState(), clock, lambda: today, str)
        director = Director(self._scene)
        self._talk = Rehearsal(director, clock)
        director.begin()
        self._play_out()
        self.listening: Listening = director.listening()

    def _play_out(self) -> None:
        for _ in self._talk.run_on():
            pass

    def expects(self, said: str) -> bool:
        """Whether the phase's grammar holds a sentence; where free text is asked for, anything is expected."""
        return self.listening.phrase is None or match(self.listening.phrase, plain(said)) is not None

    def told(self, said: str) -> Mapping[str, Value]:
        """Return what the phase's fields hold after a sentence."""
        if said:
            for _ in self._talk.say(said):
                pass
        held = self._scene.state.fields
        return {spec.field: held[spec.field].value for spec in self._phase.collect if spec.field in held}


def first_phase(flow: Flow) -> Phase:
    """Return the phase that is evaluated; raises ``BadInput`` when it has no fields to fill."""
    phase = flow.phases[0]
    if phase.kind != "checklist" or not phase.collect:
        what = f"the first phase of '{flow.flow}', '{phase.name}', collects no fields"
        raise BadInput("eval-phase", what, "give a flow that begins with a checklist")
    return phase
