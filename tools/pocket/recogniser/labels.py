"""From a synthesiser's own phones and times to ours: CMU phones, each with its end in seconds.

flite speaks nearly our phones. espeak-ng's differ with the accent, so each word's phones are matched with the
word's pronunciations in the lexicon by weighted edit distance, and the best one takes over the times.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from espeak import Phone
from phones import PHONES, SILENCE, VOWELS

Labels = list[tuple[str, float]]  # phone, end in seconds; contiguous from 0

# espeak-ng mnemonics and what they sound like; two phones share the time evenly.
_SOUNDS: dict[str, str] = {
    "t": "T", "t#": "T", "t2": "T", "t[": "T", "?": "T", "d": "D", "n": "N", "n-": "N", "m": "M",
    "p": "P", "b": "B", "k": "K", "g": "G", "f": "F", "v": "V", "T": "TH", "D": "DH", "s": "S",
    "z": "Z", "S": "SH", "Z": "ZH", "h": "HH", "l": "L", "r": "R", "r-": "R", "w": "W", "w#": "W",
    "j": "Y", ";": "Y", "N": "NG", "tS": "CH", "dZ": "JH", "I": "IH", "I2": "IH", "I#": "IH",
    "IR": "ER", "i": "IY", "i:": "IY", "E": "EH", "E#": "EH", "e@": "EH R", "a": "AE", "aa": "AE",
    "a#": "AH", "A:": "AA", "A@": "AA R", "0": "AA", "O2": "AA", "O:": "AO", "O@": "AO R", "o@": "AO R",
    "O": "AO", "V": "AH", "VR": "ER", "@": "AH", "@2": "AH", "@5": "AH", "@-": "AH", "@L": "AH L",
    "3": "ER", "3:": "ER", "U": "UH", "u:": "UW", "u": "UW", "U@": "UH R", "i@": "IH R", "i@3": "IH R",
    "aI": "AY", "aI2": "AY", "aI@": "AY ER", "aI3": "AY ER", "aU": "AW", "aU@": "AW ER", "eI": "EY",
    "oU": "OW", "@U": "OW", "OI": "OY",
    # of other languages' voices
    "R": "R", "R2": "R", "*": "R", "**": "R", "x": "HH", "B": "B", "Q": "G", "e": "EH", "e:": "EY", "EI": "EY",
    "a:": "AA", "A": "AA", "o": "AO", "o:": "OW", "Y": "ER",
}  # fmt: skip

_NEAR = [
    set(group.split())
    for group in (
        "AH AA AO", "AH IH EH ER", "AH UH UW", "IH IY", "EH AE", "AA AE AO", "AO OW", "ER R", "UW OW",
        "EY EH", "AY AA", "T D DH TH", "S Z", "SH ZH CH JH", "K G", "P B", "F V", "N M NG", "Y IY IH",
        "W UW HH", "L AH",
    )
]  # fmt: skip
_SKIP_SPOKEN, _SKIP_LISTED = 0.9, 0.8
_SHORTEST_PAUSE = 0.005  # seconds
_FLITE = {"ax": "AH", "pau": SILENCE, "dx": "T", "nx": "N", "axr": "ER", "el": "L", "em": "M", "en": "N"}


@dataclass(frozen=True)
class _Sound:
    name: str
    start: float
    end: float


@dataclass(frozen=True)
class _Word:
    pronunciations: list[list[str]]
    sounds: list[_Sound]


def from_flite(names_and_ends: list[tuple[str, float]], length: float) -> Labels:
    """Rename flite's phones; the last one lasts to the end of the sound, `length` seconds."""
    labels: Labels = []
    for name, end in names_and_ends:
        phone = _FLITE.get(name, name.upper())
        if phone != SILENCE and phone not in PHONES:
            raise ValueError(f"flite's phone {name} is unknown")
        if labels and labels[-1][0] == phone == SILENCE:
            labels.pop()
        labels.append((phone, min(end, length)))
    labels[-1] = (labels[-1][0], length)
    return labels


