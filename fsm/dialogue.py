"""The dialogue: the one owner of the turn machine, of the turn, and of what is remembered.

Everybody else posts events; this thread alone acts on them. ``handle`` can be called without any thread, which
is how the tests drive it. Here is decided whether an event counts; what is then done is in ``actions.py``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from pipit.audio.clock import AudioClock
from pipit.fsm import events as ev
from pipit.fsm.actions import Actions
from pipit.fsm.bet import BetStatistics
from pipit.fsm.brain import BrainJob
from pipit.fsm.careful import Careful
from pipit.fsm.hearing import Hearing
from pipit.fsm.inbox import Inbox
from pipit.fsm.machine import State, TurnMachine
from pipit.fsm.mouth import MouthJob
from pipit.fsm.parts import DialogueSettings, EarControl, Jobs, PlaybackControl
from pipit.fsm.script import ANYTHING, Script, Wait
from pipit.fsm.turn import Turn

__all__ = ["Dialogue", "DialogueSettings", "EarControl", "Jobs", "PlaybackControl", "Subscriber"]

Subscriber = Callable[[ev.Event], None]

_OF_A_TURN = (
    ev.EarEvent,
    ev.Prompted,
    ev.FirstToken,
    ev.Clause,
    ev.ReplyDone,
    ev.Judged,
    ev.NothingToSay,
    ev.ClauseVoiced,
    ev.PlaybackStarted,
    ev.ClauseSpoken,
    ev.PlaybackDone,
    ev.Failed,
)
"""What ear, brain, mouth and speaker say of a turn: while it is suspended, it waits."""


class Dialogue:
    """Handles events one by one; publishes what happened, in order, to its subscribers."""

    def __init__(
        self,
        ear: EarControl,
        playback: PlaybackControl,
        brain: Jobs[BrainJob],
        mouth: Jobs[MouthJob],
        clock: AudioClock,
        script: Script,
        settings: DialogueSettings,
    ) -> None:
        self._script = Careful(script, self._publish)
        self._listening = ANYTHING
        self._ear, self._clock, self._settings = ear, clock, settings
        self._backlog: deque[ev.Event] = deque()
        self._deferred: list[ev.Event] = []
        self._pressed_in_vain = False
        self._outgoing: deque[ev.Event] = deque()
        self._subscribers: list[Subscriber] = []
        self._actions = Actions(
            ear, playback, brain, mouth, clock, self._script, settings, self._publish, self._backlog.append
        )
        self._machine = TurnMachine(self._actions)
        self._hearing = Hearing(
            self._actions, self._machine, ear, self._script, clock, settings, self._fire, self._publish
        )

    @property
    def state(self) -> State:
        """Where the turn machine stands."""
        return self._machine.state

    @property
    def turn(self) -> Turn | None:
        """The active turn; at most one."""
        return self._actions.turn

    @property
    def bets(self) -> BetStatistics:
        """How often it paid to think ahead."""
        return self._actions.betting.statistics

    def subscribe(self, subscriber: Subscriber) -> None:
        """Call ``subscriber`` with every published event, in this thread; it must not wait.

        It is called once everything that an event leads to is done: nobody who listens can delay silence.
        """
        self._subscribers.append(subscriber)

    def run(self, inbox: Inbox[ev.Event]) -> None:
        """Handle events until the inbox closes."""
        while (event := inbox.get()) is not None:
            try:
                self.handle(event)
            finally:
                inbox.done()

    # ---- events --------------------------------------------------------------------------------------

    def handle(self, event: ev.Event) -> None:
        """Act on one event; late callbacks of turns that are over do nothing."""
        self._backlog.append(event)
        while self._backlog:
            self._handle(self._backlog.popleft())
        self._tell()
        self._settle()
        self._tell()

    def _tell(self) -> None:
        """Tell what happened; of a session only what is written down, so what is told is never lost."""
        while self._outgoing:
            published = self._outgoing.popleft()
            for subscriber in self._subscribers:
                subscriber(published)

    def _settle(self) -> None:
        """What the person waits for is under way: now the session writes itself down, and the ear is told."""
        for event in self._script.settle():
            self._publish(event)
        listening = self._script.listening()
        if listening is not self._listening and listening != self._listening:
            self._ear.expect(listening)
        self._listening = listening

    def _handle(self, event: ev.Event) -> None:
        if self._waits(event):
            self._deferred.append(event)
            return
        if self._is_late(event):
            return
        if isinstance(event, ev.WorkerEvent) and event.bet and not self._is_called(event):
            self._actions.betting.hold(self._actions.current, event)
            return
        before = self.state
        match event:
            case ev.EarEvent():
                accepted = self._hearing.take(event)
            case ev.Clause() | ev.ReplyDone() | ev.PlaybackDone() | ev.Failed() | ev.Judged() | ev.NothingToSay():
                accepted = self._from_workers(event)
            case ev.FirstToken() | ev.ClauseVoiced() | ev.PlaybackStarted() | ev.ClauseSpoken() | ev.Prompted():
                accepted = self._milestone(event)
            case ev.TimeUp() | ev.Free() | ev.SessionOrder():
                accepted = self._from_script(event)
            case _:
                accepted = self._from_outside(event)
        if not accepted:
            self._publish(ev.Ignored(of=event.name, state=before.value, turn=event.turn))

    def _is_called(self, event: ev.WorkerEvent) -> bool:
        bet = self.turn.bet if self.turn else None
        return bet is not None and bet.number == event.bet and bet.called

    def _waits(self, event: ev.Event) -> bool:
        """Whether an event is about a turn that is suspended: it is acted on, in its order, when that goes on."""
        if self.state is not State.SUSPENDED or self.turn is None:
            return False
        released = isinstance(event, ev.ButtonUp) and not self._pressed_in_vain
        return released or isinstance(event, _OF_A_TURN)

    def _is_late(self, event: ev.Event) -> bool:
        if isinstance(event, ev.EarEvent) and not isinstance(event, ev.SpeechStarted):
            return self.turn is None or event.utterance not in self.turn.utterances
        return bool(event.turn) and (self.turn is None or event.turn != self.turn.id)

    def _from_outside(self, event: ev.Event) -> bool:
        match event:
            case ev.ButtonDown():
                accepted = self._fire("press", event)
                self._pressed_in_vain = not accepted and self.state is State.SUSPENDED
                return accepted
            case ev.ButtonUp():
                in_vain, self._pressed_in_vain = self._pressed_in_vain, False
                return not in_vain and self._fire("release", event)
            case ev.TextTyped():
                return bool(event.text.strip()) and self._fire("text", event)
            case ev.Say():
                return any(c.isalnum() for c in event.text) and self._fire("say", event)
            case ev.Send():
                return self._fire("send", event)
            case ev.Cancel():
                self._deferred.clear()
                return self.turn is not None and self._fire("cancel", event)
            case ev.MicLost():
                return self._fire("mic_lost", event)
            case ev.MicBack():
                return self._fire("mic_back", event) and self._catch_up()
            case ev.SpeakerLost() | ev.SpeakerBack():
                self._publish(event)  # the playout buffer is pulled, or is not: no state changes
                return True
        raise TypeError(f"no event of the union: {event!r}")

    def _from_script(self, event: ev.Event) -> bool:
        """Let the script say what comes next, unless something is under way: then it is asked after that."""
        if isinstance(event, ev.SessionOrder):
            if self.turn is not None:
                self._deferred.clear()
                self._fire("cancel", event)
            self._publish(event)
            self._script.order(event.verb, event.argument)
        elif isinstance(event, ev.TimeUp) and self.state is State.PENDING:
            return self._fire("send", event)
        elif isinstance(event, ev.TimeUp) and self.state is State.IDLE:
            self._script.timed_out()
        if self.state is State.IDLE:
            self._go_on()
        return True

    def _go_on(self) -> None:
        step = self._script.next()
        if isinstance(step, Wait):
            self._ear.alarm(step.until)
            return
        self._ear.alarm(None)
        self._actions.planned = step
        self._fire("unasked", ev.Unasked())

    def _catch_up(self) -> bool:
        self._backlog.extendleft(reversed(self._deferred))
        self._deferred.clear()
        return True

    def _from_workers(self, event: ev.Event) -> bool:
        complete = self.turn is not None and self.turn.complete
        match event:
            case ev.Clause():
                return not complete and self._fire("clause", event)
            case ev.ReplyDone():
                return not complete and self._fire("reply_done", event)
            case ev.PlaybackDone():
                return complete and self._fire("played", event)
            case ev.Judged():
                return self._fire("judged", event)
            case ev.NothingToSay():
                return self._fire("nothing", event)
            case ev.Failed():
                return self._failed(event)
        raise TypeError(f"no event of the union: {event!r}")

    def _failed(self, event: ev.Failed) -> bool:
        replying = self.state in (State.THINKING, State.SPEAKING)
        if self.turn is None or (event.part == "ear" and replying):
            return False  # the words of this turn are taken: an ear that fails now does it no harm
        if event.part == "model" and self.turn.judging and self.state is State.THINKING:
            self._publish(event)
            return self._fire("judged", ev.Judged(turn=event.turn, text=None))
        self.turn.error = event.code
        apologise = event.part == "model" and self.state is State.THINKING
        return self._fire("apology" if apologise else "fail", event)

    def _milestone(self, event: ev.Event) -> bool:
        names: dict[type[ev.Event], str] = {
            ev.FirstToken: "llm_first_token",
            ev.ClauseVoiced: "tts_first_audio",
            ev.PlaybackStarted: "first_audio",
        }
        name = names.get(type(event))
        if name and self.turn is not None:
            self.turn.mark(name, event.stamp)
        self._publish(event)
        return True

    def _fire(self, trigger: str, event: ev.Event) -> bool:
        before = self.state
        if not self._machine.allows(trigger):
            return False
        self._publish(event)
        self._machine.fire(trigger, event)
        if self.state is not before:
            if not self._settings.full_duplex and self.state is not State.SUSPENDED:
                self._ear.gate(self._hearing.deaf)
            self._publish(ev.StateChanged(source=before.value, dest=self.state.value))
            if self.state is State.IDLE:
                self._backlog.append(ev.Free())
        return True

    def _publish(self, event: ev.Event) -> None:
        if event.internal:
            return
        turn = event.turn or (self.turn.id if self.turn else "")
        at = event.at or self._clock.samples
        self._outgoing.append(replace(event, session=event.session or self._settings.session, turn=turn, at=at))
