"""Small voices of Piper's shape with random weights: an encoder, and a HiFi-GAN from ``dec.conv_pre`` on.

Written with our own protobuf writer, checked by onnxruntime, which has to load them.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipit.models.protobuf import bytes_field, number_field

CHANNELS, SYMBOLS, FRAMES_A_SYMBOL, HOP = 6, 256, 3, 16
FLOAT, INT64 = 1, 7


@dataclass(frozen=True)
class Shape:
    """What a voice may have or not."""

    old_names: bool = False
    """Nodes without the names of modules, as older exporters wrote them."""
    speakers: int = 0
    whole_sentence: bool = False
    """The decoder looks at the whole sentence's loudness: an operation that is not local."""
    far: bool = False
    """The decoder's convolutions reach further than any overlap that is tried."""
    loop: bool = False
    """A condition within the encoder, whose graph takes tensors from outside."""


def write_voice(path: Path, settings: Path, shape: Shape | None = None) -> Path:
    """Write ``path`` and its settings, taken from those of another voice."""
    chosen = shape or Shape()
    path.write_bytes(_model(chosen))
    values = json.loads(settings.read_text("utf-8"))
    values |= {"num_speakers": max(1, chosen.speakers), "hop_length": HOP, "default_speaker_id": chosen.speakers // 2}
    path.with_name(path.name + ".json").write_text(json.dumps(values), "utf-8")
    return path


def copy_voice(voice: Path, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    shutil.copyfile(f"{voice}.json", folder / f"{voice.name}.json")
    return Path(shutil.copyfile(voice, folder / voice.name))


class _Graph:
    def __init__(self) -> None:
        self.fields: list[bytes] = []
        self._rng = np.random.default_rng(5)

    def node(self, kind: str, inputs: list[str], output: str, name: str = "", **attributes: Any) -> str:
        parts = [bytes_field(1, text.encode()) for text in inputs] + [bytes_field(2, output.encode())]
        parts += [bytes_field(3, name.encode()), bytes_field(4, kind.encode())]
        parts += [bytes_field(5, _attribute(key, value)) for key, value in attributes.items()]
        self.fields.append(bytes_field(1, *parts))
        return output

    def tensor(self, name: str, values: np.ndarray) -> str:
        kind = FLOAT if values.dtype == np.float32 else INT64
        dims = [number_field(1, size) for size in values.shape]
        named = bytes_field(8, name.encode())
        self.fields.append(bytes_field(5, *dims, number_field(2, kind), named, bytes_field(9, values.tobytes())))
        return name

    def drawn(self, name: str, *sizes: int) -> str:
        scale = 1 / np.sqrt(np.prod(sizes[1:]))
        return self.tensor(name, (self._rng.standard_normal(sizes) * scale).astype(np.float32))

    def numbers(self, name: str, *values: int) -> str:
        return self.tensor(name, np.array(values, np.int64))


def _attribute(key: str, value: Any) -> bytes:
    named = bytes_field(1, key.encode())
    if isinstance(value, bytes):
        return named + bytes_field(6, value) + number_field(20, 5)
    if isinstance(value, list):
        return named + b"".join(number_field(8, entry) for entry in value) + number_field(20, 7)
    return named + number_field(3, value) + number_field(20, 2)


def _value(name: str, kind: int, *sizes: int | str) -> bytes:
    dims = [
        bytes_field(1, number_field(1, size) if isinstance(size, int) else bytes_field(2, size.encode()))
        for size in sizes
    ]
    shaped = bytes_field(1, number_field(1, kind), bytes_field(2, *dims))
    return bytes_field(1, name.encode()) + bytes_field(2, shaped)


def _model(shape: Shape) -> bytes:
    graph = _Graph()
    _decoder(graph, shape, _encoder(graph, shape))
    inputs = [("input", INT64, 1, "n"), ("input_lengths", INT64, 1), ("scales", FLOAT, 3)]
    inputs += [("sid", INT64, 1)] if shape.speakers else []
    fields = [*graph.fields, bytes_field(2, b"voice")]
    fields += [bytes_field(11, _value(name, kind, *sizes)) for name, kind, *sizes in inputs]
    fields.append(bytes_field(12, _value("output", FLOAT, 1, 1, 1, "samples")))
    return number_field(1, 8) + bytes_field(7, *fields) + bytes_field(8, number_field(2, 15))


def _encoder(graph: _Graph, shape: Shape) -> str:
    """Symbols to frames: so many a symbol, with noise by the first scale."""
    rows = graph.node("Gather", [graph.drawn("emb", SYMBOLS, CHANNELS), "input"], "rows")
    repeated = graph.numbers("repeats", 1, 1, FRAMES_A_SYMBOL)
    wide = graph.node("Tile", [rows, repeated], "wide")
    frames = graph.node("Reshape", [wide, graph.numbers("flat", 1, -1, CHANNELS)], "frames")
    turned = graph.node("Transpose", [frames], "turned", perm=[0, 2, 1])
    noise = graph.node("RandomNormalLike", [turned], "noise")
    amount = graph.node("Gather", ["scales", graph.tensor("zero", np.array(0, np.int64))], "amount")
    scaled = graph.node("Mul", [noise, amount], "scaled")
    noisy = graph.node("Add", [turned, scaled], "noisy")
    if not shape.loop:
        return noisy
    inner = _Graph()
    inner.node("Add", [noisy, graph.drawn("shift", 1, CHANNELS, 1)], "shifted")
    result = bytes_field(12, _value("shifted", FLOAT, 1, CHANNELS, "t"))
    branch = b"".join((*inner.fields, bytes_field(2, b"branch"), result))
    some = graph.node("Greater", [amount, graph.tensor("none", np.array(0, np.float32))], "some")
    return graph.node("If", [some], "chosen", then_branch=branch, else_branch=branch)


def _decoder(graph: _Graph, shape: Shape, frames: str) -> None:
    pre_name = "Conv_77" if shape.old_names else "/dec/conv_pre/Conv"
    weight = graph.drawn("dec.conv_pre.weight", 8, CHANNELS, 7)
    x = graph.node("Conv", [frames, weight], "pre", pre_name, pads=[3, 3])
    if shape.speakers:
        x = graph.node("Add", [x, _speaker(graph, shape)], "spoken_pre")
    x = graph.node("LeakyRelu", [x], "relu")
    x = graph.node("ConvTranspose", [x, graph.drawn("up", 8, 8, 2 * HOP)], "ups", strides=[HOP], pads=[HOP // 2] * 2)
    reach = 400 if shape.far else 20
    y = graph.node("Conv", [x, graph.drawn("res", 8, 8, 3)], "res_out", pads=[reach] * 2, dilations=[reach])
    x = graph.node("Add", [x, y], "joined")
    if shape.whole_sentence:
        x = graph.node("Sub", [x, graph.node("ReduceMean", [x], "mean", axes=[2])], "centred")
    x = graph.node("Conv", [x, graph.drawn("post", 1, 8, 7)], "post_out", pads=[3, 3])
    x = graph.node("Tanh", [x], "sound")
    graph.node("Unsqueeze", [x, graph.numbers("axis", 1)], "output")


def _speaker(graph: _Graph, shape: Shape) -> str:
    row = graph.node("Gather", [graph.drawn("emb_g", shape.speakers, 8), "sid"], "g")
    return graph.node("Unsqueeze", [row, graph.numbers("last", -1)], "g_wide")
