"""Make the pocket recogniser, a Vosk model, from nothing but text and synthetic voices.

    python tools/pocket/recogniser/make.py --work DIR --out models/pocket/recogniser \
        [--human DIR] [--minutes N]

Needs the packages of `requirements.txt` and, from Debian 12: gcc libc6-dev flite1-dev libespeak-ng1
libfst-tools libfst22-plugins-base. Every stage leaves a file in the work folder (4 GB in all) and is skipped
when that file is there: delete the file to make the stage again. `--human DIR` adds recordings of people to
learn from (see `people.py`). One CPU thread (set OMP_NUM_THREADS=1 on a busy machine); about a
quarter of an hour beside the training, which takes `--minutes`.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import torch

import lexicon as lexicons
import people
from align import align
from corpus import CorpusWriter
from dataset import Examples, feature_statistics, make_examples
from export import export_model, staying_chances
from features import log_mel
from graph import build_graph
from needs import missing
from net import AcousticNet, log_probabilities
from speak import BRISK, CALM, make_training_speech
from text import SentenceMaker
from train import priors, train

SEED = 1
_CALM_HOURS = 10.0
_BRISK_HOURS = 4.0
_COPIES = 2
_CLEAN_SHARE = 0.35
_NOISES = 1800
_PEOPLE_COPIES = 10
_PEOPLE_REPEATS = 3
_WORST_ALIGNED = 3  # per cent of people's clips, left out
_LANGUAGE_SENTENCES = 300_000
_UNKNOWN_SCALE = 0.45
_FIRST_SHARE = 0.4  # of the training time, before people are aligned


@dataclass(frozen=True)
class Plan:
    """Where things lie and how long training may take."""

    work: Path
    out: Path
    human: Path | None
    minutes: float


def _stage(result: Path, make: Callable[[], None]) -> None:
    """Run a stage unless its result is there."""
    name = f"{result.parent.name}/{result.name}"
    if result.exists():
        print(f"{name}: there", flush=True)
        return
    print(f"{name}: making", flush=True)
    began = time.monotonic()
    make()
    print(f"{name}: made in {(time.monotonic() - began) / 60:.1f} min", flush=True)


def _save_net(net: AcousticNet, path: Path) -> None:
    np.savez(path, **{name: tensor.numpy() for name, tensor in net.state_dict().items()})


def _load_net(path: Path) -> AcousticNet:
    net, stored = AcousticNet(), np.load(path)
    net.load_state_dict({name: torch.from_numpy(stored[name]) for name in stored.files})
    return net


def _make_speech(folder: Path, lexicon: Path, hours: float, stretch: tuple[float, float], seed: int) -> None:
    make_training_speech(folder, lexicons.load(lexicon), hours, stretch, seed)


def _make_examples(corpus: Path, result: Path, seed: int) -> None:
    make_examples(corpus, _COPIES, _CLEAN_SHARE, _NOISES, seed).save(result)


def _train_first(plan: Plan) -> None:
    examples = Examples.load(plan.work / "calm_examples.npz")
    torch.manual_seed(SEED)
    net = AcousticNet()
    mean, deviation = feature_statistics(examples)
    net.mean.copy_(torch.from_numpy(mean))
    net.deviation.copy_(torch.from_numpy(deviation))
    minutes = plan.minutes * _FIRST_SHARE
    train(net, [(examples, 1)], minutes=minutes, rate=2e-3, seed=SEED, name="first round")
    _save_net(net, plan.work / "first.npz")


def _align_people(plan: Plan, folder: Path) -> None:
    """Write the corpus of people's orders with the phones where the first net hears them."""
    net, known = _load_net(plan.work / "first.npz"), lexicons.load(plan.work / "lexicon.json")
    found = []
    for clip in people.training_orders(plan.work, folder):
        aligned = align(log_probabilities(net, log_mel(clip.samples)), clip.text, known.pronunciations)
        if aligned is not None:
            found.append((aligned[1], clip, aligned[0]))
    threshold = np.percentile([score for score, _, _ in found], _WORST_ALIGNED)
    writer = CorpusWriter(plan.work / "people")
    for score, clip, labels in found:
        if score >= threshold:
            writer.add(clip.samples, clip.text, clip.name, labels)
    writer.close()


