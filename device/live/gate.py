"""A microphone that can be muted, and that can be made to hear a recording instead."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import numpy as np

from pipit.audio import FRAME_SAMPLES, Frame, Microphone, WavClip
from pipit.audio.frames import SILENCE
from pipit.errors import BadAudio

_LONGEST_S = 120.0


class Gate:
    """Stands between the device and the ear; the device goes on setting the pace."""

    def __init__(self, inner: Microphone) -> None:
        self.muted = False
        self._inner = inner
        self._clip: deque[bytes] = deque()

    def read(self) -> Frame | None:
        """Return the next frame: of the recording that plays, silence when muted, else the device's."""
        frame = self._inner.read()
        if frame is None:
            return None
        if self._clip:
            return Frame(frame.index, self._clip.popleft())
        return Frame(frame.index, SILENCE) if self.muted else frame

    def close(self) -> None:
        """Let go of the device."""
        self._inner.close()

    def play(self, path: Path) -> None:
        """Hear a recording from the next frame on; raises ``BadAudio`` when it cannot be read or is long."""
        clip = WavClip(path)
        if clip.seconds > _LONGEST_S:
            raise BadAudio("audio-long", f"{path}: {clip.seconds:.0f} s long", f"play at most {_LONGEST_S:.0f} s")
        samples = clip.samples()
        padded = np.pad(samples, (0, -len(samples) % FRAME_SAMPLES)).astype("<i2")
        self._clip.extend(bytes(part.tobytes()) for part in padded.reshape(-1, FRAME_SAMPLES))
