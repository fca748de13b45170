"""One recording through the ear of a live session, without threads and faster than it was spoken.

By default the button is held for as long as the recording lasts: each is one answer, cut out by whoever recorded
it, and the engines whose figures are published heard it whole too. With the open microphone it lies in a
stretch of room instead, and where it starts and ends is for voice activity and endpointing to find.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipit.audio import FRAME_SAMPLES, RATE, AboveFloor, AudioClock, Frame, Samples, WebRtcActivity
from pipit.device.settings import Listen
from pipit.errors import EngineError
from pipit.fsm import Ear
from pipit.fsm import events as ev
from pipit.fsm.script import Listening
from pipit.fsm.transcript import is_noise
from pipit.models import Recognizer

_ROOM_S = 1.0
"""Heard before the speech, so that the level of the room is known."""
_AFTER_S = 5.0
"""Heard after everything that may be waited for: in a noisy room silence is not found at once."""
_TURN = "eval"


class Listener:
    """A recogniser with an ear around it; one recording at a time."""

    def __init__(self, recognizer: Recognizer, listen: Listen, *, open_mic: bool) -> None:
        self.recognizer = recognizer
        self._listen = listen.model_copy(update={"open_mic": open_mic})

    def hear(self, samples: Samples, listening: Listening) -> str:
        """Return the words of the first turn that has some; raises ``EngineError`` when the ear fails."""
        events: list[ev.Event] = []
        activity = AboveFloor(WebRtcActivity(self._listen.aggressiveness))
        ear = Ear(_NoMicrophone(), activity, self.recognizer, AudioClock(), events.append, self._listen.ear())
        self.recognizer.reset()  # speech that never ended in the recording before is no part of this one
        ear.expect(listening)
        quiet = np.zeros(FRAME_SAMPLES, np.int16)
        if self._listen.open_mic:
            _play(ear, samples, 0)
        else:
            _play(ear, quiet, 0)  # between utterances it takes up what is expected
            ear.hold(_TURN)
            at = _play(ear, samples, 1)
            ear.release()
            _play(ear, quiet, at)
        return _first_words(events)


def room_s(listening: Listening, listen: Listen) -> tuple[float, float]:
    """Return how many seconds of room the open microphone needs before and after speech to find both its ends."""
    waits_ms = (listening.silence_ms or listen.silence_ms) + listen.hold_off_ms + listen.start_window_ms
    return _ROOM_S, waits_ms / 1000 + _AFTER_S


def room_around(samples: Samples, listening: Listening, listen: Listen) -> Samples:
    """Return a recording with as much room around it."""
    before, after = room_s(listening, listen)
    return np.pad(samples, (round(before * RATE), round(after * RATE)))


class _NoMicrophone:
    """The frames are handed to the ear, which never reads."""

    def read(self) -> Frame | None:
        return None

    def close(self) -> None:
        """There is nothing to close."""


def _play(ear: Ear, samples: Samples, index: int) -> int:
    """Let the ear hear samples from the frame ``index`` on; returns the next frame's."""
    for frame in _frames(samples, index):
        ear.hear(frame)
        index = frame.index + 1
    return index


def _frames(samples: Samples, index: int) -> Iterator[Frame]:
    whole = np.pad(samples, (0, -len(samples) % FRAME_SAMPLES)).astype("<i2").reshape(-1, FRAME_SAMPLES)
    for number, row in enumerate(whole, start=index):
        yield Frame(number, row.tobytes())


def _first_words(events: list[ev.Event]) -> str:
    """Return what the dialogue would have taken for the person's words: parts joined until the silence settles."""
    said: list[str] = []
    for event in events:
        match event:
            case ev.Failed():
                raise EngineError(event.code, event.message)
            case ev.FinalTranscript():
                said.append(event.text)
            case ev.TooLong():
                said.clear()
            case ev.Settled():
                words = " ".join(each for each in said if each)
                if not is_noise(words):
                    return words
                said.clear()
    return ""
