"""Makes the pocket voice from nothing: sentences, teacher, preparation, training, export.

    python tools/pocket/voice/make.py --work DIR --out models/pocket/voice [--minutes N]

Needs the Python packages of `requirements.txt` and Debian's `gcc libc6-dev flite1-dev flite` (flite tried: 2.2-5).
Every stage keeps its result in DIR and is skipped when that is there already, so an interrupted run goes on where it
was; to make something again, delete it and what was made from it. `--steps` boxes the training by work, `--minutes`
also by CPU time. One CPU thread is used throughout: run it under `nice` and forget it.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

# Before numpy and torch start their threads.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

import export
import prepare
import sentences
import shrink
import teacher
import train
from phones import IDS

SENTENCES, SENTENCES_SEED, VARIATION_SEED = 6_000, 11, 1
STEPS = 6_000
HERE = Path(__file__).parent


def check_machine() -> None:
    """Ends with one line if something outside Python is missing."""
    missing = [package for tool, package in (("cc", "gcc"), ("flite", "flite")) if not shutil.which(tool)]
    if not Path("/usr/include/flite/cst_cg.h").exists():
        missing.append("flite1-dev")
    if missing:
        sys.exit(f"Missing Debian packages: apt-get install {' '.join(missing)}")


def stage(path: Path, title: str, make: Callable[[], object]) -> None:
    """Runs `make`, which writes `path`, unless it is there."""
    if path.exists():
        print(f"{title}: there already")
        return
    print(f"{title} ...", flush=True)
    make()


def prepare_items(work: Path) -> None:
    """Training items and held-out items, each in a file."""
    texts = sentences.read(work / "sentences.txt")
    items = prepare.items_of(texts, teacher.read(work / "teacher.bin"))
    print(f"  {len(items)} of {len(texts)} sentences fit")
    tests = prepare.items_of(_held_out(), teacher.read(work / "held_out.bin"))
    prepare.save(tests, work / "held_out.pkl")
    prepare.save(list(prepare.varied(items, Random(VARIATION_SEED))), work / "items.pkl")


def _held_out() -> list[str]:
    return [text for group in sentences.held_out().values() for text in group]


def train_net(work: Path, steps: int, minutes: float | None) -> None:
    """Trains and says how the net does on held-out items."""
    net = train.train(prepare.load(work / "items.pkl"), work / "net.pt", steps, minutes)
    print(f"  held out: {train.held_out_losses(net, prepare.load(work / 'held_out.pkl'))}")


def write_voice(work: Path, out: Path) -> None:
    """The ONNX file and its JSON."""
    net = train.new_net()
    net.load_state_dict(torch.load(work / "net.pt", weights_only=True))
    trained = {int(number) for item in prepare.load(work / "items.pkl") for number in item.ids}
    print(f"  {len(trained)} of {len(IDS)} symbols were trained, the others borrow from a neighbour")
    export.adopt_strangers(net.eval(), trained)
    export.write_graph(net, work / "full.onnx")
    out.mkdir(parents=True, exist_ok=True)
    shrink.shrink(work / "full.onnx", out / "pocket.onnx")
    export.write_settings(out / "pocket.onnx.json")


def make(work: Path, out: Path, count: int, steps: int, minutes: float | None) -> None:
    """All stages in order."""
    work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    program, texts = work / "teacher", work / "sentences.txt"
    stage(texts, f"Drawing {count} sentences", lambda: sentences.write(texts, count, SENTENCES_SEED))
    stage(program, "Building the teacher", lambda: teacher.build(HERE / "teacher.c", program))
    for name, said in (("teacher.bin", lambda: sentences.read(texts)), ("held_out.bin", _held_out)):
        path = work / name
        stage(path, f"Teacher: {name}", lambda p=path, s=said: teacher.speak(program, s(), p))
    stage(work / "items.pkl", "Preparing", lambda: prepare_items(work))
    stage(work / "net.pt", f"Training, up to {steps} steps", lambda: train_net(work, steps, minutes))
    print("Exporting ...", flush=True)
    write_voice(work, out)
    print(f"Done: {out / 'pocket.onnx'}; measure it with evaluate.py")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="a folder for intermediate results, about 1 GB")
    parser.add_argument("--out", type=Path, required=True, help="where the voice goes")
    parser.add_argument("--sentences", type=int, default=SENTENCES, help="to learn from (default %(default)s)")
    parser.add_argument("--steps", type=int, default=STEPS, help="training steps (default %(default)s)")
    parser.add_argument("--minutes", type=float, help="end the training after so many minutes of CPU time")
    options = parser.parse_args()
    check_machine()
    make(options.work, options.out, options.sentences, options.steps, options.minutes)


if __name__ == "__main__":
    main()
