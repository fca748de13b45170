"""Vosk's part of hearing: samples in; the likeliest words, and how well they explain the sound, out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipit.errors import EngineError
from pipit.models.checks import wrong_format
from pipit.models.ending import native

SAMPLE_RATE = 16_000
"""Samples per second that every recogniser takes."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of an utterance."""

    words: str
    likelihood: float
    """Logarithm of how likely sound and words are together, in the model's own scale: only differences count."""


class Decoder:
    """A search through one graph, one utterance at a time.

    Vosk may end an utterance by itself after a silence of its own choosing and then begin anew. Where an
    utterance ends is decided elsewhere here, so the parts are joined.
    """

    def __init__(self, path: Path, name: str) -> None:
        """Load the model in the folder ``path``; raises ``WeightsError``. ``name`` is for errors."""
        self._model, self._vosk = _load(path)
        self._vosk.SetPartialWords(False)
        self._name = name
        self.seek(1)
        self._begin()

    def number(self, word: str) -> int | None:
        """Return the number of ``word`` in the model's graphs, None for a word that it does not know."""
        number = int(self._model.vosk_model_find_word(word))
        return number if number > 0 else None

    def seek(self, ways: int) -> None:
        """Set how many ways to hear an utterance are told at its end: one is all it takes to know the likelihood."""
        self._vosk.SetMaxAlternatives(ways)
        self._most = ways

    def feed(self, pcm: bytes) -> None:
        """Decode the next samples; raises ``EngineError`` when Vosk refuses them."""
        self._fed = True
        try:
            with native():
                ended = self._vosk.AcceptWaveform(pcm)
        except Exception as error:  # Vosk raises nothing more exact
            raise EngineError("recogniser-failed", f"the recogniser {self._name} failed", str(error)) from error
        if ended:
            self._keep(self._vosk.Result())

    def partial(self) -> str:
        """Return the words of the utterance so far."""
        if not self._fed:
            return ""
        return _joined(self._ways[0].words, json.loads(self._vosk.PartialResult()).get("partial", ""))

    def final(self) -> list[Heard]:
        """End the utterance; return the ways to hear it, likeliest first.

        Asks Vosk only once, for that takes its search apart.
        """
        if self._fed:
            self._keep(self._vosk.FinalResult())
        ways = self._ways
        self._begin()
        return ways

    def reset(self) -> None:
        """Drop the utterance; Vosk's own ``Reset`` would keep the sound that waits to be searched for the next one."""
        if self._fed:
            self._vosk.FinalResult()
        self._begin()

    def _begin(self) -> None:
        self._ways = [Heard("", 0.0)]
        self._fed = False

    def _keep(self, result: str) -> None:
        more = json.loads(result)["alternatives"]
        ways = [
            Heard(_joined(way.words, one["text"]), way.likelihood + one["confidence"])
            for way in self._ways
            for one in more
        ]
        self._ways = sorted(ways, key=lambda way: -way.likelihood)[: self._most]


def _joined(before: str, after: str) -> str:
    return " ".join(f"{before} {after}".split())


def _load(path: Path) -> tuple[Any, Any]:
    import vosk

    vosk.SetLogLevel(-1)
    try:
        with native():
            # Without a path Vosk would go and download a model by itself.
            model = vosk.Model(model_path=str(path))
            return model, vosk.KaldiRecognizer(model, SAMPLE_RATE)
    except Exception as error:  # Vosk raises nothing more exact
        raise wrong_format(path, "Vosk cannot read it", "fetch it again; a file in it may be incomplete") from error
