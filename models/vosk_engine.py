"""Speech to text with Vosk."""

from __future__ import annotations

from pathlib import Path

from pipit.models.memory import require_memory, vosk_need
from pipit.models.phrases import Phrase
from pipit.models.vosk_decoder import SAMPLE_RATE, Decoder, Heard
from pipit.models.vosk_files import check_vosk_folder
from pipit.models.vosk_grammar import Grammars

__all__ = ["MARGIN", "SAMPLE_RATE", "VoskRecognizer", "accepted"]

MARGIN = 1.0
"""By how much what was expected must be likelier than anything else that may have been said (natural logarithm)."""


class VoskRecognizer:
    """A ``Recognizer`` on a Vosk model's folder.

    While a phrase is expected two searches run beside each other: one that can only hear the phrase, and the
    model's own. The first alone would find the phrase in a cough.
    """

    def __init__(self, path: Path) -> None:
        """Load the folder; raises ``WeightsError``."""
        check_vosk_folder(path)
        require_memory(path, vosk_need(path))
        self._path = path
        self._open = Decoder(path, self.name)
        self._grammars = Grammars(path, self._open)
        self._phrase: Phrase | None = None
        self._next: Decoder | None = None
        self._exact: Decoder | None = None
        self._fed = False

    @property
    def name(self) -> str:
        """The engine, and the folder's name."""
        return f"vosk {self._path.name}"

    def expect(self, phrase: Phrase | None) -> None:
        """Set what may be said from the next utterance on.

        Words that the model does not know are left out, with all that needs them. A model whose graph is of one
        piece (``HCLG.fst``) hears anything as before. After an error anything may be said.
        """
        if phrase is not self._phrase:
            self._phrase = self._next = None
            self._next = self._grammars.decoder(phrase) if phrase else None
            self._phrase = phrase
        if not self._fed:
            self._exact = self._next

    def feed(self, pcm: bytes) -> None:
        """Decode the next samples; raises ``EngineError`` when Vosk refuses them."""
        if not pcm:
            return
        self._fed = True
        self._open.feed(pcm)
        if self._exact:
            self._exact.feed(pcm)

    def partial(self) -> str:
        """Return the words of the utterance so far, of the phrase if one is expected: it may yet be refused."""
        return (self._exact or self._open).partial()

    def final(self) -> str:
        """Return the words of the utterance."""
        heard = self._open.final()
        if self._exact:
            heard = accepted(self._exact.final(), heard)
        self._begin()
        return heard.words

    def reset(self) -> None:
        """Drop the utterance."""
        self._open.reset()
        if self._exact:
            self._exact.reset()
        self._begin()

    def _begin(self) -> None:
        self._fed = False
        self._exact = self._next


def accepted(expected: Heard, anything: Heard) -> Heard:
    """Return what was expected if it explains the sound well enough, otherwise what else was heard.

    Every sentence of a phrase counts the same, every other has to pay what the language model asks for its
    words; so an answer wins by far, and other speech, forced into the phrase, loses by far. Nothing heard at
    all was noise, whatever the phrase makes of it.
    """
    sure = anything.words and expected.words and expected.likelihood > anything.likelihood + MARGIN
    return expected if sure else anything
