"""Somebody who speaks: one of the shipped recordings, from the first to the last frame that is taken for speech."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from pipit.audio import FRAME_BYTES, FRAME_SAMPLES, AboveFloor, Frame, VoiceActivity, WavClip, WebRtcActivity

DEMO = Path(__file__).resolve().parents[1] / "demo"


def activity() -> VoiceActivity:
    """Return the assistant's own voice activity, which all rigs share."""
    return AboveFloor(WebRtcActivity(2))


@lru_cache(maxsize=8)
def spoken(name: str = "what_is_my_name") -> tuple[bytes, ...]:
    """Return the frames of a recording without the silence around them."""
    pcm = np.concatenate(list(WavClip(DEMO / f"{name}.wav").blocks()))
    frames = tuple(_frames(pcm.astype("<i2").tobytes()))
    hears = activity()
    speech = [index for index, frame in enumerate(frames) if hears.is_speech(Frame(index, frame))]
    return frames[max(speech[0] - 3, 0) : speech[-1] + 1]


def _frames(pcm: bytes) -> Iterator[bytes]:
    for start in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES):
        yield pcm[start : start + FRAME_BYTES]


def seconds(frames: tuple[bytes, ...]) -> float:
    """Return how long they are."""
    return len(frames) * FRAME_SAMPLES / 16_000
