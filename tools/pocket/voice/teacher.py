"""Builds and runs the teacher (`teacher.c`) and reads what it wrote."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

LIBRARIES = ("-lflite_cmu_us_rms", "-lflite_usenglish", "-lflite_cmulex", "-lflite", "-lm")
NAME_BYTES = 8
PHONE = np.dtype([("name", f"S{NAME_BYTES}"), ("end", "<f4")])


@dataclass(frozen=True)
class Utterance:
    """What the teacher would say: phones in time and the vocoder's parameters every 5 ms."""

    phones: list[str]
    ends: np.ndarray  # seconds, one for each phone
    f0: np.ndarray  # Hz, 0 where unvoiced; (frames,)
    cepstra: np.ndarray  # mel-cepstrum c0..c24; (frames, 25)
    strengths: np.ndarray  # voicing of five bands, 0..1; (frames, 5)


def build(source: Path, program: Path) -> None:
    """Compiles the C program."""
    subprocess.run(["cc", "-O2", "-o", str(program), str(source), *LIBRARIES], check=True)


def speak(program: Path, sentences: list[str], out: Path) -> None:
    """Writes one record a sentence to `out`."""
    unfinished = out.with_suffix(".part")
    with unfinished.open("wb") as file:
        subprocess.run([str(program)], input="\n".join(sentences).encode() + b"\n", stdout=file, check=True)
    unfinished.rename(out)


def read(path: Path) -> Iterator[Utterance | None]:
    """The records in order; None where the teacher refused a sentence."""
    data, place = path.read_bytes(), 0

    def take(dtype: np.dtype | str, count: int) -> np.ndarray:
        nonlocal place
        values = np.frombuffer(data, dtype, count, place)
        place += values.nbytes
        return values

    while place < len(data):
        count = int(take("<i4", 1)[0])
        if count == 0:
            yield None
            continue
        phones = take(PHONE, count)
        frames, channels, bands = (int(n) for n in take("<i4", 3))
        track = take("<f4", frames * channels).reshape(frames, channels)
        strengths = take("<f4", frames * bands).reshape(frames, bands)
        names = [name.decode() for name in phones["name"]]
        yield Utterance(names, phones["end"], track[:, 0], track[:, 1:], strengths)
