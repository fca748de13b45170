"""Hearing with the unchanged `vosk`, as the assistant does, or with pocketsphinx, and counting what was misheard."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pocketsphinx
import vosk

from corpus import SAMPLE_RATE

vosk.SetLogLevel(-1)


class Listener:
    """A Vosk model and one recogniser at a time."""

    def __init__(self, folder: Path) -> None:
        self._model = vosk.Model(str(folder))

    def hear(self, samples: np.ndarray, phrases: list[str] | None = None, chunk_seconds: float = 0.1) -> str:
        """Return the words heard in int16 samples at 16 kHz, all segments joined; `phrases` restrict them."""
        arguments = [] if phrases is None else [json.dumps(phrases)]
        recogniser = vosk.KaldiRecognizer(self._model, SAMPLE_RATE, *arguments)
        chunk = int(chunk_seconds * SAMPLE_RATE)
        heard = []
        for start in range(0, len(samples), chunk):
            if recogniser.AcceptWaveform(samples[start : start + chunk].astype(np.int16).tobytes()):
                heard.append(json.loads(recogniser.Result())["text"])
        heard.append(json.loads(recogniser.FinalResult())["text"])
        return " ".join(" ".join(heard).split())


class Pocketsphinx:
    """pocketsphinx as it comes, with its own words and language model, to compare with."""

    def __init__(self) -> None:
        self._decoder = pocketsphinx.Decoder(samprate=SAMPLE_RATE, loglevel="FATAL")

    def hear(self, samples: np.ndarray) -> str:
        """Return the words heard in int16 samples at 16 kHz."""
        self._decoder.start_utt()
        self._decoder.process_raw(samples.astype(np.int16).tobytes(), full_utt=True)
        self._decoder.end_utt()
        best = self._decoder.hyp()
        return "" if best is None else best.hypstr


def word_errors(wanted: str, heard: str) -> int:
    """Count substituted, missing and added words."""
    words = heard.split()
    row = list(range(len(words) + 1))
    for i, word in enumerate(wanted.split(), start=1):
        above, row = row, [i] + [0] * len(words)
        for j, other in enumerate(words, start=1):
            row[j] = min(above[j - 1] + (word != other), above[j] + 1, row[j - 1] + 1)
    return row[-1]


class Tally:
    """Adds up word errors."""

    def __init__(self) -> None:
        self.words = self.errors = self.sentences = self.exact = 0

    def add(self, wanted: str, heard: str) -> int:
        """Count one sentence and return its errors."""
        errors = word_errors(wanted, heard)
        self.words += len(wanted.split())
        self.errors += errors
        self.sentences += 1
        self.exact += errors == 0
        return errors

    def __add__(self, other: Tally) -> Tally:
        """Return what both have counted."""
        both = Tally()
        for name, count in vars(self).items():
            setattr(both, name, count + vars(other)[name])
        return both

    @property
    def share(self) -> float:
        """Word errors in per cent."""
        return 100 * self.errors / max(self.words, 1)

    def __str__(self) -> str:
        exact = f"{self.exact} of {self.sentences} sentences exact"
        return f"{self.share:.1f} % word errors ({self.errors} of {self.words}), {exact}"
