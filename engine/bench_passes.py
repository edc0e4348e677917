"""One pass beside masked scoring: what a token costs, and where each ranks an error that was planted in a function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

from spotter.engine.bench_scorer import BenchScorer, Span
from spotter.engine.plant import Planted, plant_many, read
from spotter.engine.scores import TokenScore
from spotter.syntax import Function

EDITS = 20
LONGEST = 80  # tokens of a function with an error: masked scoring takes a pass for each
TRIED = 400
FILES = 4  # whole files that one pass is timed on


@dataclass(frozen=True, slots=True)
class Passes:
    """The tokens that a scorer was timed on, and in how many functions it ranked the planted error so high."""

    name: str
    tokens: int
    seconds: float
    processor: float
    planted: int
    first: int
    among_five: int


def compared(files: Sequence[Path], one: BenchScorer, masked: BenchScorer, edits: int = EDITS) -> list[Passes]:
    """One pass over whole files, masked scoring over the functions with planted errors, and where each ranks these."""
    planted = list(islice(_short(files), edits))
    functions = [(edit.syntax, function.first, function.last) for edit, function in planted]
    wholes = [(edit.syntax, 0, len(edit.syntax.tokens)) for edit, _ in planted[:FILES]]
    wrong = [edit.tokens for edit, _ in planted]
    timed = {"one pass": (one, wholes), "a pass a token": (masked, functions)}
    return [passes(name, scorer, spans, functions, wrong) for name, (scorer, spans) in timed.items()]


def passes(
    name: str, scorer: BenchScorer, spans: Sequence[Span], functions: Sequence[Span], wrong: Sequence[Sequence[int]]
) -> Passes:
    """Time a scorer on some spans, after one that is not counted, and rank the wrong tokens of each function."""
    scorer.score_spans(functions[:1])
    wall, processor = perf_counter(), process_time()
    scored = scorer.score_spans(spans)
    taken = perf_counter() - wall, process_time() - processor
    judged = scored if spans == functions else scorer.score_spans(functions)
    ranks = [rank(scores, tokens) for scores, tokens in zip(judged, wrong, strict=True)]
    tokens = sum(last - first for _, first, last in spans)
    return Passes(name, tokens, *taken, len(ranks), ranks.count(1), sum(found <= 5 for found in ranks))


def rank(scores: Sequence[TokenScore], wrong: Sequence[int]) -> int:
    """The rank of the best of the wrong tokens; ties count against it."""
    best = max(score.p_error for score in scores if score.token in wrong)
    return 1 + sum(score.p_error >= best and score.token not in wrong for score in scores)


def _short(files: Sequence[Path]) -> Iterator[tuple[Planted, Function]]:
    for _, edit in plant_many(read(files), TRIED, seed=0):
        around = [f for f in edit.syntax.functions if all(f.first <= token < f.last for token in edit.tokens)]
        function = max(around, key=lambda function: function.first, default=None)
        if function and function.last - function.first <= LONGEST:
            yield edit, function
