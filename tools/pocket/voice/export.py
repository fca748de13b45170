"""Joins net and vocoder in one ONNX graph that the unchanged piper-tts loads, and writes Piper's JSON beside it.

Inputs as Piper sends them: `input` (1, 2n-1) ids with pads between, `input_lengths` (1,), `scales` (3,): noise,
length, and the jitter of durations, which this voice has not. Output (1, 1, 1, samples) in about -1..1.
"""

import json
import warnings
from pathlib import Path

import onnx
import torch
from onnx import TensorProto, helper
from torch import Tensor, nn

from net import FRAMES_A_STEP, VoiceNet
from phones import END, GAP, IDS, NEIGHBOURS, SAME, START
from rows import CEPSTRA, LOG_F0, STRENGTHS
from vocoder import HOP, RATE, Vocoder

OPSET = 17
USUAL_NOISE = 0.667  # Piper's usual noise_scale; here it means the teacher's amount of breath
SHARPENING = 0.15
GAIN = 1.2 / 32768  # from the teacher's 16-bit level
LOWEST_F0, HIGHEST_F0 = 40.0, 500.0  # Hz
LOUDEST = 12.0  # log amplitude; nothing trained comes near, but exp of anything more would run away
FADE_IN, FADE_OUT = 64, 240  # samples, 4 and 15 ms
EXAMPLE_SYMBOLS = 21


class SpokenVoice(nn.Module):
    """From Piper's inputs to samples."""

    def __init__(self, net: VoiceNet, sharpening: float = SHARPENING) -> None:
        super().__init__()
        self.net, self.vocoder = net, Vocoder(sharpening)
        sounds = torch.zeros(net.embedding.num_embeddings)
        sounds[[IDS[s] for s in (*SAME, *NEIGHBOURS) if s in IDS and s not in ";:"]] = 1
        self.register_buffer("sounds", sounds)

    def forward(self, ids: Tensor, lengths: Tensor, scales: Tensor) -> Tensor:
        symbols = torch.clamp(ids[:, ::2], 0, self.sounds.shape[0] - 1)  # the pads in between say nothing
        mask = torch.ones_like(symbols, dtype=torch.float32)[:, None]
        encoded = self.net.encode(symbols, mask)
        durations = self.net.durations(encoded, mask, symbols) * scales[1]
        # Rounded up without Ceil: Piper takes the output of such a node for its durations.
        steps = torch.floor(durations.sum() / FRAMES_A_STEP + 0.999).to(torch.int64)
        spread = self.net.spread(encoded, durations, steps)
        rows = self.net.decode(spread, torch.ones_like(spread[:, :1])) * self.net.scale + self.net.mean
        samples = self._samples(rows, scales[0])
        # Text without a sound in it must be exactly silent: Piper raises every peak to full scale.
        samples = samples * self.sounds[symbols].amax() * _fades(samples.shape[1])
        return samples[:, None, None]

    def _samples(self, rows: Tensor, noise_scale: Tensor) -> Tensor:
        f0 = torch.clamp(torch.exp(rows[..., LOG_F0]), LOWEST_F0, HIGHEST_F0)
        noise = self.vocoder.hiss(rows.shape[1]) * (noise_scale / USUAL_NOISE)
        cepstra = torch.clamp(rows[..., CEPSTRA], -LOUDEST, LOUDEST)
        return self.vocoder(f0, cepstra, torch.clamp(rows[..., STRENGTHS], 0, 1), noise) * GAIN


def _fades(length: Tensor | int) -> Tensor:
    """No clicks: up from nothing at the start, down to nothing at the end."""
    n = torch.arange(length, dtype=torch.float32)
    return torch.clamp(n / FADE_IN, max=1) * torch.clamp((length - 1 - n) / FADE_OUT, max=1)


def adopt_strangers(net: VoiceNet, trained: set[int]) -> None:
    """Ids never trained borrow a neighbour's embedding; those without a neighbour become marks without time."""
    weight, mark = net.embedding.weight.data, IDS["ˌ"]
    for symbol, number in IDS.items():
        if number in trained or symbol in (START, END, GAP):
            continue
        neighbour = IDS[NEIGHBOURS.get(symbol, "ˌ")]
        weight[number] = weight[neighbour if neighbour in trained else mark]
        if symbol not in NEIGHBOURS and symbol not in SAME:
            net.lasting[number] = 0


def write_graph(net: VoiceNet, path: Path) -> None:
    """Exports in full precision; `shrink.py` makes it small."""
    voice = SpokenVoice(net).eval()
    ids = torch.full((1, 2 * EXAMPLE_SYMBOLS - 1), IDS["a"])
    example = (ids, torch.tensor([ids.shape[1]]), torch.tensor([USUAL_NOISE, 1.0, 0.8]))
    names = ["input", "input_lengths", "scales"]
    axes = {"input": {1: "symbols"}, "output": {3: "samples"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter says at length that there is a newer one
        torch.onnx.export(
            voice, example, str(path), dynamo=False, opset_version=OPSET, input_names=names,
            output_names=["output"], dynamic_axes=axes, do_constant_folding=True,
        )  # fmt: skip
    graph = onnx.load(str(path))
    if all(i.name != "input_lengths" for i in graph.graph.input):  # not used, but Piper sends it
        graph.graph.input.insert(1, helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]))
    onnx.checker.check_model(graph)
    onnx.save(graph, str(path))


def write_settings(path: Path) -> None:
    """Piper's JSON."""
    language = {
        "code": "en_US", "family": "en", "region": "US", "name_native": "English", "name_english": "English",
        "country_english": "United States",
    }  # fmt: skip
    settings = {
        "audio": {"sample_rate": RATE, "quality": "x_low"},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": USUAL_NOISE, "length_scale": 1.0, "noise_w": 0.0},
        "phoneme_type": "espeak",
        "phoneme_map": {},
        "phoneme_id_map": {symbol: [number] for symbol, number in IDS.items()},
        "num_symbols": max(IDS.values()) + 1,
        "num_speakers": 1,
        "speaker_id_map": {},
        "hop_length": HOP,
        "piper_version": "1.8.0",
        "language": language,
        "dataset": "pipit-pocket",
    }
    path.write_text(json.dumps(settings, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
