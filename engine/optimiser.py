"""Muon (Jordan 2024) for the matrices of the body, AdamW for the rest."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn


def orthogonal(g: Tensor, steps: int = 5) -> Tensor:
    """For each of (N, a, b) the nearest semi-orthogonal matrix, by quintic Newton-Schulz steps.

    In bfloat16 where the device multiplies it.
    """
    fast = g.is_cuda or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    x = g.to(torch.bfloat16 if fast else torch.float32)
    tall = x.shape[1] > x.shape[2]
    x = x.mT if tall else x
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        a = x @ x.mT
        x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
    nearest: Tensor = x.mT if tall else x
    return nearest.to(g.dtype)


class Muon(torch.optim.Optimizer):
    """Momentum whose update is made orthogonal; torch's own works in bfloat16 only, which most CPUs emulate.

    Matrices of one shape are one product: a GPU waits for launches otherwise.
    """

    def __init__(
        self, parameters: Iterable[nn.Parameter], lr: float, momentum: float = 0.95, decay: float = 0.02
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self, _: None = None) -> None:  # type: ignore[override]  # torch overloads on a closure we never pass
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[tuple[nn.Parameter, Tensor]]] = {}
            for p in group["params"]:
                if p.grad is not None:
                    by_shape.setdefault(p.shape, []).append((p, p.grad))
            for shape, alike in by_shape.items():
                updates = []
                for p, grad in alike:
                    momentum = self.state[p].setdefault("momentum", torch.zeros_like(p))
                    momentum.lerp_(grad, 1 - group["momentum"])
                    updates.append(grad.lerp(momentum, group["momentum"]))
                step = group["lr"] * max(1.0, shape[0] / shape[1]) ** 0.5
                matrices = [p for p, _grad in alike]
                for p, update in zip(matrices, orthogonal(torch.stack(updates)), strict=True):
                    p.mul_(1 - group["lr"] * group["decay"]).add_(update, alpha=-step)


def optimisers(model: nn.Module, muon: float, adam: float) -> tuple[torch.optim.Optimizer, ...]:
    """One optimiser for the matrices of the blocks, one for everything else, with their peak learning rates."""
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "blocks" in n]
    rest = [p for n, p in model.named_parameters() if not (p.ndim == 2 and "blocks" in n) and p.requires_grad]
    fused = rest[0].is_cuda
    return Muon(matrices, muon), torch.optim.AdamW(rest, adam, betas=(0.9, 0.98), weight_decay=0.0, fused=fused)
