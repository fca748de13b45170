"""Recordings in (any rate, width and number of channels) and out (mono 16-bit)."""

from __future__ import annotations

import os
import wave
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from pipit.audio.frames import RATE, Samples
from pipit.errors import BadAudio, Failure

_BLOCK = 16_384
_SHORTEST_RATE, _HIGHEST_RATE = 4_000, 384_000
_MOST_CHANNELS = 32


class WavClip:
    """A recording, read block by block so that an hour of it needs no more memory than a second.

    Raises ``BadAudio`` when the file is missing, is no recording, or holds no sound.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._file = self._open()
        self.rate = int(self._file.samplerate)
        self.channels = int(self._file.channels)
        try:
            self._check()
        except BadAudio:
            self._file.close()
            raise

    @property
    def seconds(self) -> float:
        """Length that the header claims; a truncated file gives less."""
        return float(self._file.frames) / self.rate

    def blocks(self) -> Iterator[Samples]:
        """Yield the whole recording as 16 kHz mono int16 blocks of any length."""
        import soxr

        if self._file.closed:
            self._file = self._open()  # read once more
        resampler = None if self.rate == RATE else soxr.ResampleStream(self.rate, RATE, 1, dtype="float32")
        try:
            for block in self._read():
                mono = block.mean(axis=1, dtype=np.float32) if self.channels > 1 else block[:, 0]
                yield _to_int16(mono if resampler is None else resampler.resample_chunk(mono))
            if resampler is not None:
                yield _to_int16(resampler.resample_chunk(np.zeros(0, np.float32), last=True))
        finally:
            self._file.close()

    def samples(self) -> Samples:
        """Return the whole recording at once."""
        return np.concatenate([np.zeros(0, np.int16), *self.blocks()])

    def _read(self) -> Iterator[Any]:
        import soundfile

        while True:
            try:
                block = self._file.read(_BLOCK, dtype="float32", always_2d=True)
            except soundfile.LibsndfileError as error:
                raise BadAudio("audio-broken", f"{self.path}: {error.error_string}", "record it again") from error
            if not len(block):
                return
            # a float file may hold anything: what is no sound would poison its neighbours in the resampler
            yield np.clip(np.nan_to_num(block, copy=False), -1.0, 1.0, out=block)

    def _open(self) -> Any:
        import soundfile

        try:
            return soundfile.SoundFile(self.path)
        except (soundfile.LibsndfileError, OSError, TypeError, ValueError) as error:
            raise BadAudio("audio-unreadable", f"{self.path}: {self._why()}", "give a WAV recording") from error

    def _why(self) -> str:
        try:
            if not self.path.exists():
                return "no such file"
            if self.path.is_dir():
                return "is a folder"
            with self.path.open("rb") as file:
                head = file.read(4)
        except OSError as error:
            return error.strerror or str(error)
        if not head:
            return "is empty"
        return "its WAV header is broken" if head in (b"RIFF", b"RIFX", b"RF64") else "is not a recording"

    def _check(self) -> None:
        if not _SHORTEST_RATE <= self.rate <= _HIGHEST_RATE:
            hint = f"use {_SHORTEST_RATE} to {_HIGHEST_RATE} Hz"
            raise BadAudio("audio-rate", f"{self.path}: a sample rate of {self.rate} Hz", hint)
        if self.channels > _MOST_CHANNELS:
            raise BadAudio("audio-channels", f"{self.path}: {self.channels} channels", f"use at most {_MOST_CHANNELS}")
        if self._file.frames == 0:
            raise BadAudio("audio-empty", f"{self.path}: holds no sound", "record it again")


def _to_int16(signal: Any) -> Samples:
    return np.asarray(np.clip(np.rint(signal * 32768.0), -32768, 32767), dtype=np.int16)


class WavWriter:
    """A mono 16-bit WAV under construction; the name appears only when it is whole and on the disk."""

    def __init__(self, path: Path, rate: int) -> None:
        self.path = path
        self.samples = 0
        self._part = path.with_name(path.name + ".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._part.open("wb")
        except OSError as error:
            raise Failure("audio-write", f"{path}: {error.strerror}", "choose a folder that can be written") from error
        self._wave = wave.open(self._file, "wb")  # noqa: SIM115 - closed by close()
        self._wave.setnchannels(1)
        self._wave.setsampwidth(2)
        self._wave.setframerate(rate)

    def write(self, samples: Samples) -> None:
        """Append int16 samples."""
        try:
            self._wave.writeframesraw(samples.astype("<i2", copy=False).tobytes())
        except OSError as error:
            raise self._given_up(error) from error
        self.samples += len(samples)

    def close(self) -> None:
        """Finish the header and give the file its name; a second time does nothing."""
        if self._file.closed:
            return
        try:
            self._wave.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._part.replace(self.path)
        except OSError as error:
            raise self._given_up(error) from error

    def _given_up(self, error: OSError) -> Failure:
        """Leave nothing behind: half a recording on a full disk only keeps it full."""
        for give_up in (self._wave.close, self._file.close, self._part.unlink):
            with suppress(OSError, ValueError):
                give_up()
        hint = "make room there, or choose another place"
        return Failure("audio-write", f"{self.path}: {error.strerror}", hint)


def write_wav(path: Path, samples: Samples, rate: int) -> None:
    """Write one whole recording, mono 16-bit, in one step that a pulled plug cannot halve."""
    writer = WavWriter(path, rate)
    writer.write(samples)
    writer.close()
