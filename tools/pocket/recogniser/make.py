"""Make the pocket recogniser, a Vosk model, from nothing but text and synthetic voices.

    python tools/pocket/recogniser/make.py --work DIR --out models/pocket/recogniser \
        [--prompts DIR] [--human DIR [--start MODEL] [--folds]] [--minutes N]

Needs the packages of `requirements.txt` and, from Debian 12: gcc libc6-dev flite1-dev libespeak-ng1
libfst-tools libfst22-plugins-base. Every stage leaves a file in the work folder (4 GB in all) and is skipped
when that file is there: delete the file to make the stage again. `--prompts DIR` adds the telephone prompts of
three more packages (see `prompts.py`), which lie in /usr once installed; `--human DIR` adds recordings of people
to learn from (see `people.py`), `--start MODEL` lets the last round begin with an earlier edition's weights, and
`--folds` makes two more models beside it, each of which has never heard half of the speakers, to measure how
it does with people it does not know. One CPU thread (set OMP_NUM_THREADS=1 on a busy machine); about half an
hour beside the training, which takes `--minutes`, and an eleventh of that for a fold.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

import lexicon as lexicons
import people
import stages
from needs import missing
from stages import FOLDS, SEED, Plan


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


def _make_speech(plan: Plan) -> None:
    """Everything that needs no recordings but the prompts."""
    work, known = plan.work, plan.work / "lexicon.json"
    _stage(known, lambda: lexicons.save(lexicons.build(lexicons.SIZE), known))
    for speech in stages.SPEECH:
        _stage(work / speech.name / "index.jsonl", partial(stages.make_speech, plan, speech))
        result = work / f"{speech.name}_examples.npz"
        _stage(result, partial(stages.save_examples, plan, speech.name, speech.mix, speech.seed))
    if plan.prompts is not None:
        _stage(work / "prompts" / "index.jsonl", partial(stages.align_prompts, plan, plan.prompts))
        result = work / "prompts_examples.npz"
        _stage(result, partial(stages.save_examples, plan, "prompts", stages.PROMPTS_MIX, SEED + 4))
    _stage(work / "base.npz", lambda: stages.train_base(plan))
    _stage(work / "graph" / "words.txt", lambda: stages.make_graph(plan))


def _make_people(plan: Plan, folder: Path) -> None:
    """Everything that is made of recordings before the net learns from them."""
    work = plan.work
    _stage(work / people.TRANSCRIPT, lambda: people.transcribe_orders(work, folder))
    _stage(work / people.HALVES, lambda: people.share_out_orders(work, folder))
    for half in FOLDS:
        name = f"people{half}"
        _stage(work / name / "index.jsonl", partial(stages.align_people, plan, folder, half))
        _stage(work / f"{name}_examples.npz", partial(stages.save_examples, plan, name, stages.PEOPLE_MIX, SEED + 1))


def make(plan: Plan) -> None:
    """Run all stages that have not run yet; the last one, the export, always runs."""
    _make_speech(plan)
    if plan.human is not None:
        _make_people(plan, plan.human)
        for fold in FOLDS if plan.folds else ():
            _stage(plan.work / f"fold{fold}.npz", partial(stages.train_fold, plan, fold))
            stages.export_fold(plan, plan.human, fold)
        _stage(plan.work / "final.npz", lambda: stages.train_final(plan))
    stages.export(plan, "base" if plan.human is None else "final", plan.out, stages.learnt_from(plan))
    size = sum(path.stat().st_size for path in plan.out.rglob("*") if path.is_file())
    print(f"{plan.out}: {size / 1e6:.2f} MB")


def main() -> None:
    """Read the options, check what is installed, make the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for everything in between")
    parser.add_argument("--out", type=Path, required=True, help="Vosk model folder to write")
    parser.add_argument("--human", type=Path, help="folder of people's recordings to learn from")
    parser.add_argument("--prompts", type=Path, help="folder with Debian's telephone prompts in it: /usr")
    parser.add_argument("--start", type=Path, help="Vosk model folder made by this program, to train on from")
    parser.add_argument("--folds", action="store_true", help="also models that have not heard half of the speakers")
    parser.add_argument("--minutes", type=float, default=40.0, help="training time of the CPU (default 40)")
    options = parser.parse_args()
    if problem := missing(options.prompts):
        sys.exit(problem)
    torch.set_num_threads(1)
    options.work.mkdir(parents=True, exist_ok=True)
    given = {name: value for name, value in vars(options).items() if name in Plan.__dataclass_fields__}
    make(Plan(**given))


if __name__ == "__main__":
    main()
