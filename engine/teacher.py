"""A teacher: a language model adapted to spot edits in the windows that the denoiser reads; its run resumes."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from spotter.engine.batches import Mixture, Spelled
from spotter.engine.decoder import Decoder, Shape, read
from spotter.engine.distillation import pieces_of
from spotter.engine.feeding import feed, read_lessons
from spotter.engine.learner import Weights, blend, copied, descend, resume, save
from spotter.engine.network import edit_loss, place_losses
from spotter.engine.objectives import DENOISER
from spotter.engine.place import place
from spotter.engine.progress import Progress
from spotter.engine.schedule import RENAMED, Run
from spotter.engine.spelling import Spelling, spelling
from spotter.errors import SpotterError

FILE = "teacher.safetensors"
AVERAGE = 0.99  # share of the averaged adapters that a step keeps
KEPT_EVERY = 100  # steps
PARTS = ("edit", "place", "pair")


@dataclass(frozen=True, slots=True)
class Teacher:
    """An adapted language model, and how it spells."""

    model: Decoder
    spelling: Spelling


def plan(steps: int, tokens: int) -> Run:
    """A run without masks, for which a language model has no word."""
    early = Mixture(fixes=0.2, masked=0.0, edits=6.0, renamed=RENAMED)
    late = Mixture(fixes=0.5, masked=0.0, edits=3.0, renamed=RENAMED)
    return Run(steps, round(0.6 * steps), tokens, warmup=40, adam=1e-3, stable=early, late=late)


def adapt(run: Run, base: Path, data: Path, fixes: Sequence[Path], out: Path, *, minutes: float) -> Path:
    """Adapt the model of a GGUF file until the run or the time ends, on from out/last.pt where it is.

    On a GPU where there is one. The averaged adapters are in out/teacher.safetensors.
    """
    here = place()
    shape, tensors, words, merges = read(base, here.dtype)
    lessons = read_lessons(data, fixes, data / "vocabulary.json")
    out.mkdir(parents=True, exist_ok=True)
    last, ends = out / "last.pt", time.monotonic() + 60 * minutes
    with feed(lessons, run, spelling(words, merges)) as batches:
        torch.manual_seed(run.seed)
        model = ready(Decoder(shape, tensors), here.device)
        adam = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.98), weight_decay=0.0, fused=here.device == "cuda")
        first, average = resume(last, model, [adam]) if last.exists() else (0, copied(model))
        progress = Progress(PARTS)
        for step, batch in batches(first):
            assert isinstance(batch, Spelled)
            loss, parts = loss_of(model, batch, here.device)
            descend(loss, model, [adam], [run.rate(step) * run.adam])
            blend(average, model, AVERAGE)
            progress.saw(step, batch, parts)
            over = time.monotonic() > ends
            if over or step % KEPT_EVERY == KEPT_EVERY - 1 or step + 1 == run.steps:
                save(last, model, [adam], average, step + 1, shape, run)
                write(average, shape, out / FILE)
            if over:
                break
    return out / FILE


def loss_of(model: Decoder, batch: Spelled, device: str) -> tuple[Tensor, Tensor]:
    """The denoiser's own loss of edits and their places, of the tokens that are read whole; its PARTS."""
    ids, first, last = pieces_of(batch, device)
    labels, segments, twins = (
        torch.from_numpy(a.astype("int64")).to(device) for a in (batch.labels, batch.segments, batch.twins)
    )
    labels, logits = labels.masked_fill(first < 0, -1), model(ids, first, last)
    placed, paired = place_losses(logits, labels, segments, twins, int(batch.segments.max()) + 1)
    parts = torch.stack((edit_loss(logits, labels), placed, paired))
    return DENOISER.edit * parts[0] + DENOISER.place * (placed + paired), parts.detach()


def ready(model: Decoder, device: str) -> Decoder:
    """Where it runs; compiled on a GPU, where there is a compiler."""
    if device == "cuda" and shutil.which("g++"):
        for layer in model.layers:
            layer.compile(dynamic=False)
    return model.to(device)


def write(weights: Weights, shape: Shape, path: Path) -> None:
    """The adapters and the head, in half precision, whole or not at all; the frozen matrices stay where they are."""
    part = path.with_suffix(".part")
    halves = {name: weight.half().cpu() for name, weight in weights.items()}
    save_file(halves, part, {"shape": json.dumps(asdict(shape))})
    os.replace(part, path)


def load(base: Path, adapters: Path) -> Teacher:
    """The teacher of a run, with the GGUF file that was adapted; SpotterError where one is missing or damaged."""
    _, tensors, words, merges = read(base, place().dtype)
    try:
        with safe_open(adapters, "pt") as file:
            model = Decoder(Shape(**json.loads((file.metadata() or {})["shape"])), tensors)
            model.load_state_dict({name: file.get_tensor(name).float() for name in file.keys()})  # noqa: SIM118
    except (SafetensorError, KeyError, TypeError, RuntimeError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise SpotterError(f"{adapters}: no teacher ({reason}); make it with spotter train teacher") from error
    return Teacher(model.eval(), spelling(words, merges))
