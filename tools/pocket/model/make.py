"""Make the pocket language model: tokenizer, training, export; from nothing, or on from a file made before.

    python tools/pocket/model/make.py --work DIR --out models/pocket/model [--minutes 45] [--clock-minutes 60]
        [--start models/pocket/model/pocket.gguf [--keep 0.2]]

Needs Pipit itself, whose prompts the dialogues hold. Each stage is skipped if its result is in the work folder, and
training goes on from its last checkpoint.
One thread: at these sizes a second one mostly waits.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import torch

import shipped
import tokens
from export import export
from train import Training

TOKENIZER_DIALOGUES = 12_000


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder for the tokenizer and checkpoints")
    parser.add_argument("--out", type=Path, required=True, help="folder that receives pocket.gguf")
    parser.add_argument("--minutes", type=float, default=45.0, help="processor time of training (45)")
    parser.add_argument(
        "--clock-minutes", type=float, default=math.inf, help="time on the clock that training ends after (no limit)"
    )
    parser.add_argument("--start", type=Path, help="a GGUF file whose tokenizer and weights training goes on from")
    parser.add_argument(
        "--keep",
        type=float,
        default=0.0,
        help="share of the started file's weights that is mixed into the new ones (0)",
    )
    return parser.parse_args()


def make(work: Path, out: Path, minutes: float, clock_minutes: float, start: Path | None, keep: float) -> Path:
    """Run the stages; the path of the GGUF file."""
    torch.set_num_threads(1)
    work.mkdir(parents=True, exist_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    tokenizer, checkpoint, model = work / "tokenizer.json", work / "net.pt", out / "pocket.gguf"
    if start is not None and not tokenizer.exists():
        tokens.shipped_tokenizer(start).save(str(tokenizer))
    elif not tokenizer.exists():
        tokens.train(tokenizer, TOKENIZER_DIALOGUES)
    print(f"tokenizer: {tokenizer}", flush=True)
    Training(tokens.load(tokenizer), checkpoint, minutes * 60, clock_minutes * 60, start).run()
    if start is not None and keep:
        checkpoint = shipped.mix(checkpoint, start, keep, work / "mixed.pt")
    export(checkpoint, tokenizer, model)
    print(f"model: {model}, {model.stat().st_size / 1e6:.2f} MB", flush=True)
    return model


if __name__ == "__main__":
    arguments = _arguments()
    make(arguments.work, arguments.out, arguments.minutes, arguments.clock_minutes, arguments.start, arguments.keep)
