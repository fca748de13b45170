"""What a symbol of Piper's alphabet can be among flite's phones, and how unlike two of them are.

Piper writes espeak-ng's IPA one Unicode character a symbol; flite's US English has 40 phones and `pau`.
"""

# ruff: noqa: RUF001 (phonetic letters that look like Latin ones are the point)
from dataclasses import dataclass

from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

IDS: dict[str, int] = {symbol: ids[0] for symbol, ids in DEFAULT_PHONEME_ID_MAP.items() if len(symbol) == 1}
START, END, GAP = "^", "$", " "
MARKS = frozenset("ˈˌːˑ˞ʲʰˤʷ_'()\"-#↑↓\u0327\u0303\u032a\u032f\u0329\u033a\u033b\u031d\u030a")  # take no time
SYLLABIC = "\u0329"
PUNCTUATION = frozenset(".,;:!?")

# espeak-ng's symbol: the phones that it stands for, likeliest first
_SAME = """
p p | b b | t t | d d | k k | ɡ g | f f | v v | θ th | ð dh | s s | z z | ʃ sh | ʒ zh | h hh | m m | n n | ŋ ng
l l | ɹ r | j y | w w | ɾ t d | ʔ t | x k hh | i iy ih y | ɪ ih ax iy eh | ᵻ ih ax | ə ax ah ih ae | ɐ ax ah ae
ʌ ah ax aa | æ ae | ɛ eh ae ax | e ey eh | ɑ aa ao | ɔ ao aa oy ow | o ow ao | ʊ uh uw ao | u uw uh | ɜ er | ɚ er
a ay aw aa ae | ɒ aa ao
"""
_PAIRS = "aɪ ay | aʊ aw | ɔɪ oy | eɪ ey | oʊ ow | tʃ ch | dʒ jh"

# A neighbour for symbols that English never trains; anything else takes no time.
NEIGHBOURS = dict(
    pair.split()
    for pair in """r ɹ|x k|y i|ɨ ɪ|ø ɜ|œ ɜ|ɒ ɑ|ɫ l|ɬ l|g ɡ|ç ʃ|c k|q k|ʁ ɹ|ɲ n|ɥ j|ʉ u|ɯ u|ɵ ʊ|ɘ ə|ɤ ʌ|ɣ ɡ|β b|χ h
ɱ m|ʎ l|ʀ ɹ|ɻ ɹ|ɽ ɾ|ɕ ʃ|ʑ ʒ|ʂ ʃ|ʐ ʒ|ʈ t|ɖ d|ɟ d|ʋ v|ʍ w|ɸ f|ħ h|ɦ h|ɝ ɚ|ɞ ɜ|ɺ ɾ|ʔ t|ε ɛ|X k|ʦ s|ɓ b|ɗ d|ɠ ɡ|ɢ ɡ
ʙ b|ɭ l|ɮ l|ɰ ɡ|ɳ n|ɴ ŋ|ɶ æ|ʏ ɪ|ʝ j|ʟ l|ⱱ v|ʄ d|ʛ ɡ|; ,|: ,""".replace("\n", "|").split("|")
)


def _table(text: str) -> dict[str, tuple[str, ...]]:
    rows = (row.split() for row in text.strip().replace("\n", "|").split("|"))
    return {row[0]: tuple(row[1:]) for row in rows}


SAME, PAIRS = _table(_SAME), _table(_PAIRS)
VOWELS = frozenset("aa ae ah ao aw ax ay eh er ey ih iy ow oy uh uw".split(" "))
_CLASSES = ("s z sh zh f v th dh hh ch jh", "p b t d k g", "m n ng", "l r w y")
CLASSES = tuple(frozenset(phones.split(" ")) for phones in _CLASSES)
NEAR_VOWELS = frozenset(("y", "w", "r", "er"))


@dataclass(frozen=True)
class Unit:
    """One or two symbols that are spoken as one phone, or a place where a pause may be."""

    places: tuple[int, ...]  # indices of the symbols that share the time
    phones: tuple[str, ...]  # what it may be; empty for pauses and gaps
    symbol: str
    syllabic: bool = False

    @property
    def is_pause(self) -> bool:
        return not self.phones and self.symbol != GAP


def _sounds(symbol: str) -> tuple[str, ...]:
    return SAME.get(symbol) or SAME.get(NEIGHBOURS.get(symbol, ""), ())


def units(symbols: list[str]) -> list[Unit]:
    """Groups symbols; marks and the punctuation before the end get none, hence no time."""
    last = max((i for i, s in enumerate(symbols) if s in SAME), default=0)
    found, i = [], 0
    while i < len(symbols):
        pair = "".join(symbols[i : i + 2])
        if pair in PAIRS:
            found.append(Unit((i, i + 1), PAIRS[pair], pair))
            i += 2
            continue
        symbol = symbols[i]
        trailing = symbol in PUNCTUATION | {GAP} and i > last
        if symbol not in MARKS and not trailing:
            syllabic = SYLLABIC in symbols[i + 1 : i + 2]
            found.append(Unit((i,), _sounds(symbol), symbol, syllabic))
        i += 1
    return found


def unlikeness(unit: Unit, phone: str) -> float:
    """0 for the same sound; above 1 the match should not be learned from."""
    if phone == "pau" or not unit.phones:
        return (0.3 if unit.is_pause else 1.0) if phone == "pau" and not unit.phones else 6.0
    if phone in unit.phones:
        return 0.0
    unit_is_vowel, phone_is_vowel = unit.phones[0] in VOWELS, phone in VOWELS
    if unit_is_vowel and phone_is_vowel:
        return 1.2
    if unit_is_vowel != phone_is_vowel:
        return 2.5 if phone in NEAR_VOWELS else 4.0
    alike = any(phone in group and unit.phones[0] in group for group in CLASSES)
    return 1.5 if alike else 2.6
