"""Adapting a language model to spot edits: real fixes beside their mended twins, and synthetic edits of mended code."""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random

import torch
from torch import Tensor
from torch.nn import functional as F

from spotter.engine.batches import held_out_fix
from spotter.engine.decoder import Decoder, read
from spotter.engine.examples import Example, Pair, batch_of, pair_of, synthetic, twins
from spotter.engine.noise import KEEP
from spotter.engine.reader import write
from spotter.engine.spelling import Spelling, spelling

AHEAD = 8  # batches that are made together, so that rows of like length stand in one
TOKEN_WEIGHT = 0.3
KIND_WEIGHT = 0.3
TWIN_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Run:
    """Steps of about so many pieces, in windows of at most `most`, of which a share are real fixes with their twins.

    The rate rises over the warm-up and falls to zero over the last four fifths.
    """

    steps: int
    tokens: int = 2048
    most: int = 320
    real: float = 0.5
    rate: float = 1e-3
    warmup: int = 40
    open: int = 12  # layers [open, top) are adapted
    top: int = 22
    rank: int = 32
    seed: int = 0

    def share(self, step: int) -> float:
        """The learning rate's share of its peak."""
        return min(1.0, (step + 1) / self.warmup, 1.25 * (self.steps - step) / self.steps)


def read_pairs(paths: Sequence[Path], *, held: bool) -> Iterator[Pair]:
    """The pairs of gzipped JSONL files of real fixes: those that are held out from training, or the others."""
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if held_out_fix(row["repo"]) == held:
                    pair = pair_of(row["before"], row["after"])
                    if any(label.edit != KEEP for label in pair.labels):
                        yield pair


def loss_of(logits: Tensor, edits: Tensor, twin: Tensor) -> tuple[Tensor, dict[str, float]]:
    """Where the mistake is or that there is none, which token, how it is mended, and which of two twins is wrong.

    The place is a pointer's with a null (Vasic et al. 2019) over the odds of a window's tokens.
    """
    asked, wrong = edits >= 0, edits > 0
    buggy = wrong.any(1)
    odds = (logits[..., 1:].logsumexp(2) - logits[..., 0]).masked_fill(~asked, -1e4)  # (B, L)
    whole = odds.logsumexp(1)  # (B,)
    edited = torch.where(buggy, odds.masked_fill(~wrong, -1e4).logsumexp(1), torch.zeros_like(whole))
    place = F.softplus(whole) - edited
    token = F.binary_cross_entropy_with_logits(odds, wrong.float(), reduction="none").masked_fill(~asked, 0.0).sum(1)
    kind = F.cross_entropy(logits[wrong], edits[wrong]) if buggy.any() else logits.sum() * 0.0
    same = (twin[:, None] == twin[None]) & (twin >= 0)[:, None] & buggy[:, None] & ~buggy[None]
    margins = (whole[:, None] - whole[None])[same]
    apart = F.softplus(-margins).mean() if len(margins) else whole.sum() * 0.0
    hit = wrong.gather(1, odds.argmax(1, keepdim=True))[:, 0].float()
    parts = {
        "place": place[buggy],
        "clean": place[~buggy],
        "real": hit[buggy & (twin >= 0)],
        "made": hit[buggy & (twin < 0)],
        "pair": (margins > 0).float(),
    }
    told = {name: values.mean().item() for name, values in parts.items() if len(values)}
    return place.mean() + TOKEN_WEIGHT * token.mean() + KIND_WEIGHT * kind + TWIN_WEIGHT * apart, told


def stream(pairs: Sequence[Pair], spelling: Spelling, run: Run, step: int) -> Iterator[list[Example]]:
    """Batches from a step on, each of about so many pieces, twins in one."""
    rng = Random(f"{run.seed}/{step}")
    order: list[int] = []
    while True:
        groups: list[list[Example]] = []
        while sum(len(e.ids) for group in groups for e in group) < AHEAD * run.tokens:
            order = order or rng.sample(range(len(pairs)), len(pairs))
            number = order.pop()
            if rng.random() < run.real:
                groups.append(list(twins(pairs[number], number, run.most, spelling, rng)))
            elif (made := synthetic(pairs[number].after, run.most, spelling, rng)) is not None:
                groups.append([made])
        yield from packed(groups, run.tokens, rng)


def packed(groups: list[list[Example]], tokens: int, rng: Random) -> list[list[Example]]:
    """Groups of like length in batches of at most so many pieces with their padding, in random order."""
    batches: list[list[Example]] = [[]]
    for group in sorted(groups, key=lambda g: max(len(e.ids) for e in g)):
        longest = max(len(e.ids) for e in group)
        if batches[-1] and longest * (len(batches[-1]) + len(group)) > tokens:
            batches.append([])
        batches[-1] += group
    rng.shuffle(batches)
    return batches


def adapt(run: Run, base: Path, fixes: Sequence[Path], out: Path, minutes: float) -> None:
    """Train until the run or the time ends, on from out/last.pt where it is; then write out/deep.safetensors."""
    shape, tensors, words, merges = read(base)
    torch.manual_seed(run.seed)
    model = Decoder(replace(shape, open=run.open, top=run.top, rank=run.rank), tensors)
    optimiser = torch.optim.AdamW(model.parameters(), run.rate, betas=(0.9, 0.98), weight_decay=0.0)
    out.mkdir(parents=True, exist_ok=True)
    last, step = out / "last.pt", 0
    if last.exists():
        state = torch.load(last, weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        step = state["step"]
    pairs = tuple(read_pairs(fixes, held=False))
    began = clock = time.monotonic()
    seen: dict[str, float] = {}
    count = 0
    for examples in stream(pairs, spelling(words, merges), run, step):
        for group in optimiser.param_groups:
            group["lr"] = run.rate * run.share(step)
        ids, first, end, edits, twin = batch_of(examples)
        loss, told = loss_of(model.edits(model.below(ids), ids, first, end), edits, twin)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        seen |= {name: 0.97 * seen.get(name, value) + 0.03 * value for name, value in told.items()}
        count += int((ids > 0).sum())
        step += 1
        if step % 20 == 0:
            speed = count / (time.monotonic() - clock)
            print(step, " ".join(f"{n} {v:.3f}" for n, v in seen.items()), f"{speed:.0f} pieces/s", flush=True)
            count, clock = 0, time.monotonic()
        over = step >= run.steps or time.monotonic() - began > 60 * minutes
        if over or step % 50 == 0:
            save(last, model, optimiser, step, run)
        if over:
            break
    write(model, out / "deep.safetensors")


def save(path: Path, model: Decoder, optimiser: torch.optim.Optimizer, step: int, run: Run) -> None:
    """Write a checkpoint whole or not at all."""
    state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "run": asdict(run)}
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)
