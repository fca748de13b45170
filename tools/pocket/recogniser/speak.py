"""The synthetic speech: who says what, and the corpora made of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from random import Random

import numpy as np
import soxr

import labels
import spoken
from corpus import SAMPLE_RATE, CorpusWriter
from espeak import Espeak, Manner, Phone
from flite import Flite, compile_speaker
from foreign import HELD_OUT_LANGUAGES, LANGUAGES, Foreigners
from lexicon import Lexicon
from text import DEMO, SentenceMaker

FLITE_VOICES = ("awb", "awb", "rms", "rms", "slt", "slt", "kal16")
DIALECTS = ("en-us",) * 8 + (
    "en-us-nyc",
    "en",
    "en",
    "en-gb-x-rp",
    "en-gb-scotland",
    "en-029",
    "en-gb-x-gbclan",
)
VARIANTS = (
    "f1 f2 f3 f5 m1 m2 m3 m4 m6 m7 m8 adam Alex Alicia Andrea Andy Annie antonio aunty benjamin boris "
    "caleb david Denis Diogo ed edward edward2 Gene Gene2 gustave announcer Henrique Hugo iven iven2 "
    "iven3 iven4 Jacky john kaukovalta Lee marcelo Marco Mario max michel miguel Mike pablo pedro "
    "quincy rob robert steph steph2 steph3 zac anika grandpa grandma klatt klatt2 klatt3 klatt4 klatt5 "
    "klatt6 norbert sandro shelby travis victor"
).split()
HELD_OUT_VARIANTS = ("f4", "m5", "Michael", "linda", "paul", "belinda")
LONGEST = 12 * SAMPLE_RATE
_TEST_HOURS = 0.12
_SHORT_INTENTS = ("digits", "digits", "answer", "answer", "short", "cards", "checklist")

Spoken = tuple[np.ndarray, str, list[tuple[str, float]]]  # int16 at 16 kHz, voice, labels


@dataclass(frozen=True)
class Pace:
    """How flite's durations are stretched, and espeak-ng's words a minute: least and most."""

    stretch: tuple[float, float]
    words: tuple[int, int]


# People say "nine" in a fifth of a second.
CALM = Pace((0.75, 1.3), (105, 195))
BRISK = Pace((0.5, 0.8), (165, 270))
ANY_PACE = Pace((0.5, 1.25), (110, 270))


def training_texts(lexicon: Lexicon, seed: int) -> Iterator[str]:
    """Yield sentences for ever: half from templates, half words in no order."""
    rng = Random(seed)
    sentences = SentenceMaker(seed).training()
    words = lexicon.words
    damped = [math.exp(0.4 * lexicon.frequency[word]) for word in words]
    while True:
        kind = rng.random()
        if kind < 0.5:
            sentence = next(sentences)
            if all(word in lexicon.pronunciations for word in sentence.split()):
                yield sentence
        else:
            count = rng.randint(2, 7)
            chosen = rng.choices(words, damped, k=count) if kind < 0.75 else rng.choices(words, k=count)
            yield " ".join(chosen)


def short_texts(lexicon: Lexicon, seed: int) -> Iterator[str]:
    """Yield for ever what answers a question in a word or two: digits and numbers above all, yes and no, any word."""
    rng = Random(seed)
    sentences = SentenceMaker(seed)
    while True:
        kind = rng.random()
        if kind < 0.3:
            yield spoken.digit(rng)
        elif kind < 0.7:
            text = sentences.of(rng.choice(_SHORT_INTENTS))
            if len(text.split()) < 4 and _listed(text, lexicon):
                yield text
        else:
            yield rng.choice(lexicon.words)


def mixed_texts(lexicon: Lexicon, seed: int) -> Iterator[str]:
    """Yield for ever short answers and sentences in turn."""
    return chain.from_iterable(zip(short_texts(lexicon, seed), training_texts(lexicon, seed), strict=True))


class Speakers:
    """Both synthesisers, with random voices and manners."""

    def __init__(self, flite: Flite, lexicon: Lexicon, seed: int, pace: Pace = CALM) -> None:
        self._espeak = Espeak()
        self._pace = pace
        self._flite = flite
        self._lexicon = lexicon
        self._rng = Random(seed)
        self._foreigners = Foreigners(self._espeak, self._rng)

    def anyone(self, text: str) -> Spoken | None:
        """Let flite or an espeak-ng voice of the training set speak."""
        if self._rng.random() < 0.5:
            return self.flite(text, self._rng.choice(FLITE_VOICES))
        return self.espeak(text, f"{self._rng.choice(DIALECTS)}+{self._rng.choice(VARIANTS)}")

    def foreigner(self, text: str) -> Spoken | None:
        """Let somebody speak whose mother tongue is another; None where the phones do not fit the lexicon."""
        return self._foreign(text, self._rng.choice(LANGUAGES), self._rng.choice(VARIANTS))

    def held_out_foreigner(self, text: str) -> Spoken | None:
        """Let somebody speak whose mother tongue and voice are never trained on."""
        return self._foreign(text, self._rng.choice(HELD_OUT_LANGUAGES), self._rng.choice(HELD_OUT_VARIANTS))

    def _foreign(self, text: str, language: str, variant: str) -> Spoken | None:
        samples, phones = self._foreigners.speak(text, language, variant, self._manner())
        return self._fitted(text, samples, phones, f"{language}+{variant}")

    def held_out(self, text: str) -> Spoken | None:
        """Let an espeak-ng voice speak that is never trained on."""
        return self.espeak(text, f"{self._rng.choice(['en-us', 'en-us', 'en'])}+{self._rng.choice(HELD_OUT_VARIANTS)}")

    def flite(self, text: str, voice: str) -> Spoken:
        """Speak with one of flite's voices."""
        stretch, pitch = self._rng.uniform(*self._pace.stretch), self._rng.uniform(0.8, 1.3)
        samples, rate, phones = self._flite.speak(text, voice, stretch, pitch)
        return _to_16k(samples, rate), voice, labels.from_flite(phones, len(samples) / rate)

    def espeak(self, text: str, voice: str) -> Spoken | None:
        """Speak with one of espeak-ng's; None where its phones do not fit the lexicon."""
        samples, phones = self._espeak.speak(text, voice, self._manner())
        return self._fitted(text, samples, phones, voice)

    def _manner(self) -> Manner:
        rng = self._rng
        return Manner(
            rng.randint(*self._pace.words), rng.randint(15, 85), rng.randint(25, 75), rng.choice((0, 0, 0, 1, 3))
        )

    def _fitted(self, text: str, samples: np.ndarray, phones: list[Phone], voice: str) -> Spoken | None:
        rate = self._espeak.sample_rate
        found = labels.from_espeak(text, phones, len(samples) / rate, self._lexicon.pronunciations)
        return None if found is None else (_to_16k(samples, rate), voice, found)


