"""A training run that resumes where it stopped: the step's number fixes its data, the checkpoint holds all the rest."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from spotter.engine.checkpoint import objective_of, words_of
from spotter.engine.feeding import feed, read_lessons, read_vocabulary
from spotter.engine.learner import PARTS, Learner, copied, resume, save
from spotter.engine.learning_curve import FILE
from spotter.engine.network import Denoiser, Shape
from spotter.engine.objectives import objective
from spotter.engine.optimiser import optimisers
from spotter.engine.place import place
from spotter.engine.progress import Progress
from spotter.engine.schedule import Run
from spotter.engine.teacher import Teacher, ready
from spotter.engine.transplant import weights_for
from spotter.engine.validation import questions_of, standing
from spotter.engine.vocabulary import Vocabulary
from spotter.errors import SpotterError

KEPT_EVERY = 500  # steps


def train(
    run: Run,
    shape: Shape,
    data: Path,
    fixes: Sequence[Path],
    out: Path,
    *,
    minutes: float,
    start: Path | None = None,
    teacher: Teacher | None = None,
) -> Path:
    """Train until the run or the time ends; resumes from out/last.pt, or branches off another checkpoint.

    On a GPU where there is one. The objective has its say in the network's shape, a teacher in what it learns.
    """
    aim = objective(run.objective)
    shape = aim.shape(shape)
    last = out / "last.pt"
    if teacher and aim.task != "edits":
        raise SpotterError(f"{run.objective}: learns nothing that a teacher knows; leave out --teacher")
    if last.exists() and (other := objective_of(last)) != run.objective:
        raise SpotterError(f"{last}: a run for another objective, {other}; name another folder with --out")
    guesses = start if aim.guesses else None
    if aim.guesses and not (guesses and guesses.is_dir()):
        raise SpotterError(f"{run.objective}: asks the weights that it starts from; name a folder of them with --start")
    origin = origin_of(out, start)
    words = words_read(data, origin)
    lessons = read_lessons(data, fixes, words)
    out.mkdir(parents=True, exist_ok=True)
    if words != out / "vocabulary.json":
        shutil.copyfile(words, out / "vocabulary.json")
    device = place().device
    ends = time.monotonic() + 60 * minutes
    with feed(lessons, run, teacher.spelling if teacher else None, guesses) as batches:
        learner, first = begun(run, shape, origin, device, lessons.vocabulary)
        if teacher:
            learner = replace(learner, teacher=ready(teacher.model, device))
        judge = Denoiser(shape).to(device).eval()
        questions = questions_of(lessons.held, lessons.vocabulary, aim)
        progress = Progress(PARTS, out / FILE, run.tokens)
        for step, batch in batches(first):
            share = run.rate(step)
            progress.saw(step, batch, learner.learn(batch, (share * run.muon, share * run.adam)))
            over = time.monotonic() > ends
            if over or step % KEPT_EVERY == KEPT_EVERY - 1 or step + 1 == run.steps:
                save(last, learner.model, learner.steppers, learner.average, step + 1, shape, run)
                judge.load_state_dict(learner.model.state_dict() | learner.average)
                print(step, standing(judge, questions, device, aim), flush=True)
            if over:
                break
    return last


def origin_of(out: Path, start: Path | None) -> Path | None:
    """What a run goes on from: its own checkpoint, else the one that it branches off; None where it starts anew."""
    last = out / "last.pt"
    return last if last.exists() else start


def words_read(data: Path, origin: Path | None) -> Path:
    """The vocabulary that a run reads by: that of the network that it goes on from, else the corpus's.

    So it is where exported weights are of another dialect. SpotterError for a checkpoint that is.
    """
    words = data / "vocabulary.json"
    if origin is None:
        return words
    if not words.exists() or read_vocabulary(words).dialect == read_vocabulary(words_of(origin)).dialect:
        return words_of(origin)
    if not origin.is_dir():
        raise SpotterError(f"{origin}: another dialect's; `spotter train export` it, and start from that folder")
    return words


def begun(run: Run, shape: Shape, origin: Path | None, device: str, words: Vocabulary) -> tuple[Learner, int]:
    """A network that goes on from a checkpoint, or from nothing, and the step it is to take."""
    torch.manual_seed(run.seed)
    model = Denoiser(shape).to(device)
    if shutil.which("g++"):
        for block in model.body.blocks:
            block.compile(dynamic=False)
    steppers = optimisers(model, run.muon, run.adam)
    if origin is None or origin.is_dir():
        if origin:
            model.load_state_dict(weights_for(words, origin))
        first, average = 0, copied(model)
    else:
        first, average = resume(origin, model, steppers)
    return Learner(model, steppers, average, objective(run.objective), device), first
