"""A training run that resumes where it stopped: the step's number fixes its data, the checkpoint holds all the rest."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from spotter.engine.batches import Batch, Fix, Mixture, Stream, held_out_fix, read_fixes
from spotter.engine.checkpoint import objective_of, restored
from spotter.engine.corpus import Shard, held_out, load
from spotter.engine.learning_curve import FILE, Point, append
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
from spotter.engine.objectives import DENOISER, Objective, objective
from spotter.engine.optimiser import optimisers
from spotter.engine.place import precision
from spotter.engine.validation import questions_of, standing
from spotter.engine.vocabulary import MASK, Vocabulary
from spotter.errors import SpotterError

STABLE = Mixture(fixes=0.03, masked=0.3, edits=12.0)
DECAY = Mixture(fixes=0.5, masked=0.1, edits=3.0)
KEPT_EVERY = 500  # steps
AVERAGE = 0.995  # share of the averaged weights that a step keeps

Weights = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Run:
    """A run: steps of so many tokens, warm-up, a constant rate, and a decay to zero over its last steps."""

    steps: int
    decay: int
    tokens: int = 8192
    warmup: int = 200
    muon: float = 0.02
    adam: float = 0.002
    seed: int = 0
    objective: str = "denoiser"

    def rate(self, step: int) -> float:
        """The learning rate's share of its peak."""
        return min(1.0, (step + 1) / self.warmup, max(0.02, (self.steps - step) / max(1, self.decay)))

    def mixture(self, step: int) -> Mixture:
        """Synthetic edits first; real fixes in the decay."""
        return DECAY if step >= self.steps - self.decay else STABLE


