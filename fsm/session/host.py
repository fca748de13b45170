"""Who leads: free talk until a session is started, then that session, then free talk again.

Starting a flow that has an unfinished session asks whether to continue it, to restart it, or to begin a new one
beside it. A session that is left for another one rests in the journal, with all it knows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipit.audio.frames import RATE
from pipit.errors import BadInput, PipitError
from pipit.fsm.events import Event
from pipit.fsm.flow.load import read_flow
from pipit.fsm.flow.schema import Flow
from pipit.fsm.script import ANYTHING, Ask, Listening, Quiet, Reads, Script, Speak, Step, Wait
from pipit.fsm.session import events as se
from pipit.fsm.session.around import Library, Surroundings, Wish
from pipit.fsm.session.choice import How, asks, chosen_by, flow_named, start_of
from pipit.fsm.session.commands import command_of
from pipit.fsm.session.director import Director
from pipit.fsm.session.record import Record
from pipit.fsm.session.scene import Scene
from pipit.fsm.session.state import SessionState
from pipit.fsm.session.summary import summary_of
from pipit.fsm.turn import TurnRecord

__all__ = ["Library", "Sessions", "Surroundings"]

LONGEST_TALK = 500
"""Turns of free talk that are taken up again at a start."""
_RETRY_S = 30


class Sessions:
    """A ``Script`` over all sessions; ``home`` is the flow that is led when no other is, if there is one."""

    def __init__(
        self, talk: Script, library: Library, record: Record, around: Surroundings, home: str | None = None
    ) -> None:
        self._talk, self._library, self._record, self._around, self._home = talk, library, record, around, home
        self._director: Director | None = None
        self._wish: tuple[Wish, str] | None = None
        self._agenda: list[Step] = []
        self._news: list[Event] = []

    @property
    def state(self) -> SessionState | None:
        """The session that is led; what it is may be read from any thread."""
        director = self._director
        return director.scene.state if director else None

    @property
    def engaged(self) -> bool:
        """Whether a session is led, or about to be."""
        return self._director is not None or self._wish is not None

    @property
    def goes_on(self) -> bool:
        """Whether it will speak by itself before long, so that nobody should be asked to type."""
        return self._director is not None and self._director.scene.phase.kind == "guided"

    # ---- starting and leaving ------------------------------------------------------------------------

    def start(self, name: str, how: How | None = None, minutes: float = 0.0) -> None:
        """Start a flow, or ask what to do with its unfinished session; raises ``PipitError``.

        A session goes on with the file that it began with, even where that is gone.
        """
        try:
            source = self._library.source(name)
            wish = Wish(read_flow(source, name), source, minutes)
        except PipitError:
            if how in ("restart", "new") or not (rests := self._record.unfinished(name)):
                raise
            self.resume(rests)
            return
        unfinished = self._record.unfinished(wish.flow.flow)
        self._wish = None
        if unfinished is None or how == "new":
            self._begin(wish)
        elif how == "restart" or self._is_long(wish.flow, unfinished):
            self._replace(wish, unfinished)
        elif how == "continue" or _is_open(wish.flow):
            self.resume(unfinished)
        else:
            self.leave()
            self._wish = (wish, unfinished)
            self._agenda.append(Speak(asks(wish.flow, self._record.state(unfinished))))

    def _is_long(self, flow: Flow, session: str) -> bool:
        """Free talk that never ended would take longer to read with every start: after many turns it begins anew."""
        return _is_open(flow) and self._record.state(session).turns >= LONGEST_TALK

    def resume(self, session: str) -> None:
        """Take up a session that rests; raises ``PipitError`` when it has ended, or is led by another process."""
        self.leave()
        self._wish = None
        director = self._take_up(session)
        if director.scene.state.ended:
            self._record.release(session)
            raise BadInput("session-ended", f"the session {session} has ended", "start a new one")
        self._director = director
        director.resume()

    def _take_up(self, session: str) -> Director:
        source, state = self._record.take_up(session)
        return Director(self._scene(read_flow(source, state.flow), session, state))

    def _begin(self, wish: Wish) -> None:
        self.leave()
        session = self._record.begin(wish.flow.flow, wish.flow.title, wish.source)
        self._director = Director(self._scene(wish.flow, session, SessionState()))
        self._director.begin(wish.minutes)

    def _replace(self, wish: Wish, unfinished: str) -> None:
        self.leave()
        before = self._take_up(unfinished)
        before.scene.emit(se.SessionEnd(reason="replaced", forced=True))
        before.scene.emit(se.Summary(text=summary_of(before.scene)))
        self._write(before)
        self._record.release(unfinished)
        self._begin(wish)

    def _scene(self, flow: Flow, session: str, state: SessionState) -> Scene:
        around = self._around
        return Scene(flow, session, state, around.clock, around.today, around.system)

    def leave(self) -> None:
        """Put the session aside that is led now."""
        director, self._director = self._director, None
        if director is None:
            return
        if not director.scene.state.ended and director.scene.state.paused != "stopped":
            director.scene.emit(se.Paused(reason="stopped"))
        self._write(director)
        self._record.release(director.scene.session)

    def _go_home(self) -> None:
        """Lead free talk again; where its session cannot be continued begin another, at the worst without one."""
        self.leave()
        home = self._home
        if home is None or self._attempt(lambda: self.start(home, "continue")):
            return
        if not self._attempt(lambda: self.start(home, "new")):
            self._home = None

    def _attempt(self, work: Callable[[], None]) -> bool:
        try:
            work()
        except PipitError as error:
            self._news.append(se.SessionError(code=error.code, message=str(error)))
            return False
        return True

    @property
    def _is_adrift(self) -> bool:
        """Whether nobody leads, and the home flow should."""
        if self._director is not None:
            state = self._director.scene.state
            return bool(state.ended or state.paused == "stopped")
        return self._home is not None and self._wish is None

    # ---- the script ----------------------------------------------------------------------------------

    def heard(self, said: str, pcm: bytes) -> Step:
        """Let the session answer that is led, unless the words start one."""
        if self._wish is not None:
            return self._choose(*self._wish, said)
        if self._is_adrift:
            self._go_home()
        wanted = flow_named(said, self._library.titles()) if self._is_free else None
        if wanted is not None:
            return self._asked(lambda: self.start(wanted))
        return self._leader.heard(said, pcm)

    @property
    def _is_free(self) -> bool:
        return self._director is None or self._director.scene.phase.kind == "open"

    def _choose(self, wish: Wish, unfinished: str, said: str) -> Step:
        command, how = command_of(said), chosen_by(said)
        if command is not None and command.verb == "stop":
            self._wish = None
            return Speak("All right. It stays as it is.")
        match how:
            case "continue":
                return self._asked(lambda: self.resume(unfinished))
            case "restart":
                return self._asked(lambda: self._replace(wish, unfinished))
            case "new":
                return self._asked(lambda: self._begin(wish))
        return Speak("Please say continue, restart, or new.")

    def _asked(self, work: Callable[[], None]) -> Step:
        """Do what the person asked for, and return the words for it."""
        done = self._attempt(work)
        self._wish = self._wish if done and self._director is None else None
        if not done:
            return Speak("I cannot do that now. Something is wrong with the session.")
        step = self.next()
        return Quiet() if isinstance(step, Wait) else step

    def judged(self, text: str | None) -> Step:
        """Hand it to the session that asked."""
        return self._leader.judged(text)

    @property
    def _leader(self) -> Script:
        return self._director or self._talk

    def reads(self, said: str) -> Reads:
        """Tell whether the words so far can be all."""
        if self._wish is not None:
            return Reads.COMPLETE if chosen_by(said) else Reads.OPEN
        return self._leader.reads(said)

    def foresee(self, said: str) -> Ask | None:
        """Return what the model would be asked."""
        if self._wish is not None or (self._is_free and flow_named(said, self._library.titles())):
            return None
        return self._leader.foresee(said)

    def ended(self, record: TurnRecord, counts: bool) -> None:
        """Let the session take note of the turn."""
        self._leader.ended(record, counts)

    def next(self) -> Step | Wait:
        """Return what is planned, here or by the session; a session that is over gives way."""
        if self._agenda:
            return self._agenda.pop(0)
        step = Wait() if self._wish is not None else self._leader.next()
        if isinstance(step, Wait) and self._is_adrift:
            self._go_home()
            step = self._agenda.pop(0) if self._agenda else self._leader.next()
        return self._not_for_long(step) if isinstance(step, Wait) else step

    def _not_for_long(self, wait: Wait) -> Wait:
        """What could not be written is tried again, even when nobody says anything more."""
        if not self._record.waits:
            return wait
        again = self._around.clock.samples + _RETRY_S * RATE
        return Wait(again if wait.until is None else min(wait.until, again))

    def timed_out(self) -> None:
        """Let the session take note, and try to write what waits."""
        if self._record.waits:
            self._record.retry()
        self._leader.timed_out()

    def order(self, verb: str, argument: str) -> None:
        """Start, resume or steer; raises ``BadInput`` for what cannot be done."""
        if verb == "start":
            name, how, minutes = start_of(argument)
            self.start(name, how, minutes)
        elif verb == "resume" and (argument or self._director is None):
            self.resume(argument or self._record.latest())
        elif verb == "stop" and self._wish is not None:
            self._wish = None
            self._agenda.clear()
        elif self._director is None and verb != "stop":
            raise BadInput("session-none", "there is no session", "start one first")
        else:
            self._leader.order(verb, argument)

    def listening(self) -> Listening:
        """Return how to listen."""
        return ANYTHING if self._wish is not None else self._leader.listening()

    def settle(self) -> Sequence[Event]:
        """Write down what happened, and tell it."""
        if self._director is not None:
            self._write(self._director)
        told, self._news = self._news, []
        return told

    def _write(self, director: Director) -> None:
        scene = director.scene
        notes, scene.notes = scene.notes, []
        news = tuple(director.settle())
        if not (news or notes):
            return
        self._news += news
        error = self._record.write(scene.session, news, notes)
        if error is not None:
            self._told(scene, error)

    def _told(self, scene: Scene, error: PipitError) -> None:
        """An outage is told once, by voice and as an event; the session goes on in memory."""
        self._news.append(se.SessionError(session=scene.session, code=error.code, message=str(error)))
        self._agenda.append(Speak("I cannot write this down at the moment. I go on, and try again."))


def _is_open(flow: Flow) -> bool:
    return all(phase.kind == "open" for phase in flow.phases)
