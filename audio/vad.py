"""Voice activity: WebRTC's detector behind the port, and a scripted one for tests."""

from __future__ import annotations

from collections.abc import Iterable

from pipit.audio.frames import RATE, Frame
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


class ScriptedActivity:
    """Answers from a list, then silence; for tests of timing without sound."""

    def __init__(self, answers: Iterable[bool]) -> None:
        self._answers = iter(answers)

    def is_speech(self, frame: Frame) -> bool:
        """Return the next answer of the script."""
        return next(self._answers, False)
