"""The two halves of a voice that can speak piece by piece, made once and kept beside it."""

from __future__ import annotations

import json
import mmap
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipit.models.cache import fingerprint, tell
from pipit.models.frame_decoder import FrameDecoder, Grain, find_grain
from pipit.models.onnx_cut import SPEAKER, Parts, cut
from pipit.models.onnx_session import Session, Stop

_ENCODER, _DECODER, _FACTS = "encoder.onnx", "decoder.onnx", "facts.json"
_MARKS = (b"dec/conv_pre", b"dec.conv_pre")


@dataclass(frozen=True, slots=True)
class VoiceParts:
    """Both halves, loaded."""

    encoder: Session
    decoder: FrameDecoder
    network: Session
    """What the decoder runs."""

    def under(self, stop: Stop) -> None:
        """Let ``stop`` end every run from now on."""
        self.encoder.under(stop)
        self.network.under(stop)


def open_parts(path: Path, threads: int, cache: Path | None) -> VoiceParts | None:
    """Load the halves of the voice in ``path``, making them when they are not there; None for a voice of one piece.

    They are kept in a hidden folder beside the voice, or in ``cache`` where that cannot be written; where neither
    can, they are made at every start.
    """
    if not _may_be_cut(path):
        return None
    folders = [base / _name(path) for base in (path.parent / ".pipit", cache and cache / "voices") if base]
    for folder in folders:
        if (folder / _FACTS).is_file():
            try:
                return _load(folder, threads)
            except Exception as error:  # onnxruntime's own types are not public
                tell("voice-parts-ignored", folder, error)
                shutil.rmtree(folder, ignore_errors=True)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        parts = cut(memoryview(data))
    return None if parts is None else _make(parts, folders, threads)


def _may_be_cut(path: Path) -> bool:
    """Look for the decoder's name before anything is parsed."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return any(data.find(mark) >= 0 for mark in _MARKS)


def _name(path: Path) -> str:
    import onnxruntime

    return f"{path.stem}-{fingerprint(path, onnxruntime.__version__)}"


def _load(folder: Path, threads: int) -> VoiceParts | None:
    facts = json.loads((folder / _FACTS).read_text("utf-8"))
    if not facts["overlap"]:
        return None
    encoder = Session(folder / _ENCODER, threads, optimised=True)
    decoder = Session(folder / _DECODER, threads)
    grain = Grain(int(facts["overlap"]), int(facts["hop"]))
    return VoiceParts(encoder, FrameDecoder(decoder, str(facts["frames"]), grain), decoder)


def _make(parts: Parts, folders: list[Path], threads: int) -> VoiceParts | None:
    with _new_folder(folders, len(parts.encoder) + len(parts.decoder)) as new:
        encoder = Session(parts.encoder, threads, keep=new and new / _ENCODER)
        decoder = Session(parts.decoder, threads)
        frames = encoder.run(None, inputs_of(encoder, [1] * 8, (0.0, 1.0, 0.0), 0))[0]
        grain = find_grain(decoder, parts.frames, frames.shape[1], speaker_of(decoder, 0))
        if new:
            facts = {"frames": parts.frames, "overlap": grain.overlap if grain else 0, "hop": grain.hop if grain else 0}
            (new / _FACTS).write_text(json.dumps(facts), "utf-8")
            (new / _DECODER).write_bytes(parts.decoder)
    return VoiceParts(encoder, FrameDecoder(decoder, parts.frames, grain), decoder) if grain else None


def inputs_of(session: Session, ids: Sequence[int], scales: tuple[float, float, float], speaker: int) -> dict[str, Any]:
    """Return the inputs of a whole voice or its encoder: symbols; scales of noise, length and jitter of durations."""
    return {
        "input": np.array([ids], np.int64),
        "input_lengths": np.array([len(ids)], np.int64),
        "scales": np.array(scales, np.float32),
        **speaker_of(session, speaker),
    }


def speaker_of(session: Session, speaker: int) -> dict[str, Any]:
    """Return the speaker as an input, if the network asks for one."""
    return {SPEAKER: np.array([speaker], np.int64)} if SPEAKER in session.inputs else {}


@contextmanager
def _new_folder(folders: list[Path], need: int) -> Iterator[Path | None]:
    """Give an empty folder that becomes, whole or not at all, the first of ``folders`` with room for ``need`` bytes."""
    for folder in folders:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            new = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
        except OSError:
            continue
        try:
            if shutil.disk_usage(new).free > 2 * need:
                yield new
                _publish(new, folder)
                return
        finally:
            shutil.rmtree(new, ignore_errors=True)
    yield None


def _publish(new: Path, folder: Path) -> None:
    """Move ``new`` to its place, once it is safe from a power cut, and drop what was made of older versions."""
    for file in new.iterdir():
        with file.open("rb") as written:
            os.fsync(written.fileno())
    new.chmod(0o755)
    with suppress(OSError):  # another process was faster
        new.rename(folder)
    stem = folder.name.rpartition("-")[0]
    for other in folder.parent.glob(f"{stem}-*"):
        if other != folder and len(other.name) == len(folder.name):
            shutil.rmtree(other, ignore_errors=True)
