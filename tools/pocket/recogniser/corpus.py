"""A set of utterances on disk: all samples in one file, the rest in one line of JSON each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

SAMPLE_RATE = 16000


@dataclass(frozen=True)
class Utterance:
    """What was said, by which voice, which phones end when (seconds), and where its samples lie."""

    text: str
    voice: str
    labels: list[tuple[str, float]]
    start: int
    count: int


class CorpusWriter:
    """Appends utterances; `index.jsonl` appears only when all are written, so a torn corpus is made again."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._audio = (folder / "audio.i16").open("wb")
        self._index: list[str] = []
        self.samples = 0

    def add(self, samples: np.ndarray, text: str, voice: str, labels: list[tuple[str, float]]) -> None:
        """Add int16 samples at 16 kHz."""
        self._audio.write(samples.astype(np.int16).tobytes())
        rounded = [(name, round(end, 4)) for name, end in labels]
        self._index.append(json.dumps(asdict(Utterance(text, voice, rounded, self.samples, len(samples)))))
        self.samples += len(samples)

    def close(self) -> None:
        """Finish the corpus."""
        self._audio.close()
        (self._folder / "index.jsonl").write_text("\n".join(self._index) + "\n")


class Corpus:
    """Reads what `CorpusWriter` wrote."""

    def __init__(self, folder: Path) -> None:
        self._audio = np.memmap(folder / "audio.i16", dtype=np.int16, mode="r")
        lines = (folder / "index.jsonl").read_text().splitlines()
        self.utterances = [Utterance(**json.loads(line)) for line in lines]

    @staticmethod
    def exists(folder: Path) -> bool:
        """Tell whether a finished corpus lies in `folder`."""
        return (folder / "index.jsonl").exists()

    def samples(self, utterance: Utterance) -> np.ndarray:
        """Return an utterance's int16 samples."""
        return np.array(self._audio[utterance.start : utterance.start + utterance.count])

    def __iter__(self) -> Iterator[tuple[Utterance, np.ndarray]]:
        for utterance in self.utterances:
            yield utterance, self.samples(utterance)