def from_espeak(text: str, phones: list[Phone], length: float, lexicon: dict[str, list[list[str]]]) -> Labels | None:
    """Match espeak's phones with the words of `text`; None where they differ too much to be trusted."""
    labels: Labels = []
    for word in _words(text, phones, length, lexicon):
        begin = word.sounds[0].start
        if begin > (labels[-1][1] if labels else 0.0) + _SHORTEST_PAUSE:
            labels.append((SILENCE, begin))
        cost, matched = min((_match(way, word.sounds) for way in word.pronunciations), key=lambda pair: pair[0])
        if cost > 0.45 * len(matched) + 0.5:
            return None
        labels += matched
    return _contiguous(labels, length)


def _cost(listed: str, spoken: str) -> float:
    if listed == spoken:
        return 0.0
    if any(listed in group and spoken in group for group in _NEAR):
        return 0.3
    return 0.7 if (listed in VOWELS) == (spoken in VOWELS) else 1.6


def _sounds(phone: Phone, end: float) -> list[_Sound]:
    """Give a phone its end and split it if it sounds like two."""
    names = _SOUNDS.get(phone.name, "AH").split()
    step = (end - phone.start) / len(names)
    return [_Sound(n, phone.start + i * step, phone.start + (i + 1) * step) for i, n in enumerate(names)]


def _words(text: str, phones: list[Phone], length: float, lexicon: dict[str, list[list[str]]]) -> list[_Word]:
    """Share the phones out among the words.

    espeak says some pairs of words as one ("of the"): a word without sounds of its own joins the one before.
    """
    starts = [0]
    for word in text.split():
        starts.append(starts[-1] + len(word) + 1)
    sounds: list[list[_Sound]] = [[] for _ in starts]
    for phone, end in zip(phones, [p.start for p in phones[1:]] + [length], strict=True):
        if not phone.name.startswith("_"):  # a pause
            sounds[_word_at(starts, phone.offset)] += _sounds(phone, end)
    words: list[_Word] = []
    for word, mine in zip(text.split(), sounds[:-1], strict=True):
        if mine:
            words.append(_Word(lexicon[word], mine))
        elif words:
            joined = [a + b for a, b in product(words[-1].pronunciations, lexicon[word])]
            words[-1] = _Word(joined, words[-1].sounds)
    return words


def _word_at(starts: list[int], offset: int) -> int:
    return max((i for i, start in enumerate(starts) if start <= offset), default=0)


def _match(listed: list[str], sounds: list[_Sound]) -> tuple[float, Labels]:
    """Align a pronunciation with sounds; return the distance and the phones with their ends."""
    rows, columns = len(listed), len(sounds)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    move = [[""] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows + 1):
        for j in range(columns + 1):
            options = [(0.0, "")] if i == j == 0 else []
            if i and j:
                options.append((best[i - 1][j - 1] + _cost(listed[i - 1], sounds[j - 1].name), "both"))
            if i:
                options.append((best[i - 1][j] + _SKIP_LISTED, "listed"))
            if j:
                options.append((best[i][j - 1] + _SKIP_SPOKEN, "spoken"))
            best[i][j], move[i][j] = min(options)
    return best[rows][columns], _spread(listed, sounds, _walk_back(move, rows, columns))


def _walk_back(move: list[list[str]], i: int, j: int) -> list[int | None]:
    """Return, for each listed phone, the index of its sound, or None where it was not spoken."""
    partner: list[int | None] = [None] * i
    while i or j:
        step = move[i][j]
        if step == "both":
            partner[i - 1] = j - 1
        i -= step in ("both", "listed")
        j -= step in ("both", "spoken")
    return partner


def _spread(listed: list[str], sounds: list[_Sound], partner: list[int | None]) -> Labels:
    """Time the listed phones: each lasts to the next one's sound; unspoken ones share with the one before."""
    labels: Labels = []
    index, begin = 0, sounds[0].start
    while index < len(listed):
        group = 1
        while index + group < len(listed) and partner[index + group] is None:
            group += 1
        follower = partner[index + group] if index + group < len(listed) else None
        end = sounds[follower].start if follower is not None else sounds[-1].end
        labels += [(listed[index + k], begin + (end - begin) * (k + 1) / group) for k in range(group)]
        index, begin = index + group, end
    return labels


def _contiguous(labels: Labels, length: float) -> Labels:
    """Make ends rise and the last one reach the end of the sound."""
    tidy: Labels = []
    latest = 0.0
    for name, end in labels:
        latest = min(max(latest, end), length)
        tidy.append((name, latest))
    if tidy and tidy[-1][1] < length:
        tidy.append((SILENCE, length))
    return tidy
