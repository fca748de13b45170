"""Telephone prompts to learn from: half an hour by one woman, of Debian's package asterisk-core-sounds-en-g722.

Allison Smith recorded them (copyright 2003-2010, CC BY-SA 3.0). Which words she says lies beside them.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import gzip
import re
from pathlib import Path

import numpy as np

from people import Clip
from spoken import UNITS

TEXTS = Path("share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz")
SOUNDS = Path("share/asterisk/sounds/en_US_f_Allison")
_BIT_RATE = 64000
_SIGNS = {"*": " star ", "#": " pound ", "a.m.": " a m ", "p.m.": " p m ", "-": " ", "/": " ", "3d": "3 d"}
_LETTERS = re.compile(r"\b[A-Z]{2,4}\b")  # said one by one, but for these
_NAMES = {"DAHDI", "MISDN", "SIP", "PIN", "USB"}
_LONGEST_SECONDS = 32

_NEEDS = {"asterisk-core-sounds-en": TEXTS, "asterisk-core-sounds-en-g722": SOUNDS}


def missing(folder: Path) -> list[str]:
    """Return the Debian packages without which there are no prompts in a prefix such as /usr."""
    absent = [package for package, path in _NEEDS.items() if not (folder / path).exists()]
    return absent if ctypes.util.find_library("spandsp") else [*absent, "libspandsp2"]


def decode_g722(data: bytes) -> np.ndarray:
    """Return the int16 samples (16 kHz) of G.722 at 64 kbit/s."""
    library = ctypes.CDLL(ctypes.util.find_library("spandsp"))
    library.g722_decode_init.restype = ctypes.c_void_p
    state = library.g722_decode_init(None, _BIT_RATE, 0)
    samples = np.zeros(2 * len(data), np.int16)
    count = library.g722_decode(ctypes.c_void_p(state), samples.ctypes.data_as(ctypes.c_void_p), data, len(data))
    library.g722_decode_free(ctypes.c_void_p(state))
    return samples[:count]


def words_of(text: str) -> str | None:
    """Return a prompt's text as plain words; None where it describes a sound or holds a number."""
    text = re.sub(r"\[.\]$", "", text.strip())
    text = _LETTERS.sub(lambda match: match[0] if match[0] in _NAMES else " ".join(match[0]), text).lower()
    for sign, said in _SIGNS.items():
        text = text.replace(sign, said)
    text = re.sub(r"\b\d\b", lambda match: UNITS[int(match[0])], text)
    if re.search(r"[\[\]()<>\d@]", text):
        return None
    return " ".join(re.findall(r"[a-z']+", text))


def texts(folder: Path) -> dict[str, str]:
    """Return the words of each prompt by its name; `folder` is a prefix such as /usr."""
    found = {}
    for line in gzip.decompress((folder / TEXTS).read_bytes()).decode().splitlines():
        name, _, text = line.partition(":")
        if not line.startswith(";") and (words := words_of(text)):
            found[name] = words
    return found


def prompts(folder: Path) -> list[Clip]:
    """Return the prompts that are not too long, with their words."""
    found = []
    for name, words in texts(folder).items():
        path = folder / SOUNDS / f"{name}.g722"
        if path.exists() and path.stat().st_size < _LONGEST_SECONDS * _BIT_RATE / 8:
            found.append(Clip(name, words, decode_g722(path.read_bytes())))
    return found
