"""Takes up an exported net again: an earlier edition's weights are a better start than none."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn

from dataset import Examples, feature_statistics
from features import BANDS, mfcc_matrix
from kaldi import MATRIX, MATRIX_STEPS
from net import OFFSETS, AcousticNet, normalised, padded, splice

_SOME = 400  # utterances, to see how large the activations are
_MATRIX, _VECTOR = b"<LinearParams> " + MATRIX, b"<BiasParams> FV "


def _affine_parameters(data: bytes) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield weights and bias of each affine component of a `final.mdl`."""
    at = data.find(_MATRIX)
    while at >= 0:
        at += len(_MATRIX)
        least, span, rows, columns = struct.unpack_from("<ffii", data, at)
        steps = np.frombuffer(data, "<u2", rows * columns, at + 16).reshape(rows, columns)
        weights = least + span / MATRIX_STEPS * steps.astype(np.float64)
        at = data.index(_VECTOR, at) + len(_VECTOR)
        yield weights, np.frombuffer(data, "<f4", rows, at + 5).astype(np.float64)
        at = data.find(_MATRIX, at)


def _set(parameter: torch.Tensor, values: np.ndarray) -> None:
    parameter.data.copy_(torch.from_numpy(np.asarray(values, np.float32)))


def load_exported(path: Path, examples: Examples) -> AcousticNet:
    """Return the net of a `final.mdl`; batch norm gets the statistics that it has on some of the examples."""
    layers = list(_affine_parameters(path.read_bytes()))
    mean, deviation = feature_statistics(examples)
    weights, bias = layers[0]
    parts = weights.reshape(len(weights), -1, BANDS) @ mfcc_matrix()
    layers[0] = ((parts * deviation).reshape(len(weights), -1), bias + parts.sum(axis=1) @ mean.astype(np.float64))
    net = AcousticNet().eval()
    _set(net.mean, mean)
    _set(net.deviation, deviation)
    for affine, (weights, _) in zip([*net.affine, net.output], layers, strict=True):
        _set(affine.weight, weights)
    _set(net.output.bias, layers[-1][1])
    step = max(1, len(examples) // _SOME)
    sound = np.concatenate(
        [padded(examples.one(index)[0].astype(np.float32)) for index in range(0, len(examples), step)]
    )
    with torch.no_grad():
        hidden = normalised(net, torch.from_numpy(sound)[None])
        for layer in range(len(OFFSETS)):
            pre = net.affine[layer](splice(hidden, layer, OFFSETS[layer])[0]).reshape(-1, net.width)
            _set_norm(net.norm[layer], pre, layers[layer][1])
            hidden = net.layer(layer, hidden)
    return net


def _set_norm(norm: nn.Module, pre: torch.Tensor, bias: np.ndarray) -> None:
    """Let batch norm change nothing on average but add the bias."""
    mean, variance = pre.mean(dim=0).numpy(), pre.var(dim=0).numpy()
    _set(norm.running_mean, mean)
    _set(norm.running_var, variance)
    _set(norm.weight, np.sqrt(variance + norm.eps))
    _set(norm.bias, bias + mean)