def _people_examples(plan: Plan, folder: Path) -> None:
    examples = make_examples(plan.work / "people", _PEOPLE_COPIES, 1.0, 0, SEED + 1)
    examples.save(plan.work / "people_examples.npz")


def _training_sets(plan: Plan) -> list[tuple[Examples, int]]:
    sets = [(Examples.load(plan.work / f"{name}_examples.npz"), 1) for name in ("calm", "brisk")]
    if plan.human is not None:
        sets.append((Examples.load(plan.work / "people_examples.npz"), _PEOPLE_REPEATS))
    return sets


def _train_second(plan: Plan) -> None:
    net = _load_net(plan.work / "first.npz")
    minutes = plan.minutes * (1 - _FIRST_SHARE)
    train(net, _training_sets(plan), minutes=minutes, rate=1.5e-3, seed=SEED + 2, name="second round")
    _save_net(net, plan.work / "second.npz")


def _export(plan: Plan) -> None:
    known, stay = lexicons.load(plan.work / "lexicon.json"), staying_chances(plan.work / "calm")
    sentences = islice(SentenceMaker(SEED + 3).training(), _LANGUAGE_SENTENCES)
    for name in ("am", "conf", "graph"):
        shutil.rmtree(plan.out / name, ignore_errors=True)
    build_graph(plan.out / "graph", plan.work, known, stay, sentences)
    net = _load_net(plan.work / "second.npz")
    export_model(net, priors(_training_sets(plan), _UNKNOWN_SCALE), stay, plan.out)


def _prepare_people(plan: Plan, folder: Path) -> None:
    _stage(plan.work / people.TRANSCRIPT, lambda: people.transcribe_orders(plan.work, folder))
    _stage(plan.work / "people" / "index.jsonl", lambda: _align_people(plan, folder))
    _stage(plan.work / "people_examples.npz", lambda: _people_examples(plan, folder))


def make(plan: Plan) -> None:
    """Run all stages that have not run yet; the last one, graph and export, always runs."""
    work = plan.work
    known = work / "lexicon.json"
    _stage(known, lambda: lexicons.save(lexicons.build(lexicons.SIZE), known))
    for name, stretch, hours, seed in (
        ("calm", CALM, _CALM_HOURS, SEED),
        ("brisk", BRISK, _BRISK_HOURS, SEED + 9),
    ):
        _stage(
            work / name / "index.jsonl",
            partial(_make_speech, work / name, known, hours, stretch, seed),
        )
        examples = work / f"{name}_examples.npz"
        _stage(examples, partial(_make_examples, work / name, examples, seed))
    _stage(work / "first.npz", lambda: _train_first(plan))
    if plan.human is not None:
        _prepare_people(plan, plan.human)
    _stage(work / "second.npz", lambda: _train_second(plan))
    _export(plan)
    size = sum(path.stat().st_size for path in plan.out.rglob("*") if path.is_file())
    print(f"{plan.out}: {size / 1e6:.2f} MB")


def main() -> None:
    """Read the options, check what is installed, make the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for everything in between")
    parser.add_argument("--out", type=Path, required=True, help="Vosk model folder to write")
    parser.add_argument("--human", type=Path, help="folder of people's recordings to learn from")
    parser.add_argument("--minutes", type=float, default=40.0, help="training time (default 40)")
    options = parser.parse_args()
    if problem := missing():
        sys.exit(problem)
    torch.set_num_threads(1)
    options.work.mkdir(parents=True, exist_ok=True)
    make(Plan(options.work, options.out, options.human, options.minutes))


if __name__ == "__main__":
    main()
