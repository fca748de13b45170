"""Short sounds that say what no light can to somebody who looks elsewhere. Made by code, the same every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np

from pipit.audio import RATE, Samples
from pipit.fsm import events as ev
from pipit.fsm.machine import State
from pipit.fsm.turn import Outcome, TurnRecord

LEVEL = 10 ** (-20 / 20)
"""Peak, as a part of full scale: softer than the voice."""
_ATTACK_S, _FADE_S, _DECAY_S = 0.008, 0.015, 0.12
_OVERTONE = 0.15


class Earcon(Enum):
    """What a sound says."""

    LISTENING = "listening"
    DONE = "done"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Note:
    """A tone that may glide; pitches in hertz."""

    seconds: float
    pitch: float
    glides_to: float | None = None


_NOTES = {
    Earcon.LISTENING: (Note(0.06, 587.3), Note(0.06, 880.0)),
    Earcon.DONE: (Note(0.14, 659.3, 440.0),),
    Earcon.ERROR: (Note(0.1, 293.7), Note(0.14, 220.0)),
}


@lru_cache(maxsize=16)
def earcon(kind: Earcon, rate: int = RATE) -> Samples:
    """Return a sound at ``rate`` samples per second, read-only."""
    sound = np.concatenate([_note(note, rate) for note in _NOTES[kind]])
    sound *= LEVEL * 32767 / np.abs(sound).max()
    samples: Samples = np.round(sound).astype(np.int16)
    samples.setflags(write=False)
    return samples


def _note(note: Note, rate: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    t = np.arange(round(note.seconds * rate)) / rate
    end = note.pitch if note.glides_to is None else note.glides_to
    phase = 2 * np.pi * (note.pitch * t + (end - note.pitch) * t**2 / (2 * note.seconds))
    # rounded at both ends, so that nothing clicks
    rise = np.sin(np.pi / 2 * np.minimum(t / _ATTACK_S, 1)) ** 2
    fall = np.sin(np.pi / 2 * np.minimum(t[::-1] / _FADE_S, 1)) ** 2
    tone = (np.sin(phase) + _OVERTONE * np.sin(2 * phase)) * np.exp(-t / _DECAY_S) * rise * fall
    return np.asarray(tone, np.float64)


class Earcons:
    """Subscribes to the dialogue. ``play(samples, rate)`` must not wait.

    Nothing is played into an open microphone that a voice, or a noise, has opened: it would hear the sound, take
    it for speech, find no words in it and sound again.
    """

    def __init__(self, play: Callable[[Samples, int], object], enabled: bool = True, rate: int = RATE) -> None:
        self._play, self._enabled, self._rate = play, enabled, rate
        self._pressed = False
        """Whether a button began, or took part in, the turn."""
        self._complained = False
        """One error sound until somebody does something or a turn goes well, or a fault could sound for ever."""

    def __call__(self, event: ev.Event) -> None:
        """Take one published event."""
        match event:
            case ev.ButtonDown():
                self._pressed, self._complained = True, False
            case ev.TextTyped():
                self._complained = False
            case ev.StateChanged(source=State.IDLE.value, dest=State.LISTENING.value) if self._pressed:
                self._sound(Earcon.LISTENING)
            case ev.StateChanged(dest=State.IDLE.value):
                self._pressed = False
            case ev.MicLost():
                self._complain()
            case ev.TurnEnded():
                self._ended(event.record)
            case _:
                pass

    def _ended(self, record: TurnRecord) -> None:
        match record.outcome:
            case Outcome.FAILED if not record.heard or record.heard != record.reply:
                self._complain()  # an apology that was heard to its end says it better
            case Outcome.EMPTY if self._pressed:
                self._sound(Earcon.DONE)
            case Outcome.DONE:
                self._complained = False

    def _complain(self) -> None:
        if not self._complained:
            self._complained = True
            self._sound(Earcon.ERROR)

    def _sound(self, kind: Earcon) -> None:
        if self._enabled:
            self._play(earcon(kind, self._rate), self._rate)
