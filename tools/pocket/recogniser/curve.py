"""How hearing falls as noise grows, and how often people's orders come out right."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

import people
from augment import coloured_noise
from corpus import SAMPLE_RATE
from listen import Listener, Pocketsphinx, Tally

SNRS = (20, 15, 10, 5, 0)
_FRAME = 2048
_ORDER_SNRS = "24,12,6"

Sounds = Sequence[tuple[str, np.ndarray]]


def _loudest(sound: np.ndarray) -> float:
    """Return the largest energy of a frame, as the noise of published figures is mixed."""
    whole = sound[: len(sound) // _FRAME * _FRAME].astype(np.float64).reshape(-1, _FRAME)
    return float((whole**2).sum(axis=1).max()) if len(whole) else float((sound.astype(np.float64) ** 2).sum())


def noisy(sound: np.ndarray, noise: np.ndarray, snr: float, rng: np.random.Generator) -> np.ndarray:
    """Mix a stretch of noise in; loudest frame against loudest frame."""
    start = int(rng.integers(0, len(noise) - len(sound)))
    stretch = noise[start : start + len(sound)].astype(np.float64)
    mixed = sound + stretch * np.sqrt(_loudest(sound) / (_loudest(stretch) + 1.0)) * 10 ** (-snr / 20)
    return mixed * min(1.0, 32000.0 / np.abs(mixed).max())


def noises(folder: Path | None) -> dict[str, np.ndarray]:
    """Return the noises that there are by name, a minute or more of each."""
    rng = np.random.default_rng(5)
    found = {"pink": coloured_noise(rng, 60 * SAMPLE_RATE, 1.0) * 1000}
    recorded = people.kitchen_noises(folder) if folder is not None else []
    if recorded:
        found["kitchen"] = recorded[1].astype(np.float32)
    return found


def print_curve(name: str, sounds: Sounds, hear: Callable[[np.ndarray], str], folder: Path | None) -> None:
    """Print the word errors of some sounds with their words, without noise and at each level of each noise."""
    clean = Tally()
    for text, sound in sounds:
        clean.add(text, hear(sound))
    print(f"{name}, clean: {clean}")
    for kind, noise in noises(folder).items():
        shares = []
        for snr in SNRS:
            rng, tally = np.random.default_rng(9), Tally()
            for text, sound in sounds:
                tally.add(text, hear(noisy(sound, noise, snr, rng)))
            shares.append(f"{snr} dB {tally.share:.1f} %")
        print(f"{name}, {kind} noise, word errors: {'; '.join(shares)}")


def people_curves(listener: Listener, folder: Path) -> None:
    """Print the curves of people's sentences, open, and of their digits with a grammar."""
    clips = [(clip.text, clip.samples) for clip in people.test_clips(folder)]
    print_curve("people's clips", clips, listener.hear, folder)
    digits = [(clip.text, clip.samples) for clip in people.digit_clips(folder)]
    phrases = [*people.DIGITS, "[unk]"]
    print_curve("people's digits with a grammar", digits, lambda sound: listener.hear(sound, phrases), folder)


def tally_of(hear: Callable[[np.ndarray], str], clips: Sequence[people.Clip]) -> Tally:
    """Return the word errors of some clips."""
    tally = Tally()
    for clip in clips:
        tally.add(clip.text, hear(clip.samples))
    return tally


def print_open_folds(work: Path, folder: Path) -> Tally:
    """Print, and add up, the word errors in orders, each heard openly by the model that does not know its speaker."""
    orders, compared, total = people.orders(work, folder), Pocketsphinx(), Tally()
    for fold in (0, 1):
        names = people.half(work, fold)
        unheard = [clip for clip in orders if clip.name in names]
        tally = tally_of(Listener(work / f"fold{fold}" / "recogniser").hear, unheard)
        print(f"orders of the speakers unheard by fold {fold}, open: {tally}")
        print(f"the same, pocketsphinx: {tally_of(compared.hear, unheard)}")
        total += tally
    return total


def print_folds(pipit: str, pocket: Path, work: Path, folder: Path) -> None:
    """Print the share of orders with every field right, each heard by the model that does not know its speaker."""
    right: dict[str, int] = {}
    count = 0
    for fold in (0, 1):
        report = _order_report(pipit, pocket, work / f"fold{fold}", folder)
        count += report["conditions"][0]["recordings"]
        shares = []
        for condition in report["conditions"]:
            level = "clean" if condition["snr_db"] is None else f"{condition['snr_db']:g} dB"
            right[level] = right.get(level, 0) + condition["right"]
            shares.append(f"{level} {condition['share']:.3f}")
        print(f"orders of the speakers unheard by fold {fold}: {'; '.join(shares)}")
    together = "; ".join(f"{level} {number / count:.3f}" for level, number in right.items())
    print(f"all {count} orders, speakers unheard: {together}")


def _unheard_noise(folder: Path, place: Path) -> Path:
    """Write the half of the kitchen's noise that was never trained on."""
    path = place / "kitchen.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(people.kitchen_noises(folder)[1].tobytes())
    return path


def _order_report(pipit: str, pocket: Path, fold: Path, folder: Path) -> dict:
    """Run the flow's evaluation with a fold's recogniser in place of the shipped one."""
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        for name in ("model", "voice"):
            (place / name).symlink_to((pocket / name).resolve())
        (place / "recogniser").symlink_to((fold / "recogniser").resolve())
        orders = str(folder / people.ORDERS)
        command = [pipit, "eval", "barista", str(fold / "labels.json"), orders, "--json", "--jobs", "1"]
        command += ["--noise", str(_unheard_noise(folder, place)), "--snr", _ORDER_SNRS]
        environment = dict(os.environ, PIPIT_POCKET_DIR=str(place))
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return json.loads(done.stdout)
