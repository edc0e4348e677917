"""From the network's share of edits to a probability that means what it says, and thresholds that keep a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spotter.engine.evidence import FIELDS, logit
from spotter.engine.scores import BASE_RATE

Floats = NDArray[np.floating[Any]]
RIDGE = 0.02
BUDGETS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)


@dataclass(frozen=True, slots=True)
class Calibration:
    """p = sigmoid(weights . evidence + shift); and for budgets of alerts per 1,000 clean lines the p that keeps them.

    The weights are those of the first fields of the evidence: one weight reads the network's odds alone.
    """

    weights: tuple[float, ...]
    shift: float
    budgets: tuple[float, ...]
    thresholds: tuple[float, ...]

    def weight(self, field: str) -> float:
        """The weight of a field; 0 of one that it does not read."""
        return dict(zip(FIELDS, self.weights, strict=False)).get(field, 0.0)

    @property
    def floor(self) -> float:
        """The lowest threshold."""
        return min(self.thresholds)

    def p_error(self, evidence: Floats) -> Floats:
        """(T,) calibrated probabilities from evidence (T, K)."""
        return sigmoid(evidence[:, : len(self.weights)] @ np.array(self.weights) + self.shift)

    def threshold(self, max_alerts_per_kloc: float) -> float:
        """The threshold for a budget, between the measured ones by its logarithm.

        Below the least of them its log-odds go on rising as they do from the greatest to the least on the whole.
        """
        if max_alerts_per_kloc <= 0:
            return 1.1
        budgets, asked = np.log(np.array(self.budgets)), np.log(max_alerts_per_kloc)
        if asked >= budgets[0] or len(budgets) == 1:
            return float(np.interp(asked, budgets, np.array(self.thresholds)))
        odds = logit(np.array(self.thresholds))
        rise = (odds[0] - odds[-1]) / (budgets[-1] - budgets[0])
        return float(sigmoid(odds[0] + rise * (budgets[0] - asked)))

    @staticmethod
    def read(raw: dict[str, Any]) -> Calibration:
        """From calibration.json."""
        weights = tuple(raw["weights"][field] for field in FIELDS if field in raw["weights"])
        return Calibration(weights, raw["shift"], tuple(raw["budgets"]), tuple(raw["thresholds"]))

    def raw(self) -> dict[str, Any]:
        """For calibration.json, with the weights by their fields' names."""
        return asdict(self) | {"weights": dict(zip(FIELDS, self.weights, strict=False))}


def sigmoid(z: Floats) -> Floats:
    """1 / (1 + exp(-z))."""
    return np.asarray(1 / (1 + np.exp(-z)))


def fit(wrong: Floats, clean: Floats, base_rate: float = BASE_RATE) -> tuple[tuple[float, ...], float]:
    """Weights and shift by weighted logistic regression of evidence (N, K) of wrong and of clean tokens.

    Platt scaling (1999) where the odds are the only field. The weights make wrong tokens as common as in deployed code;
    a slight ridge holds all weights but that of the odds near zero, as there are few wrong tokens to learn them from.
    """
    x = np.concatenate((wrong, clean)).astype(np.float64)
    spread = np.maximum(x.std(0), 1e-6)
    spread[0] = 1.0
    x = np.concatenate((x / spread, np.ones((len(x), 1))), axis=1)
    y = np.concatenate((np.ones(len(wrong)), np.zeros(len(clean))))
    w = np.where(y == 1, base_rate / len(wrong), (1 - base_rate) / len(clean))
    ridge = np.full(x.shape[1], RIDGE * base_rate)
    ridge[[0, -1]] = 0.0

    def loss(theta: Floats) -> float:
        margin = np.where(y == 1, -1.0, 1.0) * (x @ theta)
        return float(w @ np.logaddexp(0.0, margin) + ridge @ theta**2 / 2)

    theta = np.zeros(x.shape[1])
    theta[0], theta[-1] = 1.0, np.log(base_rate)
    for _ in range(100):
        p = sigmoid(x @ theta)
        gradient = x.T @ (w * (p - y)) + ridge * theta
        hessian = (x * (w * np.maximum(p * (1 - p), 1e-12))[:, None]).T @ x + np.diag(ridge + 1e-12)
        step = np.linalg.solve(hessian, gradient)
        while np.abs(step).max() > 1e-9 and loss(theta - step) > loss(theta):
            step = step / 2
        theta = theta - step
    weights = theta[:-1] / spread
    return (max(float(weights[0]), 1e-3), *map(float, weights[1:])), float(theta[-1])


def kept_by_most(projects: Sequence[tuple[Sequence[float], int]], share: float = 0.9) -> tuple[float, ...]:
    """For each budget the threshold that this share of the projects (scores, lines) keeps it with.

    The mean over projects would break its promise to every project that is odder than most.
    """
    each = [thresholds(scores, lines) for scores, lines in projects]
    return tuple(float(np.quantile(found, share)) for found in zip(*each, strict=True))


def thresholds(scores: Sequence[float], lines: int, budgets: Sequence[float] = BUDGETS) -> tuple[float, ...]:
    """The score that so many alerts per 1,000 lines are over, for each budget, on clean code."""
    ordered = np.sort(np.asarray(scores))[::-1]
    allowed = [int(budget * lines / 1000) for budget in budgets]
    return tuple(float(ordered[n]) if n < len(ordered) else 0.0 for n in allowed)
