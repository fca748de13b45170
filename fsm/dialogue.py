"""The dialogue: the one owner of the turn machine, of the turn, and of what is remembered.

Everybody else posts events; this thread alone acts on them. ``handle`` can be called without any thread, which
is how the tests drive it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from pipit.audio.clock import AudioClock
from pipit.audio.playback import Played
from pipit.fsm import events as ev
from pipit.fsm.brain import BrainJob
from pipit.fsm.heard import heard_text
from pipit.fsm.inbox import Inbox
from pipit.fsm.machine import State, TurnMachine
from pipit.fsm.memory import Memory
from pipit.fsm.mouth import MouthJob
from pipit.fsm.transcript import is_noise, join
from pipit.fsm.turn import Outcome, Turn, Utterance
from pipit.models.cancel import CancelToken

Subscriber = Callable[[ev.Event], None]
T = TypeVar("T", contravariant=True)


class EarControl(Protocol):
    """What the dialogue asks of the ear."""

    def hold(self, turn: str) -> None:
        """Open an utterance for a turn."""

    def release(self) -> None:
        """End the open utterance."""

    def drop(self) -> None:
        """Forget the open utterance."""

    def gate(self, closed: bool) -> None:
        """Close or open the open microphone."""


class PlaybackControl(Protocol):
    """What the dialogue asks of the playout buffer."""

    def begin(self, turn: str) -> None:
        """Make room for a reply."""

    def flush(self) -> tuple[Played, ...]:
        """Silence at once; tell what was played."""


class Jobs(Protocol[T]):
    """Where the dialogue hands over work, never waiting."""

    def offer(self, item: T) -> bool:
        """Hand over an item if there is room."""
        ...


@dataclass(frozen=True, slots=True)
class DialogueSettings:
    """What the assistant is, and how it takes turns."""

    session: str = "session"
    full_duplex: bool = False
    """Whether speech may interrupt the assistant; needs a headset or an echo-cancelling microphone."""
    apology: str = "Sorry, something went wrong. Please try again."
    longest_text: int = 2_000
    """Characters of a typed turn that are taken."""


class Dialogue:
    """Handles events one by one; publishes what happened, in order, to its subscribers."""

    def __init__(
        self,
        ear: EarControl,
        playback: PlaybackControl,
        brain: Jobs[BrainJob],
        mouth: Jobs[MouthJob],
        clock: AudioClock,
        system_prompt: Callable[[], str],
        settings: DialogueSettings,
    ) -> None:
        self._ear, self._playback, self._brain, self._mouth = ear, playback, brain, mouth
        self._clock, self._system_prompt, self._settings = clock, system_prompt, settings
        self._machine = TurnMachine(self)
        self._subscribers: list[Subscriber] = []
        self._memory = Memory()
        self._turn: Turn | None = None
        self._count = 0
        self._system = ""
        self._backlog: list[ev.Event] = []

    @property
    def state(self) -> State:
        """Where the turn machine stands."""
        return self._machine.state

    @property
    def turn(self) -> Turn | None:
        """The active turn; at most one."""
        return self._turn

    def subscribe(self, subscriber: Subscriber) -> None:
        """Call ``subscriber`` with every published event, in this thread; it must not wait."""
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
        self._handle(event)
        while self._backlog:
            self._handle(self._backlog.pop(0))

    def _handle(self, event: ev.Event) -> None:
        if self._is_late(event):
            return
        before = self.state
        match event:
            case ev.EarEvent():
                accepted = self._from_ear(event)
            case ev.Clause() | ev.ReplyDone() | ev.PlaybackDone() | ev.Failed():
                accepted = self._from_workers(event)
            case ev.FirstToken() | ev.ClauseVoiced() | ev.PlaybackStarted() | ev.ClauseSpoken() | ev.Prompted():
                accepted = self._milestone(event)
            case _:
                accepted = self._from_outside(event)
        if not accepted:
            self._publish(ev.Ignored(event=event.name, state=before.value, turn=event.turn))

    def _is_late(self, event: ev.Event) -> bool:
        if isinstance(event, ev.EarEvent) and not isinstance(event, ev.SpeechStarted):
            return self._turn is None or event.utterance not in self._turn.utterances
        return bool(event.turn) and (self._turn is None or event.turn != self._turn.id)

    def _from_outside(self, event: ev.Event) -> bool:
        match event:
            case ev.ButtonDown():
                return self._fire("press", event)
            case ev.ButtonUp():
                return self._fire("release", event)
            case ev.TextTyped():
                return bool(event.text.strip()) and self._fire("text", event)
            case ev.Send():
                return self._fire("send", event)
            case ev.Cancel():
                return self._fire("cancel", event)
            case ev.MicLost():
                return self._fire("mic_lost", event)
            case ev.MicBack():
                return self._fire("mic_back", event)
        raise TypeError(f"no event of the union: {event!r}")

    def _from_ear(self, event: ev.EarEvent) -> bool:
        if isinstance(event, ev.SpeechStarted):
            return self._speech_started(event)
        assert self._turn is not None  # noqa: S101 - _is_late has seen to it
        turn = self._turn
        match event:
            case ev.PartialTranscript():
                self._publish(event)
                return True
            case ev.Endpoint():
                turn.heard_speech(event.utterance, event.start, event.end)
                turn.mark("endpoint", event.stamp)
                if not self._fire("endpoint", event):
                    self._publish(event)  # the button had ended it already
                return True
            case ev.FinalTranscript():
                return self._transcribed(turn, event)
            case ev.Settled():
                turn.mark("endpoint", event.stamp)
                return event.utterance == max(turn.utterances) and self._fire("send", event)
            case ev.TooLong():
                turn.heard_speech(event.utterance, event.start, event.end)
                turn.error = "utterance-too-long"
                return self._fire("fail", event)
        raise TypeError(f"no event of the union: {event!r}")

    def _speech_started(self, event: ev.SpeechStarted) -> bool:
        if event.turn:
            self._publish(event)  # a button asked for it
        elif self._is_echo() or not self._fire("speech", event):
            self._ear.drop()
            return False
        self._current().utterances[event.utterance] = Utterance(event.start, event.start)
        return True

    def _is_echo(self) -> bool:
        """Half duplex: what an open microphone hears while the assistant speaks is the assistant."""
        return self.state in (State.THINKING, State.SPEAKING) and not self._settings.full_duplex

    def _transcribed(self, turn: Turn, event: ev.FinalTranscript) -> bool:
        utterance = turn.utterances[event.utterance]
        utterance.text, utterance.pcm = event.text, event.pcm
        turn.mark("stt_final", event.stamp)
        if self.state is not State.TRANSCRIBING or not turn.transcribed:
            self._publish(event)  # an earlier part of a turn that goes on
            return True
        return self._fire("noise" if is_noise(self._said(turn)) else "transcript", event)

    def _from_workers(self, event: ev.Event) -> bool:
        match event:
            case ev.Clause():
                return self._fire("clause", event)
            case ev.ReplyDone():
                return self._fire("reply_done", event)
            case ev.PlaybackDone():
                return self._fire("played", event)
            case ev.Failed():
                if self._turn is not None:
                    self._turn.error = event.code
                apologise = event.part == "model" and self.state is State.THINKING
                return self._fire("apology" if apologise else "fail", event)
        raise TypeError(f"no event of the union: {event!r}")

    def _milestone(self, event: ev.Event) -> bool:
        names: dict[type[ev.Event], str] = {
            ev.FirstToken: "llm_first_token",
            ev.ClauseVoiced: "tts_first_audio",
            ev.PlaybackStarted: "first_audio",
        }
        name = names.get(type(event))
        if name and self._turn is not None:
            self._turn.mark(name, event.stamp)
        self._publish(event)
        return True

    # ---- actions of the table, in the order of a turn ------------------------------------------------

    def begin_turn(self, event: ev.Event) -> None:
        """Start a fresh turn."""
        self._count += 1
        self._turn = Turn(f"{self._settings.session}-{self._count:03d}")
        self._turn.began = event.stamp
        self._publish(ev.TurnStarted())
        if isinstance(event, ev.ButtonDown):
            self._ear.hold(self._turn.id)

    def go_on(self, event: ev.Event) -> None:
        """The person had not finished: drop the bet, the words will join."""
        turn = self._current()
        if turn.bet is not None:
            turn.bet.cancel()
        if isinstance(event, ev.ButtonDown):
            self._ear.hold(turn.id)

    def barge_in(self, event: ev.Event) -> None:
        """Silence first, then stop the engines, then listen."""
        played = self._playback.flush()
        turn = self._current()
        turn.barge_in_ms = round(max(self._clock.stamp() - event.stamp, 0.0) * 1000, 2) if event.stamp else 0.0
        self._end(Outcome.INTERRUPTED, played)
        self.begin_turn(event)

    def end_utterance(self, event: ev.Event) -> None:
        """The button was released."""
        self._ear.release()

    def bet(self, event: ev.Event) -> None:
        """Let the model read ahead while the person may still go on."""
        turn = self._current()
        turn.bet = CancelToken()
        turn.token.on_cancel(turn.bet.cancel)
        self._system = self._system_prompt()
        self._ask(turn, turn.bet, speak=False)

    def commit(self, event: ev.Event) -> None:
        """Ask the model."""
        self._commit(self._current())

    def commit_typed(self, event: ev.Event) -> None:
        """Ask the model what was typed."""
        self.begin_turn(event)
        if isinstance(event, ev.TextTyped):
            self._current().typed = " ".join(event.text.split())[: self._settings.longest_text]
        self._system = self._system_prompt()
        self._commit(self._current())

    def speak_first(self, event: ev.Event) -> None:
        """The first clause: from here on it speaks."""
        self._current().mark("first_clause", event.stamp)
        self.speak(event)

    def speak(self, event: ev.Event) -> None:
        """Hand a clause to the voice."""
        turn = self._current()
        if isinstance(event, ev.Clause):
            turn.clauses.append(event.text)
            self._say(turn, event.index, event.text)

    def close_reply(self, event: ev.Event) -> None:
        """The reply has no further clause."""
        turn = self._current()
        turn.complete = True
        self._say(turn, len(turn.clauses), None)

    def apologise(self, event: ev.Event) -> None:
        """The model failed, or said nothing: say so instead of silence."""
        turn = self._current()
        turn.error = turn.error or "empty-reply"
        turn.clauses = [self._settings.apology]
        self._say(turn, 0, self._settings.apology)
        self._say(turn, 1, None)

    def end_done(self, event: ev.Event) -> None:
        """Everything was heard."""
        turn = self._current()
        self._end(Outcome.FAILED if turn.error else Outcome.DONE, None)

    def end_empty(self, event: ev.Event) -> None:
        """Nothing but noise or fillers."""
        self._end(Outcome.EMPTY, None)

    def end_failed(self, event: ev.Event) -> None:
        """Something broke, or the utterance had no end."""
        turn = self._current()
        turn.error = turn.error or "microphone-lost"
        self._ear.drop()
        self._end(Outcome.FAILED, self._playback.flush())

    def end_interrupted(self, event: ev.Event) -> None:
        """Told to stop."""
        self._ear.drop()
        self._end(Outcome.INTERRUPTED, self._playback.flush())

    # ---- helpers -------------------------------------------------------------------------------------

    def _current(self) -> Turn:
        if self._turn is None:
            raise RuntimeError("the table lets an action run without a turn")
        return self._turn

    def _said(self, turn: Turn) -> str:
        return turn.typed or join(u.text or "" for u in turn.utterances.values())

    def _commit(self, turn: Turn) -> None:
        self._playback.begin(turn.id)
        self._ask(turn, turn.token, speak=True)

    def _ask(self, turn: Turn, token: CancelToken, speak: bool) -> None:
        exchanges = self._memory.snapshot()
        job = BrainJob(turn.id, token, self._system, exchanges, self._said(turn), speak)
        if not self._brain.offer(job) and speak:
            self._overloaded(turn, "model")

    def _say(self, turn: Turn, index: int, text: str | None) -> None:
        if not self._mouth.offer(MouthJob(turn.id, turn.token, index, text)):
            self._overloaded(turn, "voice")

    def _overloaded(self, turn: Turn, part: str) -> None:
        turn.error = f"{part}-overloaded"
        # not now, in the middle of a transition, but before the next event
        self._backlog.append(ev.Failed(turn=turn.id, part=part, code=turn.error, message=f"the {part} is overloaded"))

    def _end(self, outcome: Outcome, played: tuple[Played, ...] | None) -> None:
        turn, self._turn = self._current(), None
        turn.token.cancel()
        said = self._said(turn)
        heard = turn.reply.strip() if played is None else heard_text(turn.clauses, played)
        if outcome in (Outcome.DONE, Outcome.INTERRUPTED) and said and not is_noise(said):
            self._memory.remember(said, heard)
        self._publish(ev.TurnEnded(turn=turn.id, record=turn.record(outcome, said, heard)))

    def _fire(self, trigger: str, event: ev.Event) -> bool:
        before = self.state
        if not self._machine.allows(trigger):
            return False
        self._publish(event)
        self._machine.fire(trigger, event)
        if self.state is not before:
            if not self._settings.full_duplex:
                self._ear.gate(self.state in (State.THINKING, State.SPEAKING))
            self._publish(ev.StateChanged(source=before.value, dest=self.state.value))
        return True

    def _publish(self, event: ev.Event) -> None:
        if event.internal:
            return
        turn = event.turn or (self._turn.id if self._turn else "")
        stamped = replace(event, session=self._settings.session, turn=turn, at=event.at or self._clock.samples)
        for subscriber in self._subscribers:
            subscriber(stamped)
