"""What several tests of the recogniser let it hear, and how."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import numpy as np
import pytest
import soxr

from pipit.models import Recognizer
from pipit.models.phrases import Alt, Opt, Seq, Slot, Words

PEOPLE = Path(os.environ.get("PIPIT_RECORDINGS", Path(__file__).parents[3] / "shared" / "recordings"))
people = pytest.mark.skipif(not PEOPLE.exists(), reason=f"no recordings in {PEOPLE} (set PIPIT_RECORDINGS)")


def any_of(*texts: str) -> Alt:
    return Alt(tuple(Words(text) for text in texts))


ANSWER = any_of("yes", "no", "yes please", "no thanks")
TRUCK = Seq((Opt(any_of("truck", "number")), Slot("truck", any_of("seven", "nine", "twelve"))))
DIGIT = any_of(*"zero one two three four five six seven eight nine".split())
CARD = Seq((Opt(DIGIT), any_of("ten", "queen", "seven"), Words("of"), any_of("clubs", "hearts")))


def chunks(pcm: bytes, step: int = 1_920) -> list[bytes]:
    return [pcm[start : start + step] for start in range(0, len(pcm), step)]


def hear(recognizer: Recognizer, pcm: bytes, step: int = 1_920) -> str:
    for chunk in chunks(pcm, step):
        recognizer.feed(chunk)
    return recognizer.final()


def clip(path: Path) -> bytes:
    with wave.open(str(path)) as file:
        rate, sound = file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), "<i2")
    if rate != 16_000:
        sound = soxr.resample(sound.astype(np.float32), rate, 16_000).clip(-32768, 32767)
    return np.pad(sound, 4_000).astype("<i2").tobytes()
