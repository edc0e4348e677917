"""All tokens of all units in one order: how well the scores tell hits from other tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spotter.engine.bench_outcomes import Outcome

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TokenPool:
    """All tokens of all units from high score to low: label, project, and where runs of equal scores begin."""

    labels: Floats
    projects: NDArray[np.intp]
    runs: NDArray[np.intp]
    errors: Floats  # (p - label)^2

    def auroc(self, weights: Floats) -> float:
        """The chance that a hit scores above another token; ties count half. Weights are per project."""
        hit, other = self._falling(weights)
        return float((hit * (other.sum() - np.cumsum(other) + other / 2)).sum() / (hit.sum() * other.sum()))

    def average_precision(self, weights: Floats) -> float:
        """Precision at each threshold, weighted by the recall that it adds."""
        hit, other = self._falling(weights)
        seen = np.cumsum(hit + other)
        return float((hit * np.cumsum(hit) / np.maximum(seen, 1e-12)).sum() / hit.sum())

    def brier(self, weights: Floats) -> float:
        """Mean squared error of the probabilities."""
        w = weights[self.projects]
        return float((w * self.errors).sum() / w.sum())

    def _falling(self, weights: Floats) -> tuple[Floats, Floats]:
        """Weight of the hits and of the others in each run of equal scores."""
        w = weights[self.projects]
        hit = w * self.labels
        return np.add.reduceat(hit, self.runs), np.add.reduceat(w - hit, self.runs)


def pool(outcomes: Sequence[Outcome], projects: Sequence[int]) -> TokenPool:
    """The tokens of all outcomes, with the number of each outcome's project."""
    scores = np.concatenate([o.scores for o in outcomes])
    labels = np.concatenate([o.labels for o in outcomes]).astype(np.float64)
    owners = np.repeat(np.asarray(projects, np.intp), [len(o.scores) for o in outcomes])
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    runs = np.flatnonzero(np.concatenate(([True], falling[1:] != falling[:-1])))
    return TokenPool(labels[order], owners[order], runs, (falling - labels[order]) ** 2)
