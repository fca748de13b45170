"""Measure a Vosk model folder on synthetic speech, noises and, where there are any, recordings of people.

It speaks its own test sets (espeak-ng voices and sentences that training leaves out), so it needs the same
Debian packages as `make.py`; with `--human DIR` it also listens to recordings of people, which lie outside
the project.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np

import lexicon as lexicons
import people
from augment import Augmenter, clicks, coloured_noise, machine_hum
from corpus import SAMPLE_RATE, Corpus
from curve import people_curves, print_curve, print_folds, print_open_folds, tally_of
from flite import Flite, compile_speaker
from lexicon import Lexicon
from listen import Listener, Pocketsphinx, Tally
from needs import missing
from speak import HELD_OUT_VARIANTS, Speakers, make_test_speech
from text import DEMO

SEED = 77
_LAMP = "turn_on_living_room_lamp.wav"
_ANSWERS = "yes,no,stop,cancel,repeat that,next,go back,help,maybe,i don't know,yes please,no thank you".split(",")


def hear_corpus(listener: Listener, folder: Path, show: bool) -> None:
    """Print the word errors of a synthetic test set."""
    tally, seconds, began = Tally(), 0.0, time.monotonic()
    for utterance, samples in Corpus(folder):
        heard = listener.hear(samples)
        seconds += len(samples) / SAMPLE_RATE
        if tally.add(utterance.text, heard) and show:
            print(f"    {utterance.voice}: {utterance.text} -> {heard}")
    factor = (time.monotonic() - began) / seconds
    print(f"{folder.name}: {tally}; {factor:.3f} x real time")


def hear_demonstration(listener: Listener, scratch: Path, known: Lexicon) -> None:
    """Print how the demonstration is heard when flite and unheard espeak-ng voices speak it."""
    with Flite(compile_speaker(scratch)) as flite:
        speakers = Speakers(flite, known, SEED)
        for voice in ("awb", "slt", "rms", "kal16", *(f"en-us+{name}" for name in HELD_OUT_VARIANTS)):
            tally = Tally()
            for sentence in DEMO:
                spoken = speakers.espeak(sentence, voice) if "+" in voice else speakers.flite(sentence, voice)
                if spoken is None:
                    continue
                heard = listener.hear(spoken[0])
                if tally.add(sentence, heard):
                    print(f"    {voice}: {sentence} -> {heard}")
            print(f"demonstration, {voice}: {tally}")


def hear_noises(listener: Listener) -> None:
    """Print what is heard in sounds that say nothing."""
    rng = np.random.default_rng(SEED)
    makers = {
        "hum": lambda: machine_hum(rng, 3 * SAMPLE_RATE),
        "hiss": lambda: coloured_noise(rng, 3 * SAMPLE_RATE, rng.uniform(0, 2)),
        "knocks": lambda: clicks(rng, 3 * SAMPLE_RATE),
    }
    for name, make in makers.items():
        heard = [listener.hear(np.clip(make() * level, -32768, 32767)) for level in (30, 100, 300, 1000, 3000) * 8]
        wrong = [text for text in heard if text not in ("", "[unk]")]
        print(f"noise, {name}: words heard in {len(wrong)} of {len(heard)} {sorted(set(wrong))[:8]}")


def hear_people(listener: Listener, folder: Path) -> Tally:
    """Print the word errors of people's clips and of single digits; add up those of open decoding."""
    tally = Tally()
    for clip in people.test_clips(folder):
        heard = listener.hear(clip.samples)
        tally.add(clip.text, heard)
        print(f"    {clip.name}: {clip.text} -> {heard}")
    print(f"people's clips: {tally}")
    print(f"people's clips, pocketsphinx: {tally_of(Pocketsphinx().hear, people.test_clips(folder))}")
    digits = people.digit_clips(folder)
    openly = tally_of(listener.hear, digits)
    print(f"people's digits, open: {openly}")
    expected = tally_of(partial(listener.hear, phrases=[*people.DIGITS, "[unk]"]), digits)
    print(f"people's digits, with a grammar of digits: {expected}")
    print(f"people's digits, open, pocketsphinx: {tally_of(Pocketsphinx().hear, digits)}")
    print(f"people's clips, open, and digits, with their grammar: {tally + expected}")
    return tally + openly


