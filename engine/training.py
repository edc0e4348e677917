"""A training run that resumes where it stopped: the step's number fixes its data, the checkpoint holds all the rest."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import torch
from torch import Tensor

from spotter.engine.batches import Batch, Fix, Mixture, Stream, held_out_fix, read_fixes
from spotter.engine.checkpoint import objective_of
from spotter.engine.corpus import Shard, held_out, load
from spotter.engine.learner import PARTS, Learner, copied, resume, save
from spotter.engine.learning_curve import FILE, Point, append
from spotter.engine.network import Denoiser, Shape
from spotter.engine.objectives import objective
from spotter.engine.optimiser import optimisers
from spotter.engine.schedule import Run
from spotter.engine.validation import questions_of, standing
from spotter.engine.vocabulary import Vocabulary
from spotter.errors import SpotterError

KEPT_EVERY = 500  # steps


def read_vocabulary(path: Path) -> Vocabulary:
    """A vocabulary as written beside the shards and the weights."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Vocabulary(tuple(raw["words"]), tuple(raw["pieces"]))


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a run reads: code, real fixes, those that are held out to ask it about, and the vocabulary of all."""

    shards: Sequence[Shard]
    fixes: tuple[Fix, ...]
    held: tuple[Fix, ...]
    vocabulary: Vocabulary


def read_lessons(data: Path, fixes: Sequence[Path]) -> Lessons:
    """From the corpus's folder and files of real fixes; SpotterError where there are no shards."""
    shards = read_shards(data / "shards", held=False)
    if not shards:
        raise SpotterError(f"{data}/shards: no shards there; build the corpus first")
    known = [fix for path in fixes for fix in read_fixes(path)]
    learned = tuple(fix for fix in known if not held_out_fix(fix.project))
    held = tuple(fix for fix in known if held_out_fix(fix.project))
    return Lessons(shards, learned, held, read_vocabulary(data / "vocabulary.json"))


def read_shards(folder: Path, *, held: bool) -> list[Shard]:
    """The shards of the projects trained on, or of those held out."""
    return [load(path) for path in sorted(folder.glob("*.npz")) if held_out(path.stem) == held]


_stream: Stream  # one a worker process


def _start(lessons: Lessons, run: Run) -> None:
    global _stream
    _stream = Stream(lessons.shards, lessons.fixes, lessons.vocabulary, run.seed, objective(run.objective))


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
    lessons = read_lessons(data, fixes)
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(data / "vocabulary.json", out / "vocabulary.json")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    workers = max(1, (os.cpu_count() or 2) - 2) if device == "cuda" else 1
    ends = time.monotonic() + 60 * minutes
    with ProcessPoolExecutor(workers, get_context("fork"), initializer=_start, initargs=(lessons, run)) as pool:
        pool.submit(os.getpid).result()  # all workers are there before the GPU is touched: it does not outlive a fork
        learner, first = begun(run, shape, last if last.exists() else start, device)
        judge = Denoiser(shape).to(device).eval()
        questions = questions_of(lessons.held, lessons.vocabulary, aim)
        progress = Progress(run, out / FILE)
        for step, batch in batches(run, first, pool, workers):
            share = run.rate(step)
            progress.saw(step, batch, learner.learn(batch, (share * run.muon, share * run.adam)))
            over = time.monotonic() > ends
            if over or step % KEPT_EVERY == KEPT_EVERY - 1 or step + 1 == run.steps:
                save(last, learner.model, learner.steppers, learner.average, step + 1, shape, run)
                judge.load_state_dict(learner.model.state_dict() | learner.average)
                print(step, standing(judge, questions, device, aim), flush=True)
            if over:
                break
        pool.shutdown(cancel_futures=True)
    return last


def begun(run: Run, shape: Shape, origin: Path | None, device: str) -> tuple[Learner, int]:
    """A network that goes on from a checkpoint, or from nothing, and the step it is to take."""
    torch.manual_seed(run.seed)
    model = Denoiser(shape).to(device)
    if shutil.which("g++"):
        for block in model.body.blocks:
            block.compile(dynamic=False)
    steppers = optimisers(model, run.muon, run.adam)
    first, average = resume(origin, model, steppers) if origin else (0, {})
    return Learner(model, steppers, average or copied(model), objective(run.objective), device), first


class Progress:
    """What a run says at every fiftieth step: a running mean of the loss's parts, and how fast it learns."""

    def __init__(self, run: Run, curve: Path) -> None:
        self.run, self.curve = run, curve
        self.seen: Tensor | None = None
        self.tokens, self.clock = 0, time.monotonic()

    def saw(self, step: int, batch: Batch, parts: Tensor) -> None:
        """Take in a step's parts; on a GPU nothing waits for them but what is said."""
        self.tokens += int((batch.word > 0).sum())
        self.seen = parts if self.seen is None else self.seen.lerp(parts, 0.02)
        if step % 50 == 0:
            told = dict(zip(PARTS, self.seen.tolist(), strict=True))
            speed = self.tokens / (time.monotonic() - self.clock)
            append(self.curve, Point(step, (step + 1) * self.run.tokens, told["edit"], told["hit"]))
            print(step, " ".join(f"{n} {v:.4f}" for n, v in told.items()), f"{speed:.0f} tokens/s", flush=True)
            self.tokens, self.clock = 0, time.monotonic()
