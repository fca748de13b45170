"""English with an accent: another language's espeak-ng voice says the English sounds, or those it has nearest to them.

A German says "sree", a Frenchman's "four" has another r or none, a Greek has one vowel for "sit" and "seat". Synthetic
English alone has none of that; much of the English that machines hear does.
"""

from __future__ import annotations

import re
from bisect import bisect
from dataclasses import replace
from functools import cache
from itertools import accumulate
from random import Random

import numpy as np

from espeak import Espeak, Manner, Phone

LANGUAGES = "de de fr fr-be nl it es es-419 el pl ru sv da nb pt pt-br cs hu tr hi id ro hr sr bg uk ca".split()
HELD_OUT_LANGUAGES = "sk mk af cy lb".split()  # never trained on
_TEACHERS = ("en-us", "en-us", "en")  # whose English was learnt; the British "four" has no r
_HARDENING = set("de nl pl ru cs tr bg ca".split())  # they end "five" as "fife"
_HARD = {"b": "p", "d": "t", "g": "k", "v": "f", "z": "s", "Z": "S", "dZ": "tS"}
_HARDENS = 0.5
_VARIETY = re.compile(r"[#2-]+$")  # espeak's marks of a sound's varieties

# What may be said for an English sound, the likelier the more often; a voice takes what it has. "a i" are two sounds.
_NEAREST = {
    "T": "s,t,f,T", "D": "d,z,D", "w": "v,w,w", "h": "h,h,x", "N": "N,N,n g", "r": "r,r,r,R", ";": "j", "?": "t",
    "t[": "t", "I": "I,i,i", "i:": "i:,i", "E": "E,e", "a": "a,E,a", "aa": "a,E,a", "A:": "A:,a", "0": "O,o",
    "O": "O,o", "O:": "o:,O,o", "V": "a,a,V,@,O", "@": "@,a,e", "@L": "@ l,o l", "3": "@ r,e r", "3:": "@ r,e r,Y",
    "VR": "a r,@ r", "IR": "i r", "U": "U,u", "u:": "u:,u", "eI": "eI,e:,e,e i", "aI": "aI,a i", "aU": "aU,a u",
    "oU": "oU,o:,o,o u", "@U": "o:,o,o u", "OI": "OI,o i", "e@": "e r,e", "A@": "a r,a", "O@": "o r,o r,O r,o",
    "o@": "o r,O r", "i@": "i r,i a", "i@3": "i r", "U@": "u r", "aI@": "a i r", "aI3": "a i r", "aU@": "a u r",
}  # fmt: skip


class Foreigners:
    """People with another mother tongue."""

    def __init__(self, espeak: Espeak, rng: Random) -> None:
        self._espeak, self._rng = espeak, rng
        self._english = cache(espeak.sounds)
        self._has = cache(self._can_say)

    def speak(self, text: str, language: str, variant: str, manner: Manner) -> tuple[np.ndarray, list[Phone]]:
        """Return int16 samples and the phones in order, as `Espeak.speak` does; each time it is somebody else."""
        words = text.split()
        spelled = self._spelled(words, language)
        samples, phones = self._espeak.speak(f"[[{' '.join(spelled)}]]", f"{language}+{variant}", manner)
        said, meant = _begins(spelled, len("[[")), _begins(words, 0)
        return samples, [replace(phone, offset=meant[max(0, bisect(said, phone.offset) - 1)]) for phone in phones]

    def _spelled(self, words: list[str], language: str) -> list[str]:
        """Return the sounds of each word as a speaker who has just been made up says them."""
        teacher, habits = self._rng.choice(_TEACHERS), dict[str, str]()
        hardens = language in _HARDENING and self._rng.random() < _HARDENS
        spelled = []
        for word in words:
            sounds = self._english(word, teacher)
            if hardens and sounds:
                stress, last = sounds[-1]
                sounds = [*sounds[:-1], (stress, _HARD.get(last, last))]
            spelled.append("".join(f"{stress}{self._way(name, language, habits)}|" for stress, name in sounds))
        return spelled

    def _way(self, name: str, language: str, habits: dict[str, str]) -> str:
        """Return what this speaker says for an English sound, always the same."""
        if name not in habits:
            plain = _VARIETY.sub("", name)
            ways = [way for way in _NEAREST.get(plain, plain).split(",") if self._has(language, way)]
            habits[name] = self._rng.choice(ways).replace(" ", "|") if ways else ""
        return habits[name]

    def _can_say(self, language: str, way: str) -> bool:
        """Tell whether a language's voice can say some sounds, by letting it."""
        _, phones = self._espeak.speak(f"[[p'a|{way.replace(' ', '|')}|p]]", language, Manner(160, 50, 50, 0))
        return len([phone for phone in phones if not phone.name.startswith("_")]) >= len("pap") + len(way.split())


def _begins(words: list[str], first: int) -> list[int]:
    """Return where each word begins in a text of them; the first one there."""
    return list(accumulate((len(word) + 1 for word in words[:-1]), initial=first))
