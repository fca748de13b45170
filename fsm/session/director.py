"""The director: leads one session through its phases, whoever steers it: voice, button or console.

It decides which phase runs and when the session rests or ends; what happens within a phase is the matter of the
phase's player. Everything it does is an event; what is not an event is lost with the process, and may be.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipit.audio.frames import RATE
from pipit.fsm.flow.condition import holds, parse
from pipit.fsm.script import Ask, Listening, Quiet, Reads, Speak, Step, Wait
from pipit.fsm.session import events as se
from pipit.fsm.session.cast import player_for
from pipit.fsm.session.commands import Command, command_of
from pipit.fsm.session.items import listed
from pipit.fsm.session.orders import obey
from pipit.fsm.session.phases import END, PhaseMachine, chosen
from pipit.fsm.session.player import AtTheBeginning, Player
from pipit.fsm.session.scene import Scene
from pipit.fsm.session.summary import believable, summary_of, summary_wanted
from pipit.fsm.transcript import hangs
from pipit.fsm.turn import TurnRecord

TIMEOUT_S = 20.0
RETRIES = 2


class Director:
    """A ``Script`` for one session."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._machine = PhaseMachine(scene.flow, END if scene.state.ended else scene.state.phase)
        self._player: Player | None = player_for(self.scene) if scene.state.phase else None
        self._agenda: list[Step] = []
        self._deadline: int | None = None
        self._prompted = False
        self._unasked = 0
        """Phases entered since the person last spoke."""

    @property
    def over(self) -> bool:
        """Whether the session has ended or been put aside, and everything about that is said."""
        return bool(self.scene.state.ended or self.scene.state.paused == "stopped") and not self._agenda

    @property
    def player(self) -> Player:
        """The running phase's player; raises ``RuntimeError`` before the session has begun."""
        if self._player is None:
            raise RuntimeError("the session has not begun")
        return self._player

    # ---- beginning, resuming, ending -----------------------------------------------------------------

    def begin(self, minutes: float = 0.0) -> None:
        """Start the session with its first phase; ``next`` says its first words."""
        flow = self.scene.flow
        self.scene.emit(se.SessionStart(flow=flow.flow, title=flow.title, minutes=minutes or flow.minutes or 0.0))
        self.plan(self._enter(flow.phases[0].name))

    def resume(self) -> None:
        """Go on where the session was, and say where that is."""
        self.scene.emit(se.Resumed())
        self._deadline = None
        if self.scene.phase.kind != "open":
            self.say(f"We were at {self.scene.where()}.", self.player.repeat())

    def stop(self) -> None:
        """Put the session aside; one that asks for nothing, or is at its end, ends."""
        asks = self.scene.phase.kind in ("checklist", "interview")
        if self.end(forced=not asks):
            self.scene.emit(se.Paused(reason="stopped"))
            self._agenda = [Speak("Stopped. I have kept everything; start it again to go on.")]

    def end(self, *, forced: bool) -> str:
        """End the session from its last phase, or wherever it is when ``forced``; returns why not."""
        last = self._machine.allowed() == (END,) and not self.player.lacking().required
        if not (last or forced):
            return f"it is at {self.scene.where()}, which is not the end"
        self._close("complete" if last else "stopped", forced=not last)
        asks = self.scene.phase.kind in ("checklist", "interview")
        closing = (
            "Ended before its end. I have kept everything." if asks and not last else self._closing("That is the end.")
        )
        self._agenda = [Speak(closing), *self._sum_up()]
        return ""

    def _closing(self, otherwise: str) -> str:
        return self.scene.fill(self.scene.flow.closing) or otherwise

    def _close(self, reason: str, *, forced: bool) -> None:
        self.scene.emit(se.SessionEnd(reason=reason, forced=forced))
        self.scene.emit(se.Summary(text=summary_of(self.scene)))

    def _sum_up(self) -> list[Step]:
        return [wanted] if (wanted := summary_wanted(self.scene)) else []

    # ---- phases --------------------------------------------------------------------------------------

    def _enter(self, name: str) -> Step | None:
        self._machine.go(name)
        return self._begin_phase(name)

    def _begin_phase(self, name: str) -> Step | None:
        self.scene.emit(se.PhaseStart(phase=name, index=self.scene.flow.index(name)))
        self._prompted, self._deadline = False, None
        self._player = player_for(self.scene)
        return self._player.enter()

    def complete(self, override: str = "") -> None:
        """Complete the running phase: refused, with what is missing, unless there is a reason to override it."""
        lacking = self.player.lacking()
        if lacking.required and not override:
            verb = "is" if len(lacking.required) == 1 else "are"
            self.say(f"Not yet: {listed(lacking.required)} {verb} missing.", self.player.repeat())
            return
        warning = f"Left out: {listed(lacking.optional)}." if lacking.optional else ""
        self.plan(self._leave(warning, override))

    def _completed(self, before: str) -> Step:
        """The player has nothing more to ask: let the model speak if the phase says so, then go on."""
        prompt = self.scene.phase.prompt
        if prompt and self.scene.phase.kind == "checklist" and not self._prompted:
            self._prompted = True
            facts = " ".join(part for part in (self.scene.system, self.scene.facts()) if part)
            return self._first(before, Ask(facts, (), self.scene.fill(prompt)))
        return self._leave(before)

    def _leave(self, before: str, override: str = "") -> Step:
        phase = self.scene.phase
        dest = chosen(self.scene.flow, phase.name, lambda rule: holds(parse(rule), self.scene.state.values()))
        said = " ".join(part for part in (before, self.scene.fill(phase.next_step)) if part)
        self._unasked += 1
        if self._unasked > 2 * len(self.scene.flow.phases):
            return self._park("flow-circle", "This flow goes round in circles. I keep your place.")
        self._machine.go(dest)
        self.scene.emit(se.PhaseTransition(source=phase.name, dest=dest, override=override))
        if dest == END:
            self._close("complete", forced=False)
            self._agenda += self._sum_up()
            return Speak(f"{said} {self._closing('That was all. Thank you.')}".strip())
        if dest in self.scene.state.way:  # a rule leads back to it; going back and forth again is no such thing
            self.scene.forget(dest)
        return self._first(said, self._begin_phase(dest))

    def _park(self, code: str, why: str) -> Step:
        self.scene.emit(se.SessionError(code=code, message=why))
        self.scene.emit(se.Paused(reason="parked"))
        return Speak(why)

    def _first(self, text: str, step: Step | None) -> Step:
        """Say a text before a step, in one breath where that can be."""
        if step is None:
            return Speak(text) if text else Quiet()
        if not text:
            return step
        if isinstance(step, Speak):
            return Speak(f"{text} {step.text}")
        self._agenda.insert(0, step)
        return Speak(text)

    def say(self, text: str, step: Step | None = None) -> None:
        """Plan to say a text and then do a step."""
        self.plan(self._first(text, step))

    def plan(self, step: Step | None) -> None:
        """Plan to do a step before anything else that is planned."""
        if step is not None and not isinstance(step, Quiet):
            self._agenda.insert(0, step)

    # ---- the script ----------------------------------------------------------------------------------

    def heard(self, said: str, pcm: bytes) -> Step:
        """Take a command or an answer."""
        self._deadline = None
        self._unasked = 0
        if self.scene.state.ended:
            return Quiet()
        command = None if self._awake() and self.player.wants(said) else command_of(said)
        if command is not None:
            self.order(command.verb, command.argument)
            return self._pop() or Quiet()
        if self.scene.state.paused == "asked":
            return Speak("We are paused. Say continue to go on.")
        if self.scene.state.paused:
            self.scene.emit(se.Resumed())
        return self._from_player(self.player.heard(said, pcm))

    def _awake(self) -> bool:
        return not self.scene.state.paused and not self.scene.state.ended

    def judged(self, text: str | None) -> Step:
        """Hand the player what the model made of an answer, or keep it as the summary."""
        if self.scene.state.ended:
            if text and believable(text, self.scene):
                self.scene.emit(se.Summary(text=f"{self.scene.state.summary} {' '.join(text.split())}"))
            return Quiet()
        return self._from_player(self.player.judged(text))

    def _from_player(self, step: Step | None) -> Step:
        if step is not None:
            return step
        before, self.player.parting = self.player.parting, ""
        return self._completed(before)

    def reads(self, said: str) -> Reads:
        """Tell whether the words so far can be all."""
        if self._awake() and self.player.complete(said):
            return Reads.COMPLETE
        return Reads.UNFINISHED if hangs(said) else Reads.OPEN

    def foresee(self, said: str) -> Ask | None:
        """Return what the model would be asked to say."""
        if not self._awake() or command_of(said):
            return None
        return self.player.foresee(said)

    def ended(self, record: TurnRecord, counts: bool) -> None:
        """Keep what was said and heard, and what failed."""
        if record.error:
            self.scene.emit(se.SessionError(code=record.error, message="the turn failed", recoverable=True))
        if self._player is not None and not self.scene.state.ended:
            self._player.ended(record)
        if record.transcript or record.heard:
            said, heard, outcome = record.transcript, record.heard, str(record.outcome)
            self.scene.emit(se.TurnKept(turn=record.turn_id, said=said, heard=heard, outcome=outcome, counts=counts))

    def next(self) -> Step | Wait:
        """Say what is planned, go on by itself, or wait for the person."""
        planned = self._pop()
        if planned is not None:
            return planned
        if not self._awake():
            return Wait()
        step = self.player.next()
        if isinstance(step, Wait):
            return step if step.until is not None else Wait(self._answer_due())
        return self._from_player(step)

    def _pop(self) -> Step | None:
        return self._agenda.pop(0) if self._agenda else None

    def _answer_due(self) -> int | None:
        seconds = self.player.listen.timeout_s
        if seconds is None and self.scene.phase.kind == "open":
            return None
        if self._deadline is None:
            self._deadline = self.scene.now + round((seconds or TIMEOUT_S) * RATE)
        return self._deadline

    def timed_out(self) -> None:
        """Nobody answered: ask again, leave it out, or keep the place for later."""
        if not self._awake() or self._deadline is None or self.scene.now < self._deadline:
            return  # a guided phase's own time
        self._deadline = None
        player, listen = self.player, self.player.listen
        self.scene.emit(se.TimedOut(phase=self.scene.state.phase, item=player.item))
        most = RETRIES if listen.retries is None else listen.retries
        if listen.on_timeout in (None, "repeat") and self.scene.state.retries <= most:
            self.plan(player.repeat())
        elif listen.on_timeout == "park" or not player.give_up():
            self.scene.emit(se.Paused(reason="parked"))
            self._agenda = [Speak("I keep your place. Talk to me when you are back.")]
        else:
            self.plan(player.repeat())

    def order(self, verb: str, argument: str) -> None:
        """Do what a command says."""
        self._deadline = None
        if not self.scene.state.ended:
            obey(self, Command(verb, argument))

    def settle(self) -> Sequence[se.SessionEvent]:
        """Return what happened since the last time; whoever holds the director writes it down."""
        news, self.scene.news = self.scene.news, []
        return news

    def listening(self) -> Listening:
        """Return what may be said now."""
        return self.player.listening() if self._awake() and self._player else Listening()

    def pass_over(self) -> None:
        """Skip what is being asked, if that may be."""
        self.plan(self._from_player(self.player.skip()))

    def back(self) -> Step | None:
        """Return to what was asked before, in the phase before if need be."""
        try:
            return self.player.back()
        except AtTheBeginning:
            return self._phase_back()

    def _phase_back(self) -> Step | None:
        source, way = self.scene.phase.name, self.scene.state.way
        if len(way) < 2:
            return self._first("This is the beginning.", self.player.repeat())
        before = way[-2]
        self._machine.go(before, back=True)
        self.scene.emit(se.PhaseTransition(source=source, dest=before))
        step = self._begin_phase(before)
        try:
            return self.player.back()
        except AtTheBeginning:
            return step
