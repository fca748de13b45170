"""What `make.py` does one after the other: each stage reads files of the work folder and writes others."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch

import lexicon as lexicons
import people
import prompts
from align import Aligner
from corpus import CorpusWriter
from dataset import Examples, Mix, feature_statistics, make_examples
from export import export_model, staying_chances
from graph import build_graph
from lexicon import Lexicon
from net import AcousticNet
from noisy import Noises
from resume import load_exported
from speak import ANY_PACE, BRISK, CALM, Pace, make_training_speech, mixed_texts, short_texts, training_texts
from text import SentenceMaker
from train import Lesson, Sets, priors, train

SEED = 1
FOLDS = (0, 1)  # a fold has not heard the half of people's orders with its number
PEOPLE_MIX = Mix(copies=10, clean_share=1.0, bent_share=0.4, noises=0)
PROMPTS_MIX = Mix(copies=12, clean_share=1.0, bent_share=0.5, noises=0)  # one woman becomes many speakers
_PEOPLE_REPEATS, _PROMPTS_REPEATS = 3, 2
_WORST_PROMPTS, _WORST_ORDERS = 5, 3  # per cent, left out: their words fit least
_LANGUAGE_SENTENCES = 300_000
_UNKNOWN_SCALE = 0.25
_BASE_SHARE, _FOLD_SHARE = 0.82, 0.09  # of the training time
_FRAMES_SHARE = 0.45  # of the time for the base


@dataclass(frozen=True)
class Speech:
    """A corpus of synthetic speech: what is said, for how long, how fast, what is made of it, how often it is heard.

    `foreign` is one of people with other mother tongues.
    """

    name: str
    texts: Callable[[Lexicon, int], Iterator[str]]
    hours: float
    pace: Pace
    mix: Mix
    seed: int
    repeats: int = 1
    foreign: bool = False


SPEECH = (
    Speech("calm", training_texts, 7.0, CALM, Mix(copies=2, clean_share=0.35, bent_share=0.75, noises=1800), SEED),
    Speech("brisk", training_texts, 6.0, BRISK, Mix(copies=1, clean_share=0.25, bent_share=0.75, noises=900), SEED + 9),
    Speech(
        "short",
        short_texts,
        1.5,
        ANY_PACE,
        Mix(copies=3, clean_share=0.3, bent_share=0.75, noises=300),
        SEED + 17,
        repeats=5,
    ),
    Speech(
        "accents",
        mixed_texts,
        2.0,
        ANY_PACE,
        Mix(copies=2, clean_share=0.3, bent_share=0.4, noises=0),
        SEED + 23,
        repeats=4,
        foreign=True,
    ),
)


@dataclass(frozen=True)
class Plan:
    """Where things lie, what is made and how long training may take."""

    work: Path
    out: Path
    human: Path | None
    prompts: Path | None
    start: Path | None
    folds: bool
    minutes: float


def _save_net(net: AcousticNet, path: Path) -> None:
    np.savez(path, **{name: tensor.numpy() for name, tensor in net.state_dict().items()})


def _load_net(path: Path) -> AcousticNet:
    net, stored = AcousticNet(), np.load(path)
    net.load_state_dict({name: torch.from_numpy(stored[name]) for name in stored.files})
    return net


def make_speech(plan: Plan, speech: Speech) -> None:
    """Let the synthesisers speak."""
    known = lexicons.load(plan.work / "lexicon.json")
    texts = speech.texts(known, speech.seed)
    make_training_speech(plan.work / speech.name, known, texts, speech.hours, speech.pace, speech.foreign, speech.seed)


def save_examples(plan: Plan, name: str, mix: Mix, seed: int) -> None:
    """Turn a corpus into features and labels."""
    make_examples(plan.work / name, mix, seed).save(plan.work / f"{name}_examples.npz")


def _common(plan: Plan) -> Sets:
    """Return what every net learns from: synthetic speech and, where there are any, prompts."""
    sets = [(Examples.load(plan.work / f"{speech.name}_examples.npz"), speech.repeats) for speech in SPEECH]
    if plan.prompts is not None:
        sets.append((Examples.load(plan.work / "prompts_examples.npz"), _PROMPTS_REPEATS))
    return sets


def _people(plan: Plan, halves: tuple[int, ...]) -> Sets:
    repeats = _PEOPLE_REPEATS * len(FOLDS) // len(halves)
    return [(Examples.load(plan.work / f"people{half}_examples.npz"), repeats) for half in halves]


def train_base(plan: Plan) -> None:
    """Train on synthetic speech and prompts; whoever has no recordings gets this net."""
    sets = _common(plan)
    torch.manual_seed(SEED)
    net = AcousticNet(dropout=0.0)  # so much speech in so little time is not learnt by heart
    mean, deviation = feature_statistics(sets[0][0])
    net.mean.copy_(torch.from_numpy(mean))
    net.deviation.copy_(torch.from_numpy(deviation))
    minutes = plan.minutes * (1.0 if plan.human is None else _BASE_SHARE)
    frames = minutes * _FRAMES_SHARE
    train(net, sets, Lesson("frames", frames, 2e-3, SEED, _noises(plan, sets)))
    train(net, sets, _of_sequences(plan, sets, "base", minutes - frames))
    _save_net(net, plan.work / "base.npz")


def _noises(plan: Plan, sets: Sets) -> Noises:
    """Return what is mixed into speech; of the noise recorded beside people's orders only the half kept for it."""
    recorded = [] if plan.human is None else people.kitchen_noises(plan.human)[:1]
    return Noises(np.random.default_rng(SEED + 7), sets[0][0], recorded)


