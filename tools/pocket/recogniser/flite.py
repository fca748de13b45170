"""flite's voices through our small C program, which also tells where each phone ended."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path
from types import TracebackType

import numpy as np

_SOURCE = Path(__file__).with_name("flite_phones.c")
_LIBRARIES = [f"flite_cmu_us_{voice}" for voice in ("awb", "kal16", "rms", "slt")]
_LIBRARIES += ["flite_usenglish", "flite_cmulex", "flite", "m"]


def compile_speaker(folder: Path) -> Path:
    """Compile the C program into `folder` and return its path."""
    program = folder / "flite_phones"
    if not program.exists():
        links = [f"-l{name}" for name in _LIBRARIES]
        subprocess.run(["cc", "-O2", str(_SOURCE), "-o", str(program), *links], check=True)
    return program


class Flite:
    """One running speaker process; use it as a context manager."""

    def __init__(self, program: Path) -> None:
        self._process = subprocess.Popen([str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Flite:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()

    def speak(
        self, text: str, voice: str, stretch: float, pitch: float
    ) -> tuple[np.ndarray, int, list[tuple[str, float]]]:
        """Return int16 samples, the sample rate, and flite's phones with their ends in seconds.

        `stretch` multiplies durations, `pitch` the fundamental frequency (rms ignores it).
        """
        if self._process.stdin is None:
            raise RuntimeError("the speaker has no input")
        self._process.stdin.write(f"{voice}\t{stretch:.3f}\t{pitch:.3f}\t{text}\n".encode())
        self._process.stdin.flush()
        rate, count, phone_count = struct.unpack("=iii", self._read(12))
        phones = []
        for _ in range(phone_count):
            name, end = struct.unpack("=8sf", self._read(12))
            phones.append((name.rstrip(b"\0").decode(), end))
        return np.frombuffer(self._read(2 * count), np.int16), rate, phones

    def _read(self, size: int) -> bytes:
        if self._process.stdout is None:
            raise RuntimeError("the speaker has no output")
        data = self._process.stdout.read(size)
        if len(data) != size:
            raise RuntimeError("flite_phones stopped in the middle of a sentence")
        return data
