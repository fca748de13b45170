"""Recordings of people: coffee orders to learn from, and clips only to be tested on.

The orders (135 clips of Picovoice/speech-to-intent-benchmark, Apache-2.0) come with the slots they fill, not
with their words. pocketsphinx finds the words: it hears each clip with a grammar of just that clip's slots.
"""

from __future__ import annotations

import json
import wave
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np
import pocketsphinx
import soxr

from corpus import SAMPLE_RATE
from features import HOP
from speakers import fingerprint, halves

ORDERS = "barista"
TRANSCRIPT = "orders.json"
HALVES = "halves.json"
_ASKING = (
    "brew|can i get|can i have|could i get|could i have|i want|i want to have|get me|give me|i'd like|"
    "i would like|make me|may i have|i'll have|i'll take|let me have"
)
_BEFORE = ("size", "roast", "numberOfShots")
_WITH = ("milkAmount", "sugarAmount")

# What is said in the clips that lie beside the orders. They are never trained on.
TEST_CLIPS = {
    "turn_on_living_room_lamp.wav": "turn on the living room lamp",
    "vosk_test.wav": "one zero zero zero one nine oh two one oh zero one eight zero three",
    "cards_001.wav": "ten of clubs",
    "cards_002.wav": "four queen of clubs",
    "cards_003.wav": "seven of clubs",
    "go_forward.wav": "go forward ten meters",
    "librivox_0880.wav": "he was not an ill disposed young man",
    "librivox_0930.wav": "he might even have been made amiable himself",
}
_SILENCES = tuple(SAMPLE_RATE // 4 + hops * HOP for hops in range(3))
DIGITS = "zero one two three four five six seven eight nine".split()


@dataclass(frozen=True)
class Clip:
    """A recording of a person: where it came from, what was said, int16 samples at 16 kHz."""

    name: str
    text: str
    samples: np.ndarray


def read_wave(path: Path) -> np.ndarray:
    """Read a mono 16-bit WAV as int16 samples at 16 kHz."""
    with wave.open(str(path)) as recording:
        rate = recording.getframerate()
        samples = np.frombuffer(recording.readframes(recording.getnframes()), np.int16)
    if rate == SAMPLE_RATE:
        return samples
    resampled = soxr.resample(samples.astype(np.float32), rate, SAMPLE_RATE)
    return np.clip(np.round(resampled), -32768, 32767).astype(np.int16)


def _article(words: str) -> str:
    return "an" if words[0] in "aeiou" else "a"


def _wording(slots: dict[str, str]) -> str:
    """Return a JSGF grammar of all the ways to order what the slots say."""
    said = {name: value.strip() for name, value in slots.items()}
    before = [said[name] for name in _BEFORE if name in said]
    extras = [said[name] for name in _WITH if name in said]
    ways = [" ".join([*way, said["coffeeDrink"]]) for way in permutations(before)]
    order = f"[please] ({_ASKING}) (" + " | ".join(f"[{_article(way)} | some] {way}" for way in ways) + ")"
    if extras:
        order += " [with] (" + " | ".join(" and ".join(way) for way in permutations(extras)) + ")"
    return f"#JSGF V1.0;\ngrammar order;\npublic <order> = {order} [please];\n"


def transcribe_orders(work: Path, folder: Path) -> None:
    """Find the words of the coffee orders and write them into `work`; takes three minutes."""
    labels = json.loads((folder / ORDERS / "label.json").read_text())
    print(f"  listening to {len(labels)} orders", flush=True)
    decoder = pocketsphinx.Decoder(
        samprate=SAMPLE_RATE, lm=None, loglevel="FATAL", beam=1e-70, wbeam=1e-50, pbeam=1e-70
    )
    words = {}
    for number, name in enumerate(sorted(labels)):
        samples = read_wave(folder / ORDERS / name)
        search = f"order{number}"
        decoder.add_jsgf_string(search, _wording(labels[name]["slots"]))
        decoder.activate_search(search)
        decoder.start_utt()
        decoder.process_raw(samples.tobytes(), full_utt=True)
        decoder.end_utt()
        if decoder.hyp() is not None:
            words[name] = decoder.hyp().hypstr
    (work / TRANSCRIPT).write_text(json.dumps(words, indent=1))


def orders(work: Path, folder: Path) -> list[Clip]:
    """Return the transcribed orders."""
    words = json.loads((work / TRANSCRIPT).read_text())
    return [Clip(name, text, read_wave(folder / ORDERS / name)) for name, text in words.items()]


def share_out_orders(work: Path, folder: Path) -> None:
    """Write into `work` which orders are in which of two halves that share no speaker, as far as can be told."""
    names = sorted(json.loads((folder / ORDERS / "label.json").read_text()))
    parts = halves([fingerprint(read_wave(folder / ORDERS / name)) for name in names])
    (work / HALVES).write_text(json.dumps([[names[number] for number in part] for part in parts], indent=1))


def half(work: Path, number: int) -> set[str]:
    """Return the names of the orders in a half, 0 or 1."""
    return set(json.loads((work / HALVES).read_text())[number])


def write_labels(folder: Path, names: set[str], path: Path) -> None:
    """Write the labels of some orders, for `pipit eval`."""
    labels = json.loads((folder / ORDERS / "label.json").read_text())
    path.write_text(json.dumps({name: labels[name] for name in sorted(names)}, indent=1))


def kitchen_noises(folder: Path) -> list[np.ndarray]:
    """Return the noise recorded beside the orders: the half that is learnt from, and the one that is not."""
    path = folder / ORDERS / "kitchen_noise.wav"
    if not path.exists():
        return []
    noise = read_wave(path)
    return [noise[: len(noise) // 2], noise[len(noise) // 2 :]]


def test_clips(folder: Path) -> list[Clip]:
    """Return the clips with sentences; those missing are left out."""
    found = {name: text for name, text in TEST_CLIPS.items() if (folder / name).exists()}
    return [Clip(name, text, read_wave(folder / name)) for name, text in found.items()]


def digit_clips(folder: Path) -> list[Clip]:
    """Return single digits spoken at a telephone's 8 kHz, a quarter of a second of silence before and after.

    Each comes three times, 10 ms later every time: the net decides every 30 ms, and that moves one in nine.
    """
    paths = sorted((folder / "digits").glob("[0-9]_*.wav"))
    spoken = [(path.name, DIGITS[int(path.name[0])], read_wave(path)) for path in paths]
    return [Clip(name, text, np.pad(samples, silence)) for silence in _SILENCES for name, text, samples in spoken]
