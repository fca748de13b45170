"""Writes Kaldi's `final.mdl`: a transition model of one-state phones and an nnet3 of affine layers.

The format is Kaldi's binary one: names are text and a space; numbers carry their size in a byte before them.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np

from phones import PHONE_ID, pdfs

Layer = tuple[tuple[int, ...], np.ndarray, np.ndarray]  # offsets in frames, weights, bias
MATRIX, MATRIX_STEPS = b"CM2 ", 65535
_FIRST_RESIDUAL = 2


def _name(text: str) -> bytes:
    return text.encode() + b" "


def _integer(value: int) -> bytes:
    return b"\x04" + struct.pack("<i", value)


def _real(value: float) -> bytes:
    return b"\x04" + struct.pack("<f", value)


def _integers(values: list[int]) -> bytes:
    return b"\x04" + struct.pack("<i", len(values)) + np.asarray(values, "<i4").tobytes()


def _vector(values: np.ndarray) -> bytes:
    return b"FV " + _integer(len(values)) + np.asarray(values, "<f4").tobytes()


def _matrix(values: np.ndarray) -> bytes:
    """Write a compressed matrix, which Kaldi expands as it reads: 16 bits a weight between the least and the most."""
    least, span = np.float32(values.min()), np.float32(values.max() - values.min())
    steps = np.round((values - least) / span * MATRIX_STEPS)
    header = struct.pack("<ffii", least, span, *values.shape)
    return MATRIX + header + np.clip(steps, 0, MATRIX_STEPS).astype("<u2").tobytes()


def _transition_model(stay: dict[str, float]) -> bytes:
    """Write one emitting state a phone, whose entry and loop have pdfs of their own, as in chain models."""
    phones = sorted(PHONE_ID.values())
    names = {number: name for name, number in PHONE_ID.items()}
    topology = _integers(phones) + _integers([-1] + [0] * len(phones))
    topology += _integer(-1) + _integer(1)  # states have two pdf classes; one topology follows
    topology += _integer(2)  # of two states
    topology += _integer(0) + _integer(1) + _integer(2) + _integer(0) + _real(0.5) + _integer(1) + _real(0.5)
    topology += _integer(-1) + _integer(-1) + _integer(0)
    tuples = _integer(len(phones))
    chances = [0.0]  # transition ids count from 1
    for phone in phones:
        first, rest = pdfs(names[phone])
        tuples += _integer(phone) + _integer(0) + _integer(first) + _integer(rest)
        staying = stay[names[phone]]
        chances += [math.log(staying), math.log(1 - staying)]
    return (
        _name("<TransitionModel>")
        + (_name("<Topology>") + topology + _name("</Topology>"))
        + (_name("<Tuples>") + tuples + _name("</Tuples>"))
        + (_name("<LogProbs>") + _vector(np.array(chances)) + _name("</LogProbs>"))
        + _name("</TransitionModel>")
    )


def _affine(weights: np.ndarray, bias: np.ndarray) -> bytes:
    return (
        _name("<AffineComponent>")
        + (_name("<LearningRate>") + _real(0.001))
        + (_name("<LinearParams>") + _matrix(weights))
        + (_name("<BiasParams>") + _vector(bias))
        + _name("</AffineComponent>")
    )


def _nonlinearity(kind: str, size: int) -> bytes:
    """Write a nonlinearity without statistics, which only training would use."""
    nothing = _vector(np.zeros(0))
    return (
        _name(f"<{kind}>")
        + (_name("<Dim>") + _integer(size))
        + (_name("<ValueAvg>") + nothing + _name("<DerivAvg>") + nothing + _name("<Count>") + _real(0))
        + (_name("<OderivRms>") + nothing + _name("<OderivCount>") + _real(0))
        + (_name("<NumDimsSelfRepaired>") + _real(0) + _name("<NumDimsProcessed>") + _real(0))
        + _name(f"</{kind}>")
    )


def _sum(size: int) -> bytes:
    return (
        _name("<NoOpComponent>")
        + (_name("<Dim>") + _integer(size) + _name("<BackpropScale>") + _real(1))
        + _name("</NoOpComponent>")
    )


class _Network:
    """nnet3's two halves: the wiring as text, the components as binary."""

    def __init__(self, inputs: int) -> None:
        self._wiring = [f"input-node name=input dim={inputs}"]
        self._components: list[bytes] = []

    def node(self, name: str, source: str, component: bytes) -> str:
        """Add a component that reads `source`; return its name for others to read."""
        self._wiring.append(f"component-node name={name} component={name} input={source}")
        self._components.append(_name("<ComponentName>") + _name(name) + component)
        return name

    def written(self, output: str) -> bytes:
        """Return the whole network."""
        wiring = [*self._wiring, f"output-node name=output input={output} objective=linear"]
        return (
            _name("<Nnet3>")
            + ("\n" + "\n".join(wiring) + "\n\n").encode()
            + (_name("<NumComponents>") + _integer(len(self._components)))
            + b"".join(self._components)
            + _name("</Nnet3>")
        )


def _spliced(source: str, offsets: tuple[int, ...]) -> str:
    parts = [source if offset == 0 else f"Offset({source}, {offset})" for offset in offsets]
    return parts[0] if len(parts) == 1 else f"Append({', '.join(parts)})"


def _network(layers: list[Layer], inputs: int) -> bytes:
    network, current = _Network(inputs), "input"
    for index, (offsets, weights, bias) in enumerate(layers[:-1]):
        before, size = current, len(bias)
        affine = network.node(f"affine{index}", _spliced(before, offsets), _affine(weights, bias))
        current = network.node(f"relu{index}", affine, _nonlinearity("RectifiedLinearComponent", size))
        if index >= _FIRST_RESIDUAL:
            current = network.node(f"sum{index}", f"Sum({before}, {current})", _sum(size))
    offsets, weights, bias = layers[-1]
    final = network.node("affine_output", _spliced(current, offsets), _affine(weights, bias))
    return network.written(network.node("softmax", final, _nonlinearity("LogSoftmaxComponent", len(bias))))


def write_model(path: Path, layers: list[Layer], inputs: int, stay: dict[str, float], priors: np.ndarray) -> None:
    """Write `final.mdl`; `stay` is the chance that each placed phone lasts another frame."""
    contents = _transition_model(stay) + _network(layers, inputs)
    contents += _name("<LeftContext>") + _integer(0) + _name("<RightContext>") + _integer(0)  # Kaldi works them out
    contents += _name("<Priors>") + _vector(priors)
    path.write_bytes(b"\0B" + contents)
