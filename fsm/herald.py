"""What the ear tells the dialogue: each event with the sample at which it is told."""

from __future__ import annotations

from collections.abc import Callable

from pipit.audio.clock import AudioClock
from pipit.audio.frames import RATE
from pipit.fsm import events as ev
from pipit.fsm.take import Take

Post = Callable[[ev.Event], None]


class Herald:
    """Posts the ear's events. ``now`` is the sample that the ear has come to; it moves it on."""

    def __init__(self, post: Post, clock: AudioClock) -> None:
        self._post, self._clock = post, clock
        self.now = 0

    def started(self, take: Take) -> None:
        """Speech began, or a button was pressed."""
        onset = take.opened / RATE  # whoever interrupts did so with the first sound, not when it was taken for speech
        utterance, turn = take.utterance, take.turn
        self._post(ev.SpeechStarted(utterance=utterance, turn=turn, start=take.opened, at=self.now, stamp=onset))

    def partial(self, take: Take) -> None:
        """The words so far are others than before."""
        event = ev.PartialTranscript(utterance=take.utterance, turn=take.turn, text=take.partial, at=self.now)
        self._post(event)

    def paused(self, take: Take) -> None:
        """The person may have finished; all the words so far."""
        self._post(ev.SpeechPaused(utterance=take.utterance, turn=take.turn, text=take.partial, at=self.now))

    def ended(self, take: Take, start: int, end: int) -> None:
        """Speech ended; it lasted from sample ``start`` to ``end``."""
        utterance, turn, stamp = take.utterance, take.turn, self._clock.stamp()
        self._post(ev.Endpoint(utterance=utterance, turn=turn, start=start, end=end, at=self.now, stamp=stamp))

    def words(self, take: Take, text: str, pcm: bytes) -> None:
        """The words of an utterance, and its sound."""
        utterance, turn, stamp = take.utterance, take.turn, self._clock.stamp()
        self._post(ev.FinalTranscript(utterance=utterance, turn=turn, text=text, pcm=pcm, at=self.now, stamp=stamp))

    def settled(self, utterance: int) -> None:
        """Nobody spoke on within the hold-off."""
        self._post(ev.Settled(utterance=utterance, at=self.now, stamp=self._clock.stamp()))

    def too_long(self, take: Take, start: int, end: int) -> None:
        """Nobody speaks for so long: it is a noise."""
        self._post(ev.TooLong(utterance=take.utterance, turn=take.turn, start=start, end=end, at=self.now))

    def failed(self, take: Take | None, code: str, message: str) -> None:
        """Something broke; the utterance is gone."""
        turn = take.turn if take else ""
        self._post(ev.Failed(turn=turn, part="ear", code=code, message=message, at=self.now))

    def time_up(self) -> None:
        """The alarm is due, and nobody speaks."""
        self._post(ev.TimeUp(at=self.now))

    def lost(self, reason: str) -> None:
        """The microphone is gone."""
        self._post(ev.MicLost(reason=reason, at=self.now))

    def back(self) -> None:
        """The microphone is there again."""
        self._post(ev.MicBack(at=self.now))
