"""Muon (Jordan 2024) for the matrices of the body, AdamW for the rest."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn


def orthogonal(g: Tensor, steps: int = 5) -> Tensor:
    """The nearest semi-orthogonal matrix by quintic Newton-Schulz steps, in bfloat16 where the CPU multiplies it."""
    fast = g.is_cuda or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    x = g.to(torch.bfloat16 if fast else torch.float32)
    tall = x.shape[0] > x.shape[1]
    x = x.t() if tall else x
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        a = x @ x.t()
        x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
    nearest: Tensor = x.t() if tall else x
    return nearest.to(g.dtype)


class Muon(torch.optim.Optimizer):
    """Momentum whose update is made orthogonal; torch's own works in bfloat16 only, which most CPUs emulate."""

    def __init__(
        self, parameters: Iterable[nn.Parameter], lr: float, momentum: float = 0.95, decay: float = 0.02
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self, _: None = None) -> None:  # type: ignore[override]  # torch overloads on a closure we never pass
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                momentum = state.setdefault("momentum", torch.zeros_like(p))
                momentum.lerp_(p.grad, 1 - group["momentum"])
                update = orthogonal(p.grad.lerp(momentum, group["momentum"]))
                p.mul_(1 - group["lr"] * group["decay"])
                p.add_(update, alpha=-group["lr"] * max(1.0, p.shape[0] / p.shape[1]) ** 0.5)


def optimisers(model: nn.Module, muon: float, adam: float) -> tuple[torch.optim.Optimizer, ...]:
    """One optimiser for the matrices of the blocks, one for everything else, with their peak learning rates."""
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "blocks" in n]
    rest = [p for n, p in model.named_parameters() if not (p.ndim == 2 and "blocks" in n) and p.requires_grad]
    return Muon(matrices, muon), torch.optim.AdamW(rest, adam, betas=(0.9, 0.98), weight_decay=0.0)
