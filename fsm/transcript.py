"""What the recogniser gave, made fit for a conversation."""

from __future__ import annotations

from collections.abc import Iterable

FILLERS = frozenset({"um", "uh", "uhm", "umm", "erm", "er", "ah", "eh", "hm", "hmm", "mm", "mhm", "huh", "mm-hmm"})
_MARKS = frozenset({"<unk>", "[unk]", "<s>", "</s>", "[noise]", "[laughter]", "<eps>"})
_SHORT = 4


def clean(text: str) -> str:
    """Drop the recogniser's marks and doubled spaces."""
    return " ".join(word for word in text.split() if word.lower() not in _MARKS)


def join(texts: Iterable[str]) -> str:
    """Join the utterances of one turn."""
    return clean(" ".join(texts))


def is_noise(text: str) -> bool:
    """Tell whether nothing was said: no words, only fillers, or the same short word over and over.

    A recogniser that is fed noise tends to answer with one short word, often twice ("the the"); a person
    who means it says "no no" with other words around, or presses again.
    """
    words = clean(text).lower().split()
    if all(word in FILLERS for word in words):
        return True
    return len(words) > 1 and len(set(words)) == 1 and len(words[0]) < _SHORT and words[0] not in _ANSWERS


_HANGING = frozenset("a an the and or but because if my your our their his to of for than i i'm i'll very".split())


def hangs(text: str) -> bool:
    """Tell whether words cannot end a sentence as they stand: the last one wants another after it."""
    words = clean(text).lower().split()
    return bool(words) and (words[-1] in _HANGING or words[-1] in FILLERS)


_ANSWERS = frozenset({"yes", "no", "one", "two", "six", "ten", "oh", "bye", "hi", "hey", "go"})
"""Short words that people do double and mean: "no no", "two two", "bye bye"."""
