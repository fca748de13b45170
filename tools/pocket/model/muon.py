"""The optimiser: Muon for the weight matrices, Adam for the embedding and the norms.

Muon steps along the momentum with all its singular values pushed towards one, by a polynomial iterated in
bfloat16 (Keller Jordan's method and coefficients, 2024). Far fewer tokens are needed than with Adam alone.
"""

from __future__ import annotations

import torch
from torch import Tensor

from net import Pocket

POLYNOMIAL = (3.4445, -4.7750, 2.0315)
ITERATIONS = 5
MATRIX_RATE = 0.02
ADAM_RATE = 0.003
DECAY = 0.05  # of the weights, per unit of rate


def orthogonal(step: Tensor) -> Tensor:
    """A matrix with the same singular vectors and singular values near one."""
    tall = step.shape[0] > step.shape[1]
    x = step.bfloat16()
    x = x.T if tall else x
    x = x / (x.norm() + 1e-7)
    a, b, c = POLYNOMIAL
    for _ in range(ITERATIONS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return (x.T if tall else x).float()


class Optimiser:
    """Both optimisers behind one `step`."""

    def __init__(self, net: Pocket) -> None:
        named = dict(net.named_parameters())
        is_matrix = {name: weight.ndim == 2 and "embedding" not in name for name, weight in named.items()}
        self.matrices = [weight for name, weight in named.items() if is_matrix[name]]
        rest = [weight for name, weight in named.items() if not is_matrix[name]]
        self.momenta = [torch.zeros_like(weight) for weight in self.matrices]
        self.adam = torch.optim.Adam(rest, lr=ADAM_RATE, betas=(0.9, 0.95), eps=1e-10)
        self.steps = 0

    @torch.no_grad()
    def step(self, share: float) -> None:
        """Apply the gradients at a share (0 to 1) of the full rates, then clear them."""
        keep = 0.85 + 0.1 * min(1.0, self.steps / 200)
        rate = MATRIX_RATE * share
        for weight, momentum in zip(self.matrices, self.momenta, strict=True):
            momentum.lerp_(weight.grad, 1 - keep)
            direction = orthogonal(weight.grad.lerp(momentum, keep))
            weight.mul_(1 - rate * DECAY)
            weight.add_(direction, alpha=-rate * max(1.0, weight.shape[0] / weight.shape[1]) ** 0.5)
            weight.grad = None
        for group in self.adam.param_groups:
            group["lr"] = ADAM_RATE * share
        self.adam.step()
        self.adam.zero_grad(set_to_none=True)
        self.steps += 1

    def state(self) -> dict[str, object]:
        """What a checkpoint keeps."""
        return {"momenta": self.momenta, "adam": self.adam.state_dict(), "steps": self.steps}

    def restore(self, state: dict[str, object]) -> None:
        """Take up a checkpoint's state."""
        for momentum, saved in zip(self.momenta, state["momenta"], strict=True):
            momentum.copy_(saved)
        self.adam.load_state_dict(state["adam"])
        self.steps = state["steps"]
