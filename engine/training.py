"""A training run that resumes where it stopped: the step's number fixes its data, the checkpoint holds all the rest."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from spotter.engine.batches import Batch, Fix, Mixture, Stream, held_out_fix, read_fixes
from spotter.engine.checkpoint import restored
from spotter.engine.corpus import Shard, held_out, load
from spotter.engine.learning_curve import FILE, Point, append
from spotter.engine.network import Denoiser, Shape, edit_loss, place_losses, replacement_loss
from spotter.engine.optimiser import optimisers
from spotter.engine.vocabulary import Vocabulary
from spotter.errors import SpotterError

STABLE = Mixture(fixes=0.15, masked=0.3, edits=8.0, size=256)
DECAY = Mixture(fixes=0.5, masked=0.1, edits=2.5)
AVERAGE = 0.995  # share of the averaged weights that a step keeps
EDIT_WEIGHT = 4.0
PLACE_WEIGHT = 0.3

Weights = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Run:
    """A run: steps of so many tokens, warm-up, a constant rate, and a decay to zero over its last steps."""

    steps: int
    decay: int
    tokens: int = 8192
    warmup: int = 200
    muon: float = 0.012
    adam: float = 0.0012
    seed: int = 0

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


def fast_bfloat16() -> bool:
    """Whether this machine multiplies bfloat16 matrices natively."""
    return bool(torch.cuda.is_available() or torch.ops.mkldnn._is_mkldnn_bf16_supported())


def loss_of(model: Denoiser, batch: Batch, device: str = "cpu") -> tuple[Tensor, dict[str, float]]:
    """The loss of a batch, and its parts."""
    word, pieces, scalars, query, key, hashes, labels, segments, twins, targets = (
        torch.from_numpy(getattr(batch, name)).to(device) for name in Batch.__slots__
    )
    mask = None
    if (word == 0).any():
        mask = torch.zeros(word.shape, dtype=torch.bfloat16 if torch.is_autocast_enabled(device) else torch.float32)
        mask = mask.to(device).masked_fill(word == 0, -1e4)[:, None, None, :]
    hidden, logits = model.body(model.tables(word, pieces, scalars), query, key, mask)
    row, at, edit, target, digest = targets.unbind(1)
    closed, copied = model.replacement(hidden, row, at, edit, model.tables.word.weight)
    same = hashes[row] == digest[:, None]
    allowed = (word > 1)[row]
    restored, hit = replacement_loss(closed, copied, target, same, allowed)
    edited = edit_loss(logits, labels)
    placed, paired = place_losses(logits, labels, segments, twins)
    visible = labels[row, at] > 0
    parts = {
        "edit": edited.item(),
        "place": placed.item(),
        "pair": paired.item(),
        "text": restored.item(),
        "hit": hit.float().mean().item(),
        "fix": hit[visible].float().mean().item() if visible.any() else 0.0,
    }
    return EDIT_WEIGHT * edited + PLACE_WEIGHT * (placed + paired) + restored, parts


def precision(device: str) -> AbstractContextManager[object]:
    """Mixed bfloat16 where the machine has it, full precision elsewhere."""
    return torch.autocast(device, torch.bfloat16) if fast_bfloat16() else nullcontext()


_stream: Stream  # one a worker process


def _start(shards: list[Shard], fixes: tuple[Fix, ...], vocabulary: Vocabulary, seed: int) -> None:
    global _stream
    _stream = Stream(shards, fixes, vocabulary, seed)


def _batch(step: int, tokens: int, mixture: Mixture) -> Batch:
    return _stream.batch(step, tokens, mixture)


def batches(run: Run, first: int, pool: ProcessPoolExecutor) -> Iterator[tuple[int, Batch]]:
    """The batches from a step on, made ahead in another process."""
    ahead = 6
    waiting = [pool.submit(_batch, s, run.tokens, run.mixture(s)) for s in range(first, min(run.steps, first + ahead))]
    for step in range(first, run.steps):
        batch = waiting.pop(0).result()
        if step + ahead < run.steps:
            waiting.append(pool.submit(_batch, step + ahead, run.tokens, run.mixture(step + ahead)))
        yield step, batch


def train(
    run: Run, shape: Shape, data: Path, fixes: Sequence[Path], out: Path, *, minutes: float, start: Path | None = None
) -> Path:
    """Train until the run or the time ends; resumes from out/last.pt, or branches off another checkpoint."""
    vocabulary = read_vocabulary(data / "vocabulary.json")
    shards = read_shards(data / "shards", held=False)
    if not shards:
        raise SpotterError(f"{data}/shards: no shards there; build the corpus first")
    pairs = tuple(fix for path in fixes for fix in read_fixes(path) if not held_out_fix(fix.project))
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(run.seed)
    model = Denoiser(shape)
    if shutil.which("g++"):
        for block in model.body.blocks:
            block.compile(dynamic=False)
    steppers = optimisers(model, run.muon, run.adam)
    last = out / "last.pt"
    step = 0
    average: Weights = {}
    if (origin := last if last.exists() else start) is not None:
        step, average = resume(origin, model, steppers)
    average = average or copied(model)
    began = time.monotonic()
    with ProcessPoolExecutor(1, initializer=_start, initargs=(shards, pairs, vocabulary, run.seed)) as pool:
        tokens, seen = 0, dict[str, float]()
        clock = time.monotonic()
        first = step
        for step, batch in batches(run, first, pool):
            for stepper, peak in zip(steppers, (run.muon, run.adam), strict=True):
                for group in stepper.param_groups:
                    group["lr"] = peak * run.rate(step)
            with precision("cpu"):
                loss, parts = loss_of(model, batch)
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for stepper in steppers:
                stepper.step()
                stepper.zero_grad(set_to_none=True)
            blend(average, model, AVERAGE)
            tokens += int((batch.word > 0).sum())
            seen = {name: 0.98 * seen.get(name, value) + 0.02 * value for name, value in parts.items()}
            if step % 50 == 0:
                speed = tokens / (time.monotonic() - clock)
                append(out / FILE, Point(step, (step + 1) * run.tokens, seen["edit"], seen["hit"]))
                print(step, " ".join(f"{n} {v:.4f}" for n, v in seen.items()), f"{speed:.0f} tokens/s", flush=True)
                tokens, clock = 0, time.monotonic()
            over = time.monotonic() - began > 60 * minutes
            if over or step % 500 == 499 or step + 1 == run.steps:
                save(last, model, steppers, average, step + 1, shape, run)
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
    for name, weight in model.named_parameters():
        average[name].lerp_(weight, 1 - share)


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
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    for stepper, saved in zip(steppers, state["optimisers"], strict=True):
        stepper.load_state_dict(saved)
    torch.set_rng_state(state["random"])
    return int(state["step"]), state["average"]
