"""The acoustic net: a time-delay net of eight layers that sees a third of a second to each side.

It reads log-mel frames every 10 ms and says every 30 ms which pdf it hears. From the second layer on
everything runs at 30 ms. Slices put side by side and one matrix product a layer are faster on a CPU than a
convolution.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from features import BANDS, mfcc_matrix
from phones import PDF_COUNT

WIDTH = 256
# Frames (10 ms) that each layer looks at, relative to its own.
OFFSETS = (
    (-2, -1, 0, 1, 2),
    (-1, 0, 1),
    (-3, 0, 3),
    (-3, 0, 3),
    (-3, 0, 3),
    (-6, 0, 6),
    (-6, 0, 6),
    (-9, 0, 9),
)
CONTEXT = sum(offsets[-1] for offsets in OFFSETS)  # frames seen on either side
_FIRST_RESIDUAL = 2
_STRIDE = 3


class AcousticNet(nn.Module):
    """Affine, batch norm, ReLU a layer; from the third on each adds its input."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, width: int = WIDTH, dropout: float = 0.08) -> None:
        super().__init__()
        self.width = width
        sizes = [BANDS] + [width] * (len(OFFSETS) - 1)
        self.affine = nn.ModuleList(
            nn.Linear(size * len(offsets), width, bias=False) for size, offsets in zip(sizes, OFFSETS, strict=True)
        )
        self.norm = nn.ModuleList(nn.BatchNorm1d(width) for _ in OFFSETS)
        self.output = nn.Linear(width, PDF_COUNT)
        self.dropout = nn.Dropout(dropout)
        self.register_buffer("mean", torch.zeros(BANDS))
        self.register_buffer("deviation", torch.ones(BANDS))

    def forward(self, frames: Tensor) -> Tensor:
        """Map (batch, frames + 2 * CONTEXT, BANDS) to (batch, ceil(frames / 3), PDF_COUNT) logits."""
        hidden = normalised(self, frames)
        for layer in range(len(OFFSETS)):
            hidden = self.layer(layer, hidden)
        logits: Tensor = self.output(hidden)
        return logits

    def layer(self, layer: int, hidden: Tensor) -> Tensor:
        """Run one layer."""
        spliced, centre = splice(hidden, layer, OFFSETS[layer])
        affine = self.affine[layer](spliced)
        flat = self.norm[layer](affine.reshape(-1, self.width))
        active = torch.relu(flat).reshape(affine.shape)
        return active if layer < _FIRST_RESIDUAL else self.dropout(active + centre)


def normalised(net: AcousticNet, frames: Tensor) -> Tensor:
    """Return log-mel frames with mean and deviation removed."""
    return (frames - net.mean) / net.deviation


def splice(hidden: Tensor, layer: int, offsets: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Return what a layer looks at, side by side, and the frame itself."""
    if layer == 0:
        length = hidden.shape[1] - (offsets[-1] - offsets[0])
        return torch.cat([hidden[:, i : i + length] for i in range(len(offsets))], dim=-1), hidden
    if layer == 1:
        length = (hidden.shape[1] - _STRIDE) // _STRIDE + 1
        return hidden[:, : _STRIDE * length].reshape(hidden.shape[0], length, -1), hidden
    step = offsets[-1] // _STRIDE
    length = hidden.shape[1] - 2 * step
    centre = hidden[:, step : step + length]
    return torch.cat([hidden[:, :length], centre, hidden[:, 2 * step :]], dim=-1), centre


def padded(features: np.ndarray) -> np.ndarray:
    """Repeat the first and last frame as far as the net looks, and make whole label steps, as Kaldi does."""
    missing = -len(features) % _STRIDE
    after = CONTEXT + max(0, missing - 2)
    steps = (len(features) + _STRIDE - 1) // _STRIDE
    wanted = _STRIDE * steps - 2 + 2 * CONTEXT
    whole = np.concatenate([features[:1].repeat(CONTEXT, 0), features, features[-1:].repeat(after + 2, 0)])
    return whole[:wanted]


def exported_layers(net: AcousticNet) -> list[tuple[tuple[int, ...], np.ndarray, np.ndarray]]:
    """Return each layer's offsets, weights (out, in * offsets) and bias, for MFCC, batch norm folded in."""
    layers = []
    for index, offsets in enumerate(OFFSETS):
        norm = net.norm[index]
        scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach().double().numpy()
        weights = net.affine[index].weight.detach().double().numpy() * scale[:, None]
        bias = norm.bias.detach().double().numpy() - norm.running_mean.double().numpy() * scale
        if index == 0:
            weights, bias = _for_mfcc(weights, bias, net)
        layers.append((offsets, weights, bias))
    final = net.output
    layers.append(((0,), final.weight.detach().double().numpy(), final.bias.detach().double().numpy()))
    return layers


def _for_mfcc(weights: np.ndarray, bias: np.ndarray, net: AcousticNet) -> tuple[np.ndarray, np.ndarray]:
    """Fold the normalisation and the way back from MFCC to log-mel into the first layer."""
    parts = weights.reshape(len(weights), -1, BANDS) / net.deviation.double().numpy()
    bias = bias - parts.sum(axis=1) @ net.mean.double().numpy()
    return (parts @ np.linalg.inv(mfcc_matrix())).reshape(len(weights), -1), bias
