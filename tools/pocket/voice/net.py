"""The voice's net: symbols to durations and vocoder parameters.

Shapes: B utterances, L symbols, T steps of 10 ms, C channels. Durations count frames of 5 ms and are never rounded.
Everything is written with operations that the plain ONNX exporter knows.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from rows import ROW

FRAMES_A_STEP = 2
CHANNELS = 128
SYMBOL_DILATIONS, DURATION_DILATIONS, STEP_DILATIONS = (1, 2, 4, 8, 1), (1, 2), (1, 2, 4, 8, 2, 1)
POSITION_FEATURES = 6


class ChannelNorm(nn.Module):
    """Layer normalisation over C of (B, C, T), spelled out because the exporter trips over a traced shape."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain, self.offset = nn.Parameter(torch.ones(channels, 1)), nn.Parameter(torch.zeros(channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        centred = x - x.mean(1, keepdim=True)
        return centred * torch.rsqrt((centred * centred).mean(1, keepdim=True) + 1e-5) * self.gain + self.offset


class Block(nn.Module):
    """A residual block: (norm), dilated convolution, ReLU, 1x1 convolution."""

    def __init__(self, kernel: int, dilation: int, norm: bool) -> None:
        super().__init__()
        self.norm = ChannelNorm(CHANNELS) if norm else nn.Identity()
        padding = dilation * (kernel - 1) // 2
        self.wide = nn.Conv1d(CHANNELS, CHANNELS, kernel, dilation=dilation, padding=padding)
        self.out = nn.Conv1d(CHANNELS, CHANNELS, 1)
        if not norm:  # without normalisation the blocks must start as almost nothing
            nn.init.normal_(self.out.weight, std=0.01)
            nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        return (x + self.out(functional.relu(self.wide(self.norm(x))))) * mask


class VoiceNet(nn.Module):
    """Symbols in; log durations and rows out. `timeless` marks the ids that last no time at all."""

    def __init__(self, symbols: int, timeless: list[int]) -> None:
        super().__init__()
        self.embedding = nn.Embedding(symbols, CHANNELS)
        nn.init.normal_(self.embedding.weight, std=0.3)
        self.symbol_blocks = nn.ModuleList(Block(5, d, norm=True) for d in SYMBOL_DILATIONS)
        self.whole = nn.Linear(CHANNELS, CHANNELS)
        self.symbol_norm = ChannelNorm(CHANNELS)
        self.duration_blocks = nn.ModuleList(Block(3, d, norm=True) for d in DURATION_DILATIONS)
        self.duration = nn.Linear(CHANNELS, 1)
        self.to_steps = nn.Linear(CHANNELS, CHANNELS)
        self.position = nn.Linear(POSITION_FEATURES, CHANNELS)
        self.step_blocks = nn.ModuleList(Block(3, d, norm=False) for d in STEP_DILATIONS)
        self.rows = nn.Conv1d(CHANNELS, FRAMES_A_STEP * ROW, 1)
        lasting = torch.ones(symbols)
        lasting[timeless] = 0
        self.register_buffer("lasting", lasting)
        self.register_buffer("mean", torch.zeros(ROW))
        self.register_buffer("scale", torch.ones(ROW))

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        """(B, L) ids and (B, 1, L) mask to (B, C, L)."""
        x = self.embedding(ids).transpose(1, 2) * mask
        for block in self.symbol_blocks:
            x = block(x, mask)
        # Convolutions see six words around; the mean tells a symbol what sentence it stands in.
        mean = x.sum(2) / mask.sum(2)
        return self.symbol_norm(x + self.whole(mean)[..., None]) * mask

    def log_durations(self, encoded: Tensor, mask: Tensor) -> Tensor:
        """(B, C, L) to (B, L): log(1 + frames)."""
        x = encoded
        for block in self.duration_blocks:
            x = block(x, mask)
        return self.duration(x.transpose(1, 2))[..., 0]

    def durations(self, encoded: Tensor, mask: Tensor, ids: Tensor) -> Tensor:
        """(B, L) frames, 0 for symbols that last no time."""
        frames = torch.exp(self.log_durations(encoded, mask).float()) - 1
        return torch.clamp(frames, min=0) * self.lasting[ids]

    def spread(self, encoded: Tensor, durations: Tensor, steps: Tensor | int) -> Tensor:
        """Lays symbols out in time: (B, C, L) and (B, L) to (B, C, steps)."""
        ends = torch.cumsum(durations, 1)
        centres = torch.arange(steps, dtype=torch.float32) * FRAMES_A_STEP + FRAMES_A_STEP / 2
        owner = (centres[None, :, None] >= ends[:, None, :]).to(torch.int64).sum(2)
        owner = torch.clamp(owner, max=durations.shape[1] - 1)
        length = torch.gather(durations, 1, owner)
        since = centres[None] - torch.gather(ends - durations, 1, owner)
        by_symbol = self.to_steps(encoded.transpose(1, 2))
        x = torch.gather(by_symbol, 1, owner[..., None].expand(-1, -1, CHANNELS))
        return (x + self.position(_positions(since, length))).transpose(1, 2)

    def decode(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, C, T) to normalised rows (B, 2T, 31)."""
        for block in self.step_blocks:
            x = block(x, mask)
        rows = self.rows(x).transpose(1, 2)
        return rows.reshape(rows.shape[0], -1, ROW)


def _positions(since: Tensor, length: Tensor) -> Tensor:
    """Where in its symbol a step lies; `since` its start, in frames. (B, T) each to (B, T, 6)."""
    left = length - since
    part = since / torch.clamp(length, min=0.5)
    near = (torch.clamp(since, 0, 20) / 20, torch.clamp(left, 0, 20) / 20)
    return torch.stack([part, 1 - part, *near, length / 30, torch.sin(math.pi * part)], -1)
