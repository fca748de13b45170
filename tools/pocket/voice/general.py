"""Sentences of general English, drawn from the trigram model that comes with pocketsphinx.

They make no sense, but words meet in the order in which they meet in real text, and tens of thousands of
different words get their turn. Sampling is by importance: candidates come from a flattened unigram, then the
trigram chooses among them.
"""

import itertools
import math
import re
from pathlib import Path
from random import Random

import pocketsphinx

BASE = 1.0001  # pocketsphinx counts log probabilities in this base
VOCABULARY = 22_000
FLATTENING = 0.75  # exponent on the unigram; below 1 rare words come up more often
CANDIDATES = 200
SHORTEST, LONGEST = 3, 16  # words
# No sentence ends, and no comma comes, after one of these.
_WEAK = """the a an of to and in for with that or my your his her their our is are was were be at by from on
    i he she they we as but if it's i'm not very so its than these who what into about would could has had
    have been will this"""
WEAK_ENDS = frozenset(_WEAK.split())


class Sampler:
    """Draws sentences; the same seed gives the same sentences."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        folder = Path(pocketsphinx.__file__).parent / "model" / "en-us"
        self._model = pocketsphinx.NGramModel(
            pocketsphinx.Config(), pocketsphinx.LogMath(), str(folder / "en-us.lm.bin")
        )
        spoken = sorted((self._log_prob([word]), word) for word in _dictionary(folder / "cmudict-en-us.dict"))
        chosen = spoken[::-1][:VOCABULARY]
        self._words = [word for _, word in chosen]
        self._proposal = [FLATTENING * max(log, -18.0) for log, _ in chosen]
        self._cumulative = list(itertools.accumulate(map(math.exp, self._proposal)))
        self._flat = list(itertools.accumulate(math.exp(log / 3) for log in self._proposal))

    def _log_prob(self, newest_first: list[str]) -> float:
        return self._model.prob(newest_first) * math.log(BASE)

    def _next(self, newest_first: list[str]) -> str:
        picks = self._rng.choices(range(len(self._words)), cum_weights=self._cumulative, k=CANDIDATES)
        logs = [self._log_prob([self._words[p], *newest_first]) - self._proposal[p] for p in picks]
        top = max(logs)
        return self._words[self._rng.choices(picks, [math.exp(log - top) for log in logs])[0]]

    def sentence(self) -> str:
        """One sentence with a capital, an end mark and sometimes a comma."""
        wanted, words = self._rng.randint(SHORTEST, LONGEST - 4), []
        while len(words) < wanted or (words[-1] in WEAK_ENDS and len(words) < LONGEST):
            words.append(self._next([*words[:-3:-1], "<s>"][:2]))
        return _punctuated(words, self._rng)

    def listing(self) -> str:
        """A few unrelated words in a row, so that rare words and names are heard too."""
        count = self._rng.randint(2, 5)
        words = self._rng.choices(self._words, cum_weights=self._flat, k=count)
        text = ", ".join(words[:-1]) + f" and {words[-1]}."
        return text[0].upper() + text[1:]


def _dictionary(path: Path) -> set[str]:
    words = {line.split(" ", 1)[0] for line in path.read_text(encoding="utf-8").splitlines() if line}
    return {w for w in words if re.fullmatch(r"[a-z][a-z']+", w) or w in ("a", "i")}


def _punctuated(words: list[str], rng: Random) -> str:
    written = ["I" + w[1:] if w == "i" or w.startswith("i'") else w for w in words]
    if len(written) > 7 and rng.random() < 0.35:
        place = rng.randint(2, len(written) - 3)
        if written[place] not in WEAK_ENDS:
            written[place] += ","
    text = " ".join(written)
    return text[0].upper() + text[1:] + rng.choices(".?!", (82, 12, 6))[0]
