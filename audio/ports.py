"""What the conversation sees of a microphone and of a voice activity detector."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from pipit.audio.frames import Frame


@runtime_checkable
class Microphone(Protocol):
    """A source of frames that sets the pace of everything."""

    def read(self) -> Frame | None:
        """Return the next frame, waiting for it; None when the source has ended for good.

        Raises ``DeviceLost`` when it went away and may come back, again and again until it is back, each time
        after a pause of its own.
        """
        ...

    def close(self) -> None:
        """Let go of the device; a ``read`` that waits returns None."""
        ...


@runtime_checkable
class VoiceActivity(Protocol):
    """Tells speech from everything else, frame by frame."""

    def is_speech(self, frame: Frame) -> bool:
        """Return whether somebody speaks in this frame."""
        ...
