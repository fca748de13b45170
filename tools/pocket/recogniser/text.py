"""Sentences that people say to an assistant, drawn from templates; the same seed gives the same sentences."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import spoken

HELD_OUT_ONE_IN = 40  # this share of the distinct sentences is never trained on

_CHOICE = re.compile(r"\(([^()]*)\)")
_BLANK = re.compile(r"\{(\w+)\}")
_VOWEL, _CONSONANT = re.compile(r"\ba (?=[aeio])(?!on(e|ce)\b)"), re.compile(r"\ban (?=[bcdfgjklmnpqrstvwxyz])")
_DECORATED = set("switch timer story clock light list reminder alarm music knowledge sums".split())
_LEAD_INS = "please,pipit,hey pipit,okay,can you,could you,now,and,so,well,um,hey computer".split(",")
_TAILS = "please,please,now,pipit,thanks,for me,again,thank you,right now".split(",")

DEMO = (
    "hello my name is anna",
    "turn on the living room lamp",
    "tell me a story",
    "what is my name",
    "set a timer for ten minutes",
    "tell me a joke",
    "what can you do",
    "thank you goodbye",
)


def held_out(sentence: str) -> bool:
    """Tell whether a sentence belongs to the test set; long enough ones only, and never the demonstration."""
    if len(sentence.split()) < 4 or sentence in DEMO:
        return False
    return zlib.crc32(sentence.encode()) % HELD_OUT_ONE_IN == 0


def _lines(name: str) -> list[str]:
    """Return a text file's lines that say something; it lies beside this module."""
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return [line.rstrip() for line in lines if line.strip() and not line.startswith("#")]


def read_templates() -> tuple[dict[str, list[str]], dict[str, float]]:
    """Read `templates.txt`: the templates of each intent, and each intent's share."""
    templates: dict[str, list[str]] = {}
    shares: dict[str, float] = {}
    intent = ""
    for line in _lines("templates.txt"):
        if line.startswith("["):
            intent, share = line.strip("[]").split()
            shares[intent], templates[intent] = float(share), []
        else:
            templates[intent].append(line)
    return templates, shares


def read_fillings() -> dict[str, list[str]]:
    """Read `fillings.txt`: what may stand in each blank."""
    whole = "\n".join(_lines("fillings.txt")).replace("\n ", " ")
    fillings = {}
    for line in whole.splitlines():
        name, listing = line.split(":")
        fillings[name] = [" ".join(entry.split()) for entry in listing.split(",")]
    return fillings


def _with_articles(text: str) -> str:
    """Say "an" before a vowel and "a" before other sounds, however the template has it."""
    return _CONSONANT.sub("a ", _VOWEL.sub("an ", text))


class SentenceMaker:
    """A seeded, endless source of template sentences."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)
        self._templates, shares = read_templates()
        self._fillings = read_fillings()
        self._intents, self._shares = list(shares), list(shares.values())
        self._written: dict[str, Callable[[Random], str]] = {
            "number": spoken.any_number,
            "big_number": spoken.big_number,
            "digit": spoken.digit,
            "digits": spoken.digits,
            "clock": spoken.clock,
            "duration": spoken.duration,
            "date": spoken.date,
            "year": spoken.year,
            "weekday": spoken.weekday,
            "month": lambda rng: rng.choice(spoken.MONTHS),
            "ordinal": lambda rng: spoken.ordinal(rng.randint(1, 31)),
            "hundreds": lambda rng: spoken.cardinal(100 * rng.randint(1, 15)),
        }

    def sentence(self) -> str:
        """Draw one sentence: lower-case words with single spaces, never empty."""
        while True:
            intent = self._rng.choices(self._intents, self._shares)[0]
            words = self.of(intent).split()
            if intent in _DECORATED:
                words = self._decorate(words)
            if words:
                return " ".join(words)

    def of(self, intent: str) -> str:
        """Draw one of an intent's sentences, undecorated; it may be empty."""
        return _with_articles(self._fill(self._rng.choice(self._templates[intent])))

    def training(self) -> Iterator[str]:
        """Yield sentences for ever, leaving out those of the test set."""
        while True:
            sentence = self.sentence()
            if not held_out(sentence):
                yield sentence

    def test(self) -> Iterator[str]:
        """Yield the test set's sentences for ever, each once."""
        seen: set[str] = set()
        while True:
            sentence = self.sentence()
            if held_out(sentence) and sentence not in seen:
                seen.add(sentence)
                yield sentence

    def _fill(self, template: str) -> str:
        text = template
        while _CHOICE.search(text):
            text = _CHOICE.sub(lambda match: self._rng.choice(match[1].split("|")), text)
        return _BLANK.sub(lambda match: self._blank(match[1]), text)

    def _blank(self, name: str) -> str:
        if name in self._written:
            return self._written[name](self._rng)
        return self._fill(self._rng.choice(self._fillings[name]))

    def _decorate(self, words: list[str]) -> list[str]:
        kind = self._rng.random()
        if kind < 0.08:
            return [*words, *self._rng.choice(_TAILS).split()]
        if kind < 0.16:
            return [*self._rng.choice(_LEAD_INS).split(), *words]
        return words


def possible_words() -> set[str]:
    """Collect every word that a template or a filling can produce."""
    fillings = read_fillings()
    texts = [template for templates in read_templates()[0].values() for template in templates]
    texts += [entry for entries in fillings.values() for entry in entries]
    texts += [*_LEAD_INS, *_TAILS, *spoken.UNITS, *spoken.TENS, *spoken.SMALL_ORDINALS, *spoken.MONTHS]
    texts += [
        *spoken.WEEKDAYS,
        "thirtieth hundred thousand oh point half past quarter noon midnight o'clock a m p",
    ]
    plain = " ".join(_BLANK.sub(" ", text) for text in texts)
    words = set(re.findall(r"[a-z']+", plain))
    possessives = {f"{entry.split()[-1]}'s" for entry in fillings["relative"] + fillings["animal"][:2]}
    return words - {"'s"} | possessives
