"""Voice activity: WebRTC's detector behind the port, and a scripted one for tests."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

import numpy as np

from pipit.audio.frames import FRAME_MS, FRAME_SAMPLES, RATE, Frame
from pipit.audio.ports import VoiceActivity
from pipit.errors import BadConfig


class WebRtcActivity:
    """WebRTC's detector (Gaussian mixtures over six bands), 2–5 µs a frame.

    ``aggressiveness`` 0 lets nearly everything pass as speech, 3 only what is surely speech.
    """

    def __init__(self, aggressiveness: int = 2) -> None:
        import webrtcvad

        if not 0 <= aggressiveness <= 3:
            raise BadConfig("vad-aggressiveness", f"voice activity aggressiveness {aggressiveness}", "use 0, 1, 2 or 3")
        self._vad = webrtcvad.Vad(aggressiveness)

    def is_speech(self, frame: Frame) -> bool:
        """Return whether the frame holds speech."""
        return bool(self._vad.is_speech(frame.pcm, RATE))


class AboveFloor:
    """Lets only such speech pass as stands above the noise of the room.

    Detectors of speech take a fan or a kettle for a voice that never pauses. The floor follows the level down
    at once and up slowly (minimum tracking): a voice, which dips between its syllables, hardly lifts it, and
    steady noise reaches it within seconds.
    """

    def __init__(self, inner: VoiceActivity, margin_db: float = 4.0, rise_db_per_s: float = 3.0) -> None:
        self._inner = inner
        self._margin: float = 10 ** (margin_db / 20)
        self._rise: float = 10 ** (rise_db_per_s * FRAME_MS / 1000 / 20)
        self._floor = 0.0

    def is_speech(self, frame: Frame) -> bool:
        """Return whether the frame holds speech that stands out."""
        signal = np.frombuffer(frame.pcm, _INT16).astype(np.float32)
        level = sqrt(float(signal.dot(signal)) / FRAME_SAMPLES)
        # the detector takes the onset of any sound for a voice, that of the room at the first frame too
        self._floor = self._floor or max(min(level, _ROOM), _QUIET)
        stands_out = level >= self._floor * self._margin
        self._floor = max(min(self._floor * self._rise, level), _QUIET)
        return stands_out and self._inner.is_speech(frame)


_INT16 = np.dtype("<i2")
"""Made once: to read it anew for every frame is a third of the cost of a level."""
_QUIET = 20.0
"""Root mean square, of 32768, of a room that is as quiet as rooms with microphones get: -64 dB of full scale."""
_ROOM = 300.0
"""A first frame that is louder is somebody speaking already, not the room."""


class ScriptedActivity:
    """Answers from a list, then silence; for tests of timing without sound."""

    def __init__(self, answers: Iterable[bool]) -> None:
        self._answers = iter(answers)

    def is_speech(self, frame: Frame) -> bool:
        """Return the next answer of the script."""
        return next(self._answers, False)
