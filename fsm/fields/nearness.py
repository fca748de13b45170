"""Near misses: which of some known words were probably meant, by letters and by sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipit.fsm.fields.numerals import NUMBER_WORDS

_SOUNDS = (("ph", "f"), ("gh", ""), ("kn", "n"), ("wr", "r"), ("ck", "k"), ("sch", "sh"), ("tch", "ch"), ("x", "ks"))
_SAME = str.maketrans("qczdbvgjw", "kkstpfkku")
_SILENT = frozenset("aeiouyhw")
_COMMON = NUMBER_WORDS | frozenset(
    "a an and are at be but can did do for from give go got had has have he her him his how i in is it its it's just"
    " let like make may me mine my no none not now of off on one or our out please say see she so some sorry take"
    " than that the them then there these they this those to too up us want was we what when where which who why will"
    " with would yes you your".split()
)
_MOST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Near:
    """What may have been meant by the words from ``start`` up to ``end``, the likeliest ones."""

    values: tuple[str, ...]
    start: int
    end: int


def nearest(words: Sequence[str], ways: Mapping[str, Sequence[str]]) -> Near | None:
    """Return what was probably meant; ``ways`` are the ways to say each value."""
    said = words[:_MOST_WORDS]
    return _alike(said, ways) or _in_part(said, ways)


def sound(text: str) -> str:
    """Return a key that words which sound alike share."""
    for letters, sounds in _SOUNDS:
        text = text.replace(letters, sounds)
    key = ""
    for i, letter in enumerate(text.replace(" ", "").translate(_SAME)):
        if (i == 0 or letter not in _SILENT) and not key.endswith(letter):
            key += letter
    return key


def distance(one: str, other: str) -> int:
    """Return how many letters have to be changed, added or left out."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, against in enumerate(other, 1):
            before, row[j] = row[j], min(before + (letter != against), row[j] + 1, row[j - 1] + 1)
    return row[-1]


def _alike(words: Sequence[str], ways: Mapping[str, Sequence[str]]) -> Near | None:
    scored: list[tuple[int, str, int, int]] = []
    for value, said in ways.items():
        for way in said:
            for start, end in _windows(words, way.count(" ") + 1):
                score = _score(" ".join(words[start:end]), way)
                if score is not None:
                    scored.append((score, value, start, end))
    if not scored:
        return None
    best, _, start, end = min(scored, key=lambda each: (each[0], each[2] - each[3]))
    values = dict.fromkeys(value for score, value, begin, _ in scored if score <= best and begin == start)
    return Near(tuple(values), start, end)


def _windows(words: Sequence[str], size: int) -> list[tuple[int, int]]:
    places = [(start, start + length) for length in {size, size + 1} for start in range(len(words) - length + 1)]
    return [(a, b) for a, b in places if not all(word in _COMMON for word in words[a:b])]


def _score(said: str, way: str) -> int | None:
    """Return how far apart two sayings are; None when too far. A number is never nearly another."""
    if {*said.split()} & NUMBER_WORDS != {*way.split()} & NUMBER_WORDS and not _is_own_word(said, way):
        return None
    apart = distance(said, way)
    allowed = 0 if len(way) < 4 else max(1, len(way) // 4)
    if apart <= allowed or (apart <= len(way) // 2 and len(sound(way)) > 1 and sound(said) == sound(way)):
        return apart
    return None


def _is_own_word(said: str, way: str) -> bool:
    """Tell whether only what is nearly a number, no number itself, stands against a number."""
    return not {*said.split()} & NUMBER_WORDS and bool({*way.split()} & NUMBER_WORDS)


def _in_part(words: Sequence[str], ways: Mapping[str, Sequence[str]]) -> Near | None:
    """Find what shares most words with what was said: ``the dark one`` for ``dark roast``."""
    best: dict[str, list[int]] = {}
    for value, said in ways.items():
        of_way = {word for way in said for word in way.split()} - _COMMON
        places = [i for i, word in enumerate(words) if word in of_way]
        if places:
            best[value] = places
    most = max((len({words[i] for i in places}) for places in best.values()), default=0)
    values = [value for value, places in best.items() if len({words[i] for i in places}) == most]
    if not values:
        return None
    places = best[values[0]]
    return Near(tuple(values), places[0], places[-1] + 1)
