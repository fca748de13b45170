"""Makes voices of Piper's real shapes with random weights, to measure speed where no real voice can be had.

The network is built and exported by Piper's own training code, so every operation is where a real voice has it;
only the weights are drawn. It makes noises, about as long as speech would be, at an even level.

    python tools/bench/voice.py x_low medium

Needs what requirements.txt lists, in an environment of its own. Files go to the cache folder (``--out``).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import warnings
from dataclasses import dataclass
from pathlib import Path

import torch
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP
from piper.train.vits.models import SynthesizerTrn

OPSET = 15  # as Piper exports
SECONDS_A_SYMBOL = 0.028  # Piper puts a pad after each sound, so that a sound has two
LEVEL = 0.1  # root mean square of what it says, full scale is 1
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pipit" / "bench"


@dataclass(frozen=True)
class Shape:
    """What distinguishes Piper's qualities."""

    rate: int
    hidden: int
    filter: int
    resblock: str = "2"
    kernels: tuple[int, ...] = (3, 5, 7)
    dilations: tuple[tuple[int, ...], ...] = ((1, 2), (2, 6), (3, 12))
    rates: tuple[int, ...] = (8, 8, 4)
    up_kernels: tuple[int, ...] = (16, 16, 8)
    initial: int = 256
    speakers: int = 1


SHAPES = {
    "x_low": Shape(16_000, hidden=96, filter=384),
    "medium": Shape(22_050, hidden=192, filter=768),
    "medium_speakers": Shape(22_050, hidden=192, filter=768, speakers=4),
    "high": Shape(
        22_050, 192, 768, "1", (3, 7, 11), ((1, 3, 5),) * 3, (8, 8, 2, 2), (16, 16, 4, 4), initial=512
    ),
}  # fmt: skip


def network(shape: Shape) -> SynthesizerTrn:
    """Return the network with drawn weights that speaks at an even pace and level."""
    torch.manual_seed(1)
    net = SynthesizerTrn(
        n_vocab=256, spec_channels=513, segment_size=32, inter_channels=shape.hidden, hidden_channels=shape.hidden,
        filter_channels=shape.filter, n_heads=2, n_layers=6, kernel_size=3, p_dropout=0.1, resblock=shape.resblock,
        resblock_kernel_sizes=shape.kernels, resblock_dilation_sizes=shape.dilations, upsample_rates=shape.rates,
        upsample_initial_channel=shape.initial, upsample_kernel_sizes=shape.up_kernels, n_speakers=shape.speakers,
        gin_channels=512 if shape.speakers > 1 else 0,
    ).eval()  # fmt: skip
    net.dec.remove_weight_norm()
    with torch.no_grad():
        for name, weight in net.named_parameters():
            if name.startswith("dec.") and weight.dim() > 1:  # each layer passes on what it gets as loud as it came
                inputs = weight.shape[0] / 2 if ".ups." in f".{name}" else weight[0].numel()
                weight.normal_(0, 1 / math.sqrt(inputs))
        # log durations: drawn ones pass as x / 20, around the wanted mean
        spread = math.log(20.0)
        net.dp.flows[0].logs.fill_(spread)
        frames = SECONDS_A_SYMBOL * shape.rate / math.prod(shape.rates) - 0.5  # they are rounded up
        net.dp.flows[0].m.fill_(-20 * math.log(frames))
        _level(net, shape)
    return net


def _level(net: SynthesizerTrn, shape: Shape) -> None:
    """Scale the last layer; it stands before a tanh, which is a straight line at this level."""
    ids = torch.randint(1, 100, (1, 60))
    speaker = torch.tensor([0]) if shape.speakers > 1 else None
    sound = net.infer(ids, torch.tensor([60]), sid=speaker)[0]
    loud = torch.atanh(sound.clamp(-0.9999, 0.9999)).square().mean().sqrt()
    net.dec.conv_post.weight.mul_(LEVEL / loud)


def export(net: SynthesizerTrn, shape: Shape, path: Path) -> None:
    """Write the graph as Piper's own export does."""

    def forward(
        text: torch.Tensor, lengths: torch.Tensor, scales: torch.Tensor, sid: torch.Tensor | None = None
    ) -> torch.Tensor:
        sound = net.infer(
            text, lengths, noise_scale=scales[0], length_scale=scales[1], noise_scale_w=scales[2], sid=sid
        )[0]
        return sound.unsqueeze(1)

    net.forward = forward
    speaker = torch.LongTensor([0]) if shape.speakers > 1 else None
    example = (torch.randint(0, 256, (1, 50)), torch.LongTensor([50]), torch.FloatTensor([0.667, 1.0, 0.8]), speaker)
    axes = {"input": {0: "batch_size", 1: "phonemes"}, "input_lengths": {0: "batch_size"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter says at length that there is a newer one
        torch.onnx.export(
            net, example, str(path), dynamo=False, opset_version=OPSET, output_names=["output"],
            input_names=["input", "input_lengths", "scales", "sid"],
            dynamic_axes={**axes, "output": {0: "batch_size", 2: "time"}},
        )  # fmt: skip


def settings(shape: Shape, quality: str) -> str:
    """Return Piper's JSON."""
    values = {
        "audio": {"sample_rate": shape.rate, "quality": quality},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_map": {},
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "num_symbols": 256,
        "num_speakers": shape.speakers,
        "speaker_id_map": {str(n): n for n in range(shape.speakers)} if shape.speakers > 1 else {},
        "hop_length": math.prod(shape.rates),
        "piper_version": "1.8.0",
    }
    return json.dumps(values, ensure_ascii=False) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shapes", nargs="*", choices=list(SHAPES), default=["x_low", "medium"])
    parser.add_argument("--out", type=Path, default=_CACHE)
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    for name in chosen.shapes:
        path = chosen.out / f"{name}.onnx"
        export(network(SHAPES[name]), SHAPES[name], path)
        path.with_name(path.name + ".json").write_text(settings(SHAPES[name], name), "utf-8")
        print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
