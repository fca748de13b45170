"""Which words follow which in general English: the pairs of pocketsphinx's en-us language model.

Its Python interface tells how likely a pair is, but not which pairs there are, so the file is read: CMU Sphinx's
binary trie of three orders. A word's entry in the first level says where the words that may come before it begin
in the second, whose entries are packed bit by bit: word, probability and back-off (as numbers of table rows), and
where the third level goes on.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pocketsphinx

_HEADER = b"Trie Language Model\x03"  # three orders
_BASE = 1.0001  # of the logarithms in the file
_TABLE = 65536  # rows of a table of probabilities or back-offs
_QUANTISED = 32  # bits of an entry's probability and back-off
_UNIGRAM = np.dtype([("chance", "<f4"), ("backoff", "<f4"), ("next", "<u4")])


def language_model() -> Path:
    """Return the file that comes with pocketsphinx."""
    return Path(pocketsphinx.get_model_path()) / "en-us" / "en-us.lm.bin"


def pairs(listed: set[str]) -> Iterator[tuple[str, str, float]]:
    """Yield pairs of listed words (or <s> before, </s> after) and the probability of both in a row."""
    data = language_model().read_bytes()
    at = len(_HEADER)
    if not data.startswith(_HEADER):
        raise ValueError("pocketsphinx's language model has another format")
    counts = [int(count) for count in np.frombuffer(data, "<u4", 3, at)]
    tables = np.frombuffer(data, "<f4", 3 * _TABLE, at + 16)
    at += 16 + tables.nbytes
    first = np.frombuffer(data, _UNIGRAM, counts[0] + 1, at)
    at += first.nbytes
    word_bits, next_bits = counts[0].bit_length(), counts[2].bit_length()
    width = word_bits + _QUANTISED + next_bits
    second = ((1 + counts[1]) * width + 7) // 8 + 8
    third = ((1 + counts[2]) * (word_bits + 16) + 7) // 8 + 8
    words = [word.decode() for word in data[at + second + third + 4 :].split(b"\0")[: counts[0]]]
    last = np.repeat(np.arange(counts[0]), np.diff(first["next"].astype(np.int64)))
    places = np.arange(len(last)) * width
    packed = np.frombuffer(data, "u1", second, at)
    before = _bits(packed, places, word_bits)
    row = _bits(packed, places + word_bits, _QUANTISED) >> 16
    chance = (first["chance"][before] + tables[row]) * math.log(_BASE)
    used = np.array([word in listed or word in ("<s>", "</s>") for word in words])
    # Nothing says how often a sentence begins; as often as one ends.
    begin, end = words.index("<s>"), words.index("</s>")
    chance[before == begin] += (first["chance"][end] - first["chance"][begin]) * math.log(_BASE)
    for place in np.flatnonzero(used[before] & used[last] & (last != begin) & (before != end)):
        yield words[before[place]], words[last[place]], math.exp(chance[place])


def _bits(packed: np.ndarray, places: np.ndarray, count: int) -> np.ndarray:
    """Return the numbers of `count` bits (at most 57) that begin at given bits, the lowest bit first."""
    number = np.zeros(len(places), np.uint64)
    for byte in range(8):
        number |= packed[(places >> 3) + byte].astype(np.uint64) << np.uint64(8 * byte)
    result: np.ndarray = ((number >> (places & 7).astype(np.uint64)) & np.uint64((1 << count) - 1)).astype(np.int64)
    return result