def _to_16k(samples: np.ndarray, rate: int) -> np.ndarray:
    if rate == SAMPLE_RATE:
        return samples
    resampled = soxr.resample(samples.astype(np.float32), rate, SAMPLE_RATE)
    return np.clip(np.round(resampled), -32768, 32767).astype(np.int16)


def _write(folder: Path, texts: Iterator[str], speak: Callable[[str], Spoken | None], hours: float) -> None:
    writer = CorpusWriter(folder)
    wanted = int(hours * 3600 * SAMPLE_RATE)
    reported = 0
    while writer.samples < wanted:
        text = next(texts)
        spoken = speak(text)
        if spoken is not None and len(spoken[0]) <= LONGEST:
            writer.add(spoken[0], text, spoken[1], spoken[2])
        if writer.samples - reported > 1800 * SAMPLE_RATE:
            reported = writer.samples
            print(f"  {folder.name}: {reported / SAMPLE_RATE / 3600:.1f} of {hours:.1f} h", flush=True)
    writer.close()


def make_training_speech(
    folder: Path, lexicon: Lexicon, texts: Iterator[str], hours: float, pace: Pace, foreign: bool, seed: int
) -> None:
    """Write a corpus to learn from, maybe of foreigners; the demonstration is spoken a dozen times in it."""
    with Flite(compile_speaker(folder.parent)) as flite:
        speakers = Speakers(flite, lexicon, seed, pace)
        demonstration = chain.from_iterable(repeat(DEMO, 12))
        _write(folder, chain(demonstration, texts), speakers.foreigner if foreign else speakers.anyone, hours)


def make_test_speech(folder: Path, lexicon: Lexicon, seed: int) -> None:
    """Write `unheard_voices` and `unheard_accents`, which no training has, and `unheard_sentences` by voices it has."""
    folder.mkdir(parents=True, exist_ok=True)
    with Flite(compile_speaker(folder)) as flite:
        speakers = Speakers(flite, lexicon, seed)
        usual = (text for text in SentenceMaker(seed).training() if len(text.split()) > 2 and _listed(text, lexicon))
        _write(folder / "unheard_voices", usual, speakers.held_out, _TEST_HOURS)
        held_out = (text for text in SentenceMaker(seed).test() if _listed(text, lexicon))
        _write(folder / "unheard_sentences", held_out, speakers.anyone, _TEST_HOURS)
        _write(folder / "unheard_accents", mixed_texts(lexicon, seed), speakers.held_out_foreigner, _TEST_HOURS)


def _listed(text: str, lexicon: Lexicon) -> bool:
    return all(word in lexicon.pronunciations for word in text.split())
