"""The network: a tiny Llama, built so that llama.cpp's `llama` graph computes the same numbers.

RMS norms, rotary positions on neighbouring pairs (0, 1), (2, 3) … so that no weight has to be permuted on
export, grouped-query attention, SwiGLU, embeddings shared between input and output, no biases.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Shape:
    """Sizes of the network."""

    vocabulary: int
    width: int = 256
    layers: int = 5
    heads: int = 4
    key_heads: int = 2
    hidden: int = 576
    context: int = 512  # tokens; what is trained is what is served
    rope_base: float = 10000.0
    norm_epsilon: float = 1e-5

    @property
    def head_width(self) -> int:
        """Numbers per head."""
        return self.width // self.heads


class Norm(nn.Module):
    """Scales a vector to unit root mean square, then by learned weights."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape.width))
        self.epsilon = shape.norm_epsilon

    def forward(self, x: Tensor) -> Tensor:
        """[batch, time, width] to the same."""
        return functional.rms_norm(x, (x.shape[-1],), self.weight.to(x.dtype), self.epsilon)


def rotation(shape: Shape) -> tuple[Tensor, Tensor]:
    """Cosines and sines of the rotary angles, each [context, head_width / 2]."""
    steps = torch.arange(0, shape.head_width, 2).float() / shape.head_width
    angles = torch.arange(shape.context).float()[:, None] * shape.rope_base ** -steps[None]
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turn each neighbouring pair of [batch, heads, time, head_width] by its position's angle."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), -1).flatten(-2)


class Attention(nn.Module):
    """Grouped-query attention: key head j serves the query heads j * group … j * group + group - 1."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.group = shape.heads // shape.key_heads
        key_width = shape.key_heads * shape.head_width
        self.query = nn.Linear(shape.width, shape.width, bias=False)
        self.key = nn.Linear(shape.width, key_width, bias=False)
        self.value = nn.Linear(shape.width, key_width, bias=False)
        self.out = nn.Linear(shape.width, shape.width, bias=False)

    def _heads(self, x: Tensor) -> Tensor:
        batch, time, _ = x.shape
        return x.view(batch, time, -1, self.shape.head_width).transpose(1, 2)

    def forward(self, x: Tensor, cosine: Tensor, sine: Tensor, future: Tensor) -> Tensor:
        """[batch, time, width] to the same; `future` [time, time] is true where a key may not be seen."""
        value = self._heads(self.value(x)).repeat_interleave(self.group, 1)
        query = rotate(self._heads(self.query(x)), cosine, sine).to(value.dtype)
        key = rotate(self._heads(self.key(x)), cosine, sine).to(value.dtype).repeat_interleave(self.group, 1)
        # written out: on a CPU this is faster than the fused kernel at these sizes
        scores = query @ key.transpose(-1, -2) * self.shape.head_width**-0.5
        mixed = scores.masked_fill(future, -math.inf).softmax(-1).to(value.dtype) @ value
        return self.out(mixed.transpose(1, 2).flatten(2))


class Block(nn.Module):
    """One layer: attention, then the gated feed-forward, each beside a residual path."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention_norm, self.feed_norm = Norm(shape), Norm(shape)
        self.attention = Attention(shape)
        self.gate = nn.Linear(shape.width, shape.hidden, bias=False)
        self.up = nn.Linear(shape.width, shape.hidden, bias=False)
        self.down = nn.Linear(shape.hidden, shape.width, bias=False)

    def attend(self, x: Tensor, cosine: Tensor, sine: Tensor, future: Tensor) -> Tensor:
        """The first half: [batch, time, width] to the same."""
        return x + self.attention(self.attention_norm(x), cosine, sine, future)

    def feed(self, x: Tensor) -> Tensor:
        """The second half, each position by itself: [..., width] to the same."""
        fed = self.feed_norm(x)
        return x + self.down(functional.silu(self.gate(fed)) * self.up(fed))


class Pocket(nn.Module):
    """The whole network."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = Norm(shape)
        cosine, sine = rotation(shape)
        self.register_buffer("cosine", cosine, persistent=False)
        self.register_buffer("sine", sine, persistent=False)
        self._start()

    def _start(self) -> None:
        """First weights: residual branches start at zero, so that an untrained layer passes its input on."""
        for name, weight in self.named_parameters():
            if name.endswith(("out.weight", "down.weight")):
                nn.init.zeros_(weight)
            elif weight.ndim == 2:
                nn.init.normal_(weight, std=0.05 if "embedding" in name else 0.7 / math.sqrt(weight.shape[1]))

    def features(self, ids: Tensor, wanted: Tensor | None = None) -> Tensor:
        """Token ids [batch, time] to the last layer's features [batch, time, width].

        With `wanted` [batch, time], only of those positions, [number, width]: the last layer need not feed the others.
        """
        time = ids.shape[1]
        future = torch.ones(time, time, dtype=torch.bool).triu(1)
        x = self.embedding(ids)
        if torch.is_autocast_enabled("cpu"):
            x = x.bfloat16()
        *blocks, last = self.blocks
        for block in blocks:
            x = block.feed(block.attend(x, self.cosine[:time], self.sine[:time], future))
        x = last.attend(x, self.cosine[:time], self.sine[:time], future)
        return self.norm(last.feed(x if wanted is None else x[wanted]))

    def scores(self, features: Tensor) -> Tensor:
        """Features [..., width] to a score per token of the vocabulary."""
        return functional.linear(features, self.embedding.weight)

    def forward(self, ids: Tensor) -> Tensor:
        """Token ids [batch, time] to scores [batch, time, vocabulary]."""
        return self.scores(self.features(ids))
