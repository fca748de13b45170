"""What a GGUF file of ours gives back: its weights, so that training can go on from it."""

from __future__ import annotations

from pathlib import Path

import torch
from gguf import GGUFReader
from gguf.quants import dequantize

from export import NAMES
from net import Pocket, Shape


def _ours(name: str) -> str:
    """Our name of a tensor of llama.cpp's."""
    if not name.startswith("blk."):
        return {"token_embd.weight": "embedding.weight", "output_norm.weight": "norm.weight"}[name]
    _, layer, theirs, kind = name.split(".")
    ours = next(ours for ours, other in NAMES.items() if other == theirs)
    return f"blocks.{layer}.{ours}.{kind}"


def load_weights(path: Path, net: Pocket) -> None:
    """Give a network the file's weights; those of another shape raise `RuntimeError`."""
    tensors = GGUFReader(path).tensors
    net.load_state_dict({_ours(one.name): torch.tensor(dequantize(one.data, one.tensor_type)) for one in tensors})


def mix(checkpoint: Path, start: Path, share: float, out: Path) -> Path:
    """Write a checkpoint whose weights are the given one's and, by a share, those that its training went on from.

    What was learned before and hardly met since comes back; what was learned since hardly suffers.
    """
    saved = torch.load(checkpoint, weights_only=True)
    before = Pocket(Shape(**saved["shape"]))
    load_weights(start, before)
    old = before.state_dict()
    saved["weights"] = {name: (1 - share) * weight + share * old[name] for name, weight in saved["weights"].items()}
    torch.save(saved, out)
    return out
