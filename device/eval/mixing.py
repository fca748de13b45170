"""Speech in noise at a wanted distance, the way the published figures for the coffee orders were made.

The energy of speech and of noise is that of their loudest 2,048 samples: what lies between the words does not
count, and a clatter counts as loud as it is.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipit.audio import RATE, Samples, WavClip
from pipit.errors import BadInput

FRAME = 2_048
_HALF_SCALE = 0.5 * 32_768
Signal = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Noise:
    """A recording of noise; every speech gets a stretch of it, the same one in every run and at every SNR."""

    name: str
    samples: Samples
    seed: int

    def stretch(self, name: str, length: int) -> Samples:
        """Return the stretch for the recording ``name``; raises ``BadInput`` when there is not so much noise."""
        spare = len(self.samples) - length
        if spare < 0:
            told = f"{self.name} lasts {len(self.samples) / RATE:.1f} s, {name} needs {length / RATE:.1f} s of it"
            raise BadInput("noise-short", told, "give a longer recording of noise")
        start = int(np.random.default_rng([self.seed, zlib.crc32(name.encode())]).integers(spare + 1))
        return self.samples[start : start + length]


def read_noise(path: Path, seed: int) -> Noise:
    """Read a recording of noise; raises ``BadAudio``, or ``BadInput`` when it is silent."""
    samples = WavClip(path).samples()
    if not samples.any():
        raise BadInput("noise-silent", f"{path} is silent", "give a recording of noise")
    return Noise(path.name, samples, seed)


def loudest(signal: Signal) -> float:
    """Return the energy of the loudest frame."""
    whole = np.pad(signal, (0, -len(signal) % FRAME)).reshape(-1, FRAME)
    return float(np.square(whole).sum(axis=1).max(initial=0.0))


def mix(speech: Samples, noise: Samples, snr_db: float) -> Samples:
    """Return speech in as long a stretch of noise, the loudest sample at half of full scale."""
    voice, room = speech.astype(np.float64), noise.astype(np.float64)
    energy = loudest(room)
    gain = np.sqrt(loudest(voice) / energy / 10 ** (snr_db / 10)) if energy else 0.0
    both = voice + gain * room
    peak = float(np.abs(both).max(initial=0.0))
    return np.rint(both * (_HALF_SCALE / peak if peak else 1.0)).astype(np.int16)


def snrs(text: str) -> tuple[float, ...]:
    """Read ``6,12,24``; raises ``BadInput``."""
    try:
        found = tuple(dict.fromkeys(float(each) for each in text.split(",")))
    except ValueError:
        found = ()
    if not found or not all(-60 <= each <= 120 for each in found):
        raise BadInput(
            "snr", f"--snr '{text}' is no list of decibels", "write numbers from -60 to 120, such as 6,12,24"
        )
    return found
