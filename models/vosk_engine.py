"""Speech to text with Vosk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipit.errors import EngineError
from pipit.models.checks import wrong_format
from pipit.models.ending import native
from pipit.models.memory import require_memory, vosk_need
from pipit.models.phrases import Phrase
from pipit.models.vosk_files import check_vosk_folder

SAMPLE_RATE = 16_000
"""Samples per second that every recogniser takes."""


class VoskRecognizer:
    """A ``Recognizer`` on a Vosk model's folder.

    Vosk ends an utterance by itself after a silence of its own choosing and then begins anew. Where an
    utterance ends is decided elsewhere here, so the parts are joined.
    """

    def __init__(self, path: Path) -> None:
        """Load the folder; raises ``WeightsError``."""
        check_vosk_folder(path)
        require_memory(path, vosk_need(path))
        self._path = path
        self._ended: list[str] = []
        self._fed = False
        self._decoder = _open(path)

    @property
    def name(self) -> str:
        """The engine, and the folder's name."""
        return f"vosk {self._path.name}"

    def feed(self, pcm: bytes) -> None:
        """Decode the next samples; raises ``EngineError`` when Vosk refuses them."""
        if not pcm:
            return
        self._fed = True
        try:
            with native():
                ended = self._decoder.AcceptWaveform(pcm)
        except Exception as error:  # Vosk raises nothing more exact
            raise EngineError("recogniser-failed", f"the recogniser {self.name} failed", str(error)) from error
        if ended:
            self._keep(self._decoder.Result())

    def partial(self) -> str:
        """Return the words of the utterance so far."""
        if not self._fed:
            return ""
        words = json.loads(self._decoder.PartialResult()).get("partial", "")
        return " ".join([*self._ended, words] if words else self._ended)

    def final(self) -> str:
        """Return the words of the utterance; asks Vosk only once, for that takes its decoder apart."""
        if self._fed:
            self._keep(self._decoder.FinalResult())
        words = " ".join(self._ended)
        self._begin()
        return words

    def reset(self) -> None:
        """Drop the utterance."""
        if self._fed:
            self._decoder.Reset()
        self._begin()

    def expect(self, phrase: Phrase | None) -> None:
        """Nothing yet."""

    def _begin(self) -> None:
        self._ended = []
        self._fed = False

    def _keep(self, result: str) -> None:
        if words := json.loads(result).get("text", ""):
            self._ended.append(words)


def _open(path: Path) -> Any:
    import vosk

    vosk.SetLogLevel(-1)
    try:
        # Without a path Vosk would go and download a model by itself.
        model = vosk.Model(model_path=str(path))
        decoder = vosk.KaldiRecognizer(model, SAMPLE_RATE)
    except Exception as error:  # Vosk raises nothing more exact
        raise wrong_format(path, "Vosk cannot read it", "fetch it again; a file in it may be incomplete") from error
    decoder.SetPartialWords(False)
    return decoder
