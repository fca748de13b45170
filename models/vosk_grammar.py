"""Recognisers for one phrase each: the shared model with a small exact grammar in place of its own.

Vosk takes a grammar at run time only as a list of phrases and makes a bigram of them, which lets through much
that was never listed; of coffee orders it got every detail right in half as many cases. A folder of links to
the shared model with a ``Gr.fst`` of its own is a model like any other, and allows just what the phrase does.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from tempfile import TemporaryDirectory

from pipit.errors import EngineError
from pipit.models.automaton import Automaton, automaton
from pipit.models.fst_file import fst_bytes
from pipit.models.memory import MiB, grammar_need, require_memory
from pipit.models.phrases import Phrase, without, words_of
from pipit.models.vosk_decoder import Decoder

KEPT_BYTES = 64 * MiB
"""About what the decoders lately used may take together; the one in use is kept in any case."""
_LINKS = ("am", "ivector", "graph/HCLr.fst", "graph/disambig_tid.int", "graph/phones")
_OPTIONS = "conf/model.conf"
# Vosk would end an utterance in a pause, and what comes after it would have to begin the phrase anew.
_NEVER = "".join(f"--endpoint.rule{rule}.min-trailing-silence=1000\n" for rule in range(1, 5))
_NO_ENDING = f"\n{_NEVER}--endpoint.rule5.min-utterance-length=1000\n"


class Grammars:
    """Decoders by phrase; those used last are kept."""

    def __init__(self, path: Path, shared: Decoder) -> None:
        """``path`` is the folder that ``shared`` was loaded from; its graph is of two parts."""
        self._path, self._shared = path, shared
        self._kept: OrderedDict[Phrase, Decoder | None] = OrderedDict()
        self._most = max(1, KEPT_BYTES // grammar_need(path))

    def decoder(self, phrase: Phrase) -> Decoder | None:
        """Return what hears ``phrase`` and nothing else.

        None when the model knows the words of no way to say the phrase. Raises ``EngineError``
        (``phrase-too-large``, ``grammar-failed``) or ``WeightsError``.
        """
        if phrase not in self._kept:
            while len(self._kept) >= self._most:
                self._kept.popitem(last=False)
            self._kept[phrase] = self._new(phrase)
        self._kept.move_to_end(phrase)
        return self._kept[phrase]

    def _new(self, phrase: Phrase) -> Decoder | None:
        words = {word: self._shared.number(word) for word in words_of(phrase)}
        ids = {word: number for word, number in words.items() if number is not None}
        heard = without(phrase, words.keys() - ids.keys())
        if heard is None:
            return None
        grammar = automaton(heard)
        if not grammar.size:
            return None
        require_memory(self._path, grammar_need(self._path))
        try:
            with TemporaryDirectory(prefix="pipit-") as folder:
                self._fill(Path(folder), grammar, ids)
                return Decoder(Path(folder), f"vosk {self._path.name}")  # it reads everything at once
        except OSError as error:
            raise EngineError(
                "grammar-failed",
                f"no recogniser could be made for what may be said ({error.strerror or error})",
                "make room in the folder for temporary files",
            ) from error

    def _fill(self, folder: Path, grammar: Automaton, ids: dict[str, int]) -> None:
        options = self._path / _OPTIONS
        others = [path for path in options.parent.iterdir() if path != options]
        for source in (*(self._path / name for name in _LINKS), *others):
            link = folder / source.relative_to(self._path)
            link.parent.mkdir(exist_ok=True)
            if source.exists():
                link.symlink_to(source.resolve())
        (folder / "conf").mkdir(exist_ok=True)
        (folder / _OPTIONS).write_text(options.read_text("utf-8") + _NO_ENDING, "utf-8")
        words = "".join(f"{word} {number}\n" for word, number in ids.items())
        (folder / "graph/words.txt").write_text(f"<eps> 0\n{words}", "utf-8")
        (folder / "graph/Gr.fst").write_bytes(fst_bytes(grammar, ids))
