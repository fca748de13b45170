"""What the dialogue makes of the ear's events: whose speech it is, when it is over, and whether it means anything."""

from __future__ import annotations

from collections.abc import Callable

from pipit.audio.clock import AudioClock
from pipit.audio.frames import RATE
from pipit.fsm import events as ev
from pipit.fsm.actions import Actions
from pipit.fsm.machine import State, TurnMachine
from pipit.fsm.parts import DialogueSettings, EarControl
from pipit.fsm.script import Reads, Script
from pipit.fsm.transcript import is_noise
from pipit.fsm.turn import Turn, Utterance


class Hearing:
    """Decides, in the dialogue's thread; ``fire`` runs a trigger of the table, ``publish`` tells the world."""

    def __init__(
        self,
        actions: Actions,
        machine: TurnMachine,
        ear: EarControl,
        script: Script,
        clock: AudioClock,
        settings: DialogueSettings,
        fire: Callable[[str, ev.Event], bool],
        publish: Callable[[ev.Event], None],
    ) -> None:
        self._actions, self._machine, self._ear, self._script = actions, machine, ear, script
        self._clock, self._settings, self._fire, self._publish = clock, settings, fire, publish

    def take(self, event: ev.EarEvent) -> bool:
        """Act on one event; False when it counts for nothing."""
        if isinstance(event, ev.SpeechStarted):
            return self._started(event)
        turn = self._actions.current  # there is one: events of a turn that is over do not come so far
        match event:
            case ev.PartialTranscript() | ev.SpeechPaused():
                return self._so_far(turn, event)
            case ev.Endpoint():
                turn.heard_speech(event.utterance, event.start, event.end)
                turn.mark("endpoint", event.stamp)
                if turn.awaited or not self._fire("endpoint", event):
                    self._publish(event)  # the button has ended it already, or is pressed again
                return True
            case ev.FinalTranscript():
                return self._transcribed(turn, event)
            case ev.Settled():
                return self._settled(turn, event)
            case ev.TooLong():
                turn.heard_speech(event.utterance, event.start, event.end)
                turn.error = "utterance-too-long"
                return self._fire("fail", event)
        raise TypeError(f"no event of the union: {event!r}")

    def _started(self, event: ev.SpeechStarted) -> bool:
        if event.turn:
            turn = self._actions.current
            turn.awaited = max(turn.awaited - 1, 0)
            if event.utterance not in turn.utterances:
                self._publish(event)  # a button asked for it
        elif self.deaf or self._is_overtaken() or not self._fire("speech", event):
            self._ear.drop(event.utterance)
            return False
        self._actions.current.utterances.setdefault(event.utterance, Utterance(event.start, event.start))
        return True

    @property
    def deaf(self) -> bool:
        """Half duplex: what an open microphone hears while the assistant speaks is the assistant.

        What it works out unasked and for itself, such as a summary, is nothing to wait for.
        """
        turn, state = self._actions.turn, self._machine.state
        aside = turn is not None and turn.judging and not turn.said
        replying = state is State.SPEAKING or (state is State.THINKING and not aside)
        return replying and not self._settings.full_duplex

    def _is_overtaken(self) -> bool:
        """A button was pressed just then: the ear will open an utterance for it instead, pre-roll included."""
        return self._actions.turn is not None and self._actions.turn.awaited > 0

    def _so_far(self, turn: Turn, event: ev.PartialTranscript | ev.SpeechPaused) -> bool:
        """Read ahead while somebody speaks, think ahead at a pause; at other words than were bet on, drop the bet."""
        said, betting = turn.said_with(event.utterance, event.text), self._actions.betting
        if isinstance(event, ev.PartialTranscript):
            if turn.bet is not None and turn.bet.said != said:
                betting.drop(turn)
            self._actions.reading.follow(turn, said)
        elif self._machine.state is State.LISTENING:
            if not is_noise(said):
                betting.place(turn, said)
            if not event.turn and self._script.reads(said) is Reads.COMPLETE:
                self._ear.release()  # nobody has to wait for a silence after a plain yes
        self._publish(event)
        return True

    def _transcribed(self, turn: Turn, event: ev.FinalTranscript) -> bool:
        utterance = turn.utterances[event.utterance]
        utterance.text, utterance.pcm = event.text, event.pcm
        turn.mark("stt_final", event.stamp)
        if turn.seconds > self._settings.longest_turn_s and self._machine.allows("fail"):
            turn.error = "turn-too-long"
            return self._fire("fail", event)
        if self._machine.state is not State.TRANSCRIBING or not turn.transcribed:
            self._publish(event)  # an earlier part of a turn that goes on
            return True
        return self._fire("noise" if is_noise(turn.said) else "transcript", event)

    def _settled(self, turn: Turn, event: ev.Settled) -> bool:
        """Nobody went on: answer; after words that want more, wait for them once more."""
        if event.utterance != max(turn.utterances) or not self._machine.allows("send"):
            return True  # it has been sent, or goes on
        if not turn.waited and not turn.held and self._script.reads(turn.said) is Reads.UNFINISHED:
            turn.waited = True
            self._ear.alarm(self._clock.samples + self._settings.patience_ms * RATE // 1000)
            return True
        turn.mark("endpoint", event.stamp)
        return self._fire("send", event)
