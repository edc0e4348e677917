"""What one scorer made of one record: the scores in the bug's function, and the ranks of the hits."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from spotter.engine.bench_records import Record
from spotter.engine.bench_scorer import BenchScorer
from spotter.engine.bench_units import Unit
from spotter.engine.lexemes import normal
from spotter.findings import Edit
from spotter.syntax import Syntax

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Scores and hit labels (n,) of the unit's tokens; ranks from 1, infinite where nothing ranked is a hit.

    Before and after are the function's scores in the two versions, of which the fixed one has so many tokens more; the
    means are those of its tokens. The repair's rank is None where the fix does not put in exactly one token.
    """

    record: Record
    scores: Floats
    labels: NDArray[np.bool_]
    token_rank: float
    line_rank: float
    before: float
    after: float
    means: tuple[float, float]
    added: int
    repair_rank: float | None

    @property
    def best_hit(self) -> float:
        """The highest score of a hit."""
        return float(self.scores[self.labels].max(initial=-inf))


def outcome(record: Record, unit: Unit, buggy: Syntax, scorer: BenchScorer, before: Floats, after: Floats) -> Outcome:
    """Rank the tokens of a unit by their scores, and ask for the repair; a line counts as its highest token."""
    labels = np.array([i in unit.hits for i in range(unit.first, unit.last)], np.bool_)
    by_line: dict[int, float] = {}
    for token, score in zip(buggy.tokens[unit.first : unit.last], before.tolist(), strict=True):
        by_line[token.line] = max(score, by_line.get(token.line, -inf))
    line_labels = np.array([line in unit.hit_lines for line in by_line], np.bool_)
    return Outcome(
        record,
        before,
        labels,
        rank(before, labels),
        rank(np.array(list(by_line.values())), line_labels),
        function_score(before, probabilistic=scorer.probabilistic),
        function_score(after, probabilistic=scorer.probabilistic),
        (mean_score(before), mean_score(after)),
        len(after) - len(before),
        repair_rank(record, unit, buggy, scorer),
    )


def rank(scores: Floats, labels: NDArray[np.bool_]) -> float:
    """The place of the best hit; whatever else has its score stands before it."""
    if not labels.any():
        return inf
    return 1.0 + float((scores[~labels] >= scores[labels].max()).sum())


def function_score(scores: Floats, *, probabilistic: bool) -> float:
    """-log Π(1 - p), which orders functions as 1 - Π(1 - p) does and does not saturate; else the mean score."""
    if probabilistic:
        return float(-np.log1p(-np.clip(scores, 0.0, 1.0 - 1e-12)).sum())
    return mean_score(scores)


def mean_score(scores: Floats) -> float:
    """The mean of a function's tokens, 0 where it has none."""
    return float(scores.mean()) if len(scores) else 0.0


def repair_rank(record: Record, unit: Unit, syntax: Syntax, scorer: BenchScorer) -> float | None:
    """The place of the fix's token among the repairs, given the place; None where the fix is not one token."""
    edit: Edit
    if record.single_token and len(unit.hits) == 1:
        edit, at = "replace", next(iter(unit.hits))
    elif unit.gap is not None and len(record.new_tokens) == 1 and unit.gap < len(syntax.tokens):
        edit, at = "insert", unit.gap
    else:
        return None
    wanted = normal(record.new_tokens[0])
    offered = [normal(text) for text in scorer.repairs(syntax, at, edit) if text]
    return offered.index(wanted) + 1.0 if wanted in offered else inf