def _of_sequences(plan: Plan, sets: Sets, name: str, minutes: float) -> Lesson:
    return Lesson.of_sequences(sets, name, minutes, 1.3e-3, SEED + 2, _noises(plan, sets), _UNKNOWN_SCALE)


def align_prompts(plan: Plan, folder: Path) -> None:
    """Write a corpus of telephone prompts."""
    _align(plan.work / "prompts", "allison", prompts.prompts(folder), _WORST_PROMPTS)


def align_people(plan: Plan, folder: Path, half: int) -> None:
    """Write a corpus of half of people's orders."""
    names = people.half(plan.work, half)
    clips = [clip for clip in people.orders(plan.work, folder) if clip.name in names]
    _align(plan.work / f"people{half}", people.ORDERS, clips, _WORST_ORDERS)


def _align(corpus: Path, voice: str, clips: list[people.Clip], worst: int) -> None:
    """Write a corpus of people's clips, but for so many per cent of them whose words fit least."""
    aligner, found = Aligner(), []
    for clip in clips:
        aligned = aligner.align(clip.samples, clip.text)
        if aligned is not None:
            found.append((aligned[1], clip, aligned[0]))
    threshold = np.percentile([score for score, _, _ in found], worst)
    writer = CorpusWriter(corpus)
    for score, clip, labels in found:
        if score >= threshold:
            writer.add(clip.samples, clip.text, f"{voice}+{clip.name}", labels)
    writer.close()


def _fine_tune(plan: Plan, net: AcousticNet, halves: tuple[int, ...], share: float, name: str) -> None:
    sets = _common(plan) + _people(plan, halves)
    train(net, sets, _of_sequences(plan, sets, name, plan.minutes * share))
    _save_net(net, plan.work / f"{name}.npz")


def train_fold(plan: Plan, fold: int) -> None:
    """Train on with people's orders, but for one half of the speakers."""
    _fine_tune(plan, _load_net(plan.work / "base.npz"), (1 - fold,), _FOLD_SHARE, f"fold{fold}")


def train_final(plan: Plan) -> None:
    """Train on with all of people's orders, from the base net or from an earlier edition of the model."""
    if plan.start is None:
        net = _load_net(plan.work / "base.npz")
    else:
        net = load_exported(plan.start / "am" / "final.mdl", _common(plan)[0][0])
    _fine_tune(plan, net, FOLDS, 1 - _BASE_SHARE, "final")


def make_graph(plan: Plan) -> None:
    """Build the decoding graph, which all models share."""
    known, stay = lexicons.load(plan.work / "lexicon.json"), staying_chances(plan.work / "calm")
    sentences = islice(SentenceMaker(SEED + 3).training(), _LANGUAGE_SENTENCES)
    build_graph(plan.work / "graph", plan.work, known, stay, sentences)


def learnt_from(plan: Plan) -> Sets:
    """Return what the final net has learnt from."""
    return _common(plan) + ([] if plan.human is None else _people(plan, FOLDS))


def export(plan: Plan, name: str, out: Path, sets: Sets) -> None:
    """Write a net and the graph as a Vosk model."""
    for part in ("am", "conf", "graph"):
        shutil.rmtree(out / part, ignore_errors=True)
    shutil.copytree(plan.work / "graph", out / "graph")
    export_model(
        _load_net(plan.work / f"{name}.npz"), priors(sets, _UNKNOWN_SCALE), staying_chances(plan.work / "calm"), out
    )


def export_fold(plan: Plan, folder: Path, fold: int) -> None:
    """Write a fold's model, and beside it the labels of the orders that it has never heard."""
    out = plan.work / f"fold{fold}"
    export(plan, f"fold{fold}", out / "recogniser", _common(plan) + _people(plan, (1 - fold,)))
    people.write_labels(folder, people.half(plan.work, fold), out / "labels.json")