def hear_lamp(listener: Listener, folder: Path) -> None:
    """Print how often the lamp's sentence is exact over chunk sizes, levels, silences and noises."""
    if not (folder / _LAMP).exists():
        return
    clip, wanted = people.read_wave(folder / _LAMP).astype(np.float32), people.TEST_CLIPS[_LAMP]
    augmenter, results = Augmenter(SEED), Tally()
    for silence in (0.0, 0.5, 1.0):
        for decibels in (-18, -12, -6, -3, 0, 3):
            for chunk in (0.02, 0.05, 0.1, 0.2):
                sound = np.pad(clip * 10 ** (decibels / 20), (int(silence * SAMPLE_RATE), 0))
                results.add(wanted, listener.hear(np.clip(sound, -32768, 32767), chunk_seconds=chunk))
    print(f"lamp, chunks x levels x silence: {results}")
    results = Tally()
    for snr in (30, 25, 20, 15, 10):
        for _ in range(8):
            noise = augmenter.noise(len(clip)) * clip.std() * 10 ** (-snr / 20)
            results.add(wanted, listener.hear(np.clip(clip + noise, -32768, 32767)))
    print(f"lamp, noise of 30 to 10 dB: {results}")


def hear_answers(listener: Listener, scratch: Path, known: Lexicon) -> None:
    """Print how well a runtime grammar of short answers takes answers and rejects other sentences."""
    phrases = [*_ANSWERS, "[unk]"]
    taken, confined, rejected = 0, True, 0
    with Flite(compile_speaker(scratch)) as flite:
        speakers = Speakers(flite, known, SEED)
        spoken = [(answer, speakers.held_out(answer)) for answer in _ANSWERS for _ in range(4)]
    for answer, sound in spoken:
        if sound is not None:
            taken += listener.hear(np.pad(sound[0], 4000), phrases) == answer
    allowed = {word for phrase in phrases for word in phrase.split()}
    corpus = Corpus(scratch / "unheard_sentences")
    others = [u for u in corpus.utterances if not allowed.intersection(u.text.split())][:60]
    for utterance in others:
        heard = listener.hear(corpus.samples(utterance), phrases)
        confined = confined and set(heard.split()) <= allowed
        rejected += "[unk]" in heard or not heard
    print(
        f"runtime grammar of {len(_ANSWERS)} answers: took {taken} of {len(spoken)}, confined {confined}, "
        f"rejected {rejected} of {len(others)} other sentences"
    )


def main() -> None:
    """Run all measurements that can be run here."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="Vosk model folder")
    parser.add_argument("--human", type=Path, help="folder of people's recordings")
    parser.add_argument("--folds", type=Path, help="make.py's work folder: measure the folds in it, with --human")
    parser.add_argument("--pipit", default="pipit", help="the program that plays the orders through their flow")
    parser.add_argument("--all", action="store_true", help="print every sentence that was misheard")
    options = parser.parse_args()
    if problem := missing():
        sys.exit(problem)
    listener = Listener(options.model)
    with tempfile.TemporaryDirectory() as temporary:
        test = Path(temporary)
        known = lexicons.build(lexicons.SIZE)
        make_test_speech(test, known, SEED)
        for name in ("unheard_voices", "unheard_sentences", "unheard_accents"):
            hear_corpus(listener, test / name, options.all)
        unheard = Corpus(test / "unheard_voices")
        sounds = [(u.text, unheard.samples(u)) for u in unheard.utterances[::4]]
        print_curve("a quarter of the unheard voices", sounds, listener.hear, options.human)
        hear_demonstration(listener, test, known)
        hear_answers(listener, test, known)
    hear_noises(listener)
    if options.human is None or not options.human.is_dir():
        print("people: skipped, no folder of recordings was given (--human DIR)")
        return
    openly = hear_people(listener, options.human)
    hear_lamp(listener, options.human)
    people_curves(listener, options.human)
    if options.folds:
        openly += print_open_folds(options.folds, options.human)
        print(f"people's clips, digits and orders together, none of them trained on, open: {openly}")
        print_folds(options.pipit, options.model.parent, options.folds, options.human)


if __name__ == "__main__":
    main()
