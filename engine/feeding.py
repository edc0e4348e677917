"""What a run reads: its lessons from files, and its batches, made ahead in other processes."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from spotter.engine.batches import Batch, Fix, Mixture, Stream, held_out_fix, read_fixes
from spotter.engine.corpus import Shard, held_out, load
from spotter.engine.dialects import DIALECTS
from spotter.engine.guesses import Guesser
from spotter.engine.objectives import objective
from spotter.engine.place import place
from spotter.engine.runtime import load as weights
from spotter.engine.schedule import Run
from spotter.engine.spelling import Spelling
from spotter.engine.vocabulary import Vocabulary
from spotter.errors import SpotterError

Batches = Iterator[tuple[int, Batch]]  # with their steps


def read_vocabulary(path: Path) -> Vocabulary:
    """A vocabulary as written beside the shards and the weights."""
    return Vocabulary.read(json.loads(path.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a run reads: code, real fixes, those that are held out to ask it about, and the vocabulary of all."""

    shards: Sequence[Shard]
    fixes: tuple[Fix, ...]
    held: tuple[Fix, ...]
    vocabulary: Vocabulary


def read_lessons(data: Path, fixes: Sequence[Path], words: Path) -> Lessons:
    """From the corpus's folder, files of real fixes, and a vocabulary; SpotterError where there are no shards.

    Fixes of another dialect are told in the words of this one; its own are as many, each so many times.
    """
    shards = read_shards(data / "shards", held=False)
    if not shards:
        raise SpotterError(f"{data}/shards: no shards there; build the corpus first")
    vocabulary = read_vocabulary(words)
    languages = DIALECTS[vocabulary.dialect].languages
    known = [fix for path in fixes for fix in read_fixes(path)]
    learned = [fix for fix in known if not held_out_fix(fix.project)]
    own = tuple(fix for fix in learned if fix.source.language in languages)
    others = tuple(told(fix, vocabulary) for fix in learned if fix.source.language not in languages)
    held = tuple(fix for fix in known if held_out_fix(fix.project) and fix.source.language in languages)
    times = max(1, round(len(others) / max(1, len(own))))
    return Lessons(shards, own * times + others, held, vocabulary)


def told(fix: Fix, vocabulary: Vocabulary) -> Fix:
    """A fix in another dialect, in the words of the one that a vocabulary is of."""
    tell = partial(DIALECTS[vocabulary.dialect].told, known=vocabulary.word_ids)
    return replace(fix, before=tell(fix.before), after=tell(fix.after))


def read_shards(folder: Path, *, held: bool) -> list[Shard]:
    """The shards of the projects trained on, or of those held out."""
    return [load(path) for path in sorted(folder.glob("*.npz")) if held_out(path.stem) == held]


_stream: Stream  # one a worker process


def _start(lessons: Lessons, run: Run, spelling: Spelling | None, guesses: Path | None) -> None:
    global _stream
    guesser = Guesser(weights(guesses)) if guesses else None
    aim = objective(run.objective)
    _stream = Stream(lessons.shards, lessons.fixes, lessons.vocabulary, run.seed, aim, spelling, guesser)


def _batch(step: int, tokens: int, mixture: Mixture) -> Batch:
    return _stream.batch(step, tokens, mixture)


@contextmanager
def feed(
    lessons: Lessons, run: Run, spelling: Spelling | None = None, guesses: Path | None = None
) -> Iterator[Callable[[int], Batches]]:
    """What makes the batches of a run from a step on; exported weights make the guesses, where it learns from such.

    Its processes are there before a GPU is touched, which does not outlive a fork.
    """
    workers = max(1, (os.cpu_count() or 2) - 2) if place().device == "cuda" else 1
    start = (lessons, run, spelling, guesses)
    with ProcessPoolExecutor(workers, get_context("fork"), initializer=_start, initargs=start) as pool:
        pool.submit(os.getpid).result()
        yield lambda first: _ahead(run, first, pool, 6 * workers)
        pool.shutdown(cancel_futures=True)


def _ahead(run: Run, first: int, pool: ProcessPoolExecutor, ahead: int) -> Batches:
    steps = range(first, run.steps)
    waiting = deque(pool.submit(_batch, step, run.tokens, run.mixture(step)) for step in steps[:ahead])
    for step in steps:
        batch = waiting.popleft().result()
        if step + ahead < run.steps:
            waiting.append(pool.submit(_batch, step + ahead, run.tokens, run.mixture(step + ahead)))
        yield step, batch
