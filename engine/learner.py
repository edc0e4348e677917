"""A network as it learns: a step of its optimisers, the average of its weights, and its checkpoint."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from spotter.engine.batches import Batch, Spelled
from spotter.engine.decoder import Decoder
from spotter.engine.decoder import Shape as DecoderShape
from spotter.engine.distillation import HARD, Answers, answers, soft_losses
from spotter.engine.network import (
    Denoiser,
    Shape,
    edit_loss,
    mean_where,
    named,
    padding,
    place_losses,
    replacement_loss,
)
from spotter.engine.objectives import DENOISER, Objective
from spotter.engine.place import precision
from spotter.engine.schedule import Run
from spotter.engine.vocabulary import MASK

AVERAGE = 0.995  # share of the averaged weights that a step keeps

Weights = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Learner:
    """A network with its optimisers and the average of its weights, all changed in place; what it learns, and where.

    A teacher, where it has one, reads its batches too.
    """

    model: Denoiser
    steppers: Sequence[torch.optim.Optimizer]
    average: Weights
    aim: Objective
    device: str
    teacher: Decoder | None = None

    def learn(self, batch: Batch, rates: Sequence[float]) -> Tensor:
        """One step at a learning rate for each optimiser; the loss's PARTS."""
        told = None
        if self.teacher:
            assert isinstance(batch, Spelled)
            told = answers(self.teacher, batch, self.device)
        with precision(self.device):
            loss, parts = loss_of(self.model, batch, self.device, self.aim, told)
        descend(loss, self.model, self.steppers, rates)
        blend(self.average, self.model, AVERAGE)
        return parts


def descend(loss: Tensor, model: nn.Module, steppers: Sequence[torch.optim.Optimizer], rates: Sequence[float]) -> None:
    """One step of each optimiser at its rate."""
    loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for stepper, rate in zip(steppers, rates, strict=True):
        for group in stepper.param_groups:
            group["lr"] = rate
        stepper.step()
        stepper.zero_grad(set_to_none=True)


PARTS = ("edit", "place", "pair", "text", "hit", "fix", "soft")


def loss_of(
    model: Denoiser, batch: Batch, device: str = "cpu", aim: Objective = DENOISER, told: Answers | None = None
) -> tuple[Tensor, Tensor]:
    """The loss of a batch, and its PARTS, 0 where they do not count; on a GPU nothing waits for either."""
    word, pieces, scalars, query, key, hashes, labels, segments, twins, targets = (
        torch.from_numpy(getattr(batch, name)).to(device, non_blocking=True).long() for name in Batch.__slots__
    )
    mask = None if model.shape.causal or batch.word.all() else padding(word)
    hidden, logits = model.body(model.tables(word, pieces, scalars), query, key, mask)
    edited = placed = paired = restored = hit = fixed = soft = torch.zeros((), device=device)
    if aim.edit:
        edited = edit_loss(logits, labels)
    if aim.place:
        placed, paired = place_losses(logits, labels, segments, twins, int(batch.segments.max()) + 1)
    if aim.text:
        row, at, edit, target, digest = targets.t().contiguous()
        most = int(np.bincount(batch.targets[:, 0]).max())
        closed, copied = model.replacement(hidden, row, at, edit, model.tables.word.weight, most)
        same, allowed = hashes[row] == digest[:, None], (word > MASK)[row]
        if model.shape.causal:
            allowed = allowed & (torch.arange(word.shape[1], device=device) <= at[:, None])
        restored, hits = replacement_loss(closed, copied, named(target, same & allowed), same, allowed)
        hit, fixed = hits.float().mean(), mean_where(labels[row, at] > 0, hits.float())
    loss = aim.edit * edited + aim.place * (placed + paired)
    if told:
        soft, where = soft_losses(logits, told)
        loss = HARD * loss + aim.edit * soft + aim.place * where
    parts = torch.stack((edited, placed, paired, restored, hit, fixed, soft))
    return loss + aim.text * restored, parts.detach()


def copied(model: nn.Module) -> Weights:
    """The weights as they are now."""
    return {name: weight.detach().clone() for name, weight in model.named_parameters()}


@torch.no_grad()
def blend(average: Weights, model: nn.Module, share: float) -> None:
    """Move the average towards the weights: it keeps this share of itself (Polyak and Juditsky 1992, exponentially)."""
    weights = dict(model.named_parameters())
    torch._foreach_lerp_([average[name] for name in weights], list(weights.values()), 1 - share)


def save(
    path: Path,
    model: nn.Module,
    steppers: Sequence[torch.optim.Optimizer],
    average: Weights,
    step: int,
    shape: Shape | DecoderShape,
    run: Run,
) -> None:
    """Write a checkpoint whole or not at all."""
    state = {
        "model": model.state_dict(),
        "average": average,
        "optimisers": [stepper.state_dict() for stepper in steppers],
        "step": step,
        "shape": asdict(shape),
        "run": asdict(run),
        "random": torch.get_rng_state(),
    }
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)


def resume(path: Path, model: nn.Module, steppers: Sequence[torch.optim.Optimizer]) -> tuple[int, Weights]:
    """Load a checkpoint into a model and its optimisers; the next step, the average."""
    state = torch.load(path, "cpu", weights_only=True)
    model.load_state_dict(state["model"])
    for stepper, saved in zip(steppers, state["optimisers"], strict=True):
        stepper.load_state_dict(saved)
    torch.set_rng_state(state["random"])
    device = next(model.parameters()).device
    return int(state["step"]), {name: weight.to(device) for name, weight in state["average"].items()}