def read_vocabulary(path: Path) -> Vocabulary:
    """A vocabulary as written beside the shards and the weights."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Vocabulary(tuple(raw["words"]), tuple(raw["pieces"]))


def read_shards(folder: Path, *, held: bool) -> list[Shard]:
    """The shards of the projects trained on, or of those held out."""
    return [load(path) for path in sorted(folder.glob("*.npz")) if held_out(path.stem) == held]


PARTS = ("edit", "place", "pair", "text", "hit", "fix")


def loss_of(model: Denoiser, batch: Batch, device: str = "cpu", aim: Objective = DENOISER) -> tuple[Tensor, Tensor]:
    """The loss of a batch, and its PARTS, 0 where they do not count; on a GPU nothing waits for either."""
    word, pieces, scalars, query, key, hashes, labels, segments, twins, targets = (
        torch.from_numpy(getattr(batch, name)).to(device, non_blocking=True).long() for name in Batch.__slots__
    )
    mask = None if model.shape.causal or batch.word.all() else padding(word)
    hidden, logits = model.body(model.tables(word, pieces, scalars), query, key, mask)
    edited = placed = paired = restored = hit = fixed = torch.zeros((), device=device)
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
    parts = torch.stack((edited, placed, paired, restored, hit, fixed))
    return aim.edit * edited + aim.place * (placed + paired) + aim.text * restored, parts.detach()


_stream: Stream  # one a worker process


def _start(shards: list[Shard], fixes: tuple[Fix, ...], vocabulary: Vocabulary, run: Run) -> None:
    global _stream
    _stream = Stream(shards, fixes, vocabulary, run.seed, objective(run.objective))


def _batch(step: int, tokens: int, mixture: Mixture) -> Batch:
    return _stream.batch(step, tokens, mixture)


def batches(run: Run, first: int, pool: ProcessPoolExecutor, workers: int) -> Iterator[tuple[int, Batch]]:
    """The batches from a step on, made ahead in other processes."""
    ahead = 6 * workers
    steps = range(first, run.steps)
    waiting = deque(pool.submit(_batch, step, run.tokens, run.mixture(step)) for step in steps[:ahead])
    for step in steps:
        batch = waiting.popleft().result()
        if step + ahead < run.steps:
            waiting.append(pool.submit(_batch, step + ahead, run.tokens, run.mixture(step + ahead)))
        yield step, batch


def train(
    run: Run, shape: Shape, data: Path, fixes: Sequence[Path], out: Path, *, minutes: float, start: Path | None = None
) -> Path:
    """Train until the run or the time ends; resumes from out/last.pt, or branches off another checkpoint.

    On a GPU where there is one. The objective has its say in the network's shape.
    """
    aim = objective(run.objective)
    shape = aim.shape(shape)
    last = out / "last.pt"
    if last.exists() and (other := objective_of(last)) != run.objective:
        raise SpotterError(f"{last}: a run for another objective, {other}; name another folder with --out")
    vocabulary = read_vocabulary(data / "vocabulary.json")
    shards = read_shards(data / "shards", held=False)
    if not shards:
        raise SpotterError(f"{data}/shards: no shards there; build the corpus first")
    known = [fix for path in fixes for fix in read_fixes(path)]
    pairs = tuple(fix for fix in known if not held_out_fix(fix.project))
    held = tuple(fix for fix in known if held_out_fix(fix.project))
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(data / "vocabulary.json", out / "vocabulary.json")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    workers = max(1, (os.cpu_count() or 2) - 2) if device == "cuda" else 1
    began = time.monotonic()
    with ProcessPoolExecutor(
        workers, get_context("fork"), initializer=_start, initargs=(shards, pairs, vocabulary, run)
    ) as pool:
        pool.submit(os.getpid).result()  # all workers are there before the GPU is touched: it does not outlive a fork
        torch.manual_seed(run.seed)
        model = Denoiser(shape).to(device)
        if shutil.which("g++"):
            for block in model.body.blocks:
                block.compile(dynamic=False)
        steppers = optimisers(model, run.muon, run.adam)
        first = 0
        average: Weights = {}
        if (origin := last if last.exists() else start) is not None:
            first, average = resume(origin, model, steppers)
        average = average or copied(model)
        judge = Denoiser(shape).to(device).eval()
        questions = questions_of(held, vocabulary, aim)
        seen: Tensor | None = None
        tokens, clock = 0, time.monotonic()
        for step, batch in batches(run, first, pool, workers):
            for stepper, peak in zip(steppers, (run.muon, run.adam), strict=True):
                for group in stepper.param_groups:
                    group["lr"] = peak * run.rate(step)
            with precision(device):
                loss, parts = loss_of(model, batch, device, aim)
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for stepper in steppers:
                stepper.step()
                stepper.zero_grad(set_to_none=True)
            blend(average, model, AVERAGE)
            tokens += int((batch.word > 0).sum())
            seen = parts if seen is None else seen.lerp(parts, 0.02)
            if step % 50 == 0:
                told = dict(zip(PARTS, seen.tolist(), strict=True))
                speed = tokens / (time.monotonic() - clock)
                append(out / FILE, Point(step, (step + 1) * run.tokens, told["edit"], told["hit"]))
                print(step, " ".join(f"{n} {v:.4f}" for n, v in told.items()), f"{speed:.0f} tokens/s", flush=True)
                tokens, clock = 0, time.monotonic()
            over = time.monotonic() - began > 60 * minutes
            if over or step % KEPT_EVERY == KEPT_EVERY - 1 or step + 1 == run.steps:
                save(last, model, steppers, average, step + 1, shape, run)
                judge.load_state_dict(model.state_dict() | average)
                print(step, standing(judge, questions, device, aim), flush=True)
            if over:
                break
        pool.shutdown(cancel_futures=True)
    return last


def copied(model: Denoiser) -> Weights:
    """The weights as they are now."""
    return {name: weight.detach().clone() for name, weight in model.named_parameters()}


@torch.no_grad()
def blend(average: Weights, model: Denoiser, share: float) -> None:
    """Move the average towards the weights: it keeps this share of itself (Polyak and Juditsky 1992, exponentially)."""
    weights = dict(model.named_parameters())
    torch._foreach_lerp_([average[name] for name in weights], list(weights.values()), 1 - share)


def save(
    path: Path,
    model: Denoiser,
    steppers: Sequence[torch.optim.Optimizer],
    average: Weights,
    step: int,
    shape: Shape,
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


def resume(path: Path, model: Denoiser, steppers: Sequence[torch.optim.Optimizer]) -> tuple[int, Weights]:
    """Load a checkpoint, or exported weights alone, into a model and its optimisers; the next step, the average."""
    if path.is_dir():
        model.load_state_dict(restored(path).state_dict())
        return 0, {}
    state = torch.load(path, "cpu", weights_only=True)
    model.load_state_dict(state["model"])
    for stepper, saved in zip(steppers, state["optimisers"], strict=True):
        stepper.load_state_dict(saved)
    torch.set_rng_state(state["random"])
    device = next(model.parameters()).device
    return int(state["step"]), {name: weight.to(device) for name, weight in state["average"].items()}
