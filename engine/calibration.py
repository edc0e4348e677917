"""From the network's share of edits to a probability that means what it says, and thresholds that keep a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spotter.engine.scores import BASE_RATE

Floats = NDArray[np.floating[Any]]
BUDGETS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)


@dataclass(frozen=True, slots=True)
class Calibration:
    """p = sigmoid(slope * logit + shift); and for budgets of alerts per 1,000 clean lines the p that keeps them."""

    slope: float
    shift: float
    budgets: tuple[float, ...]
    thresholds: tuple[float, ...]

    @property
    def floor(self) -> float:
        """The lowest threshold."""
        return min(self.thresholds)

    def p_error(self, share: Floats) -> Floats:
        """The calibrated probability for the network's share of edits."""
        return sigmoid(self.slope * logit(share) + self.shift)

    def threshold(self, max_alerts_per_kloc: float) -> float:
        """The threshold for a budget, between the measured ones by its logarithm."""
        if max_alerts_per_kloc <= 0:
            return 1.1
        return float(np.interp(np.log(max_alerts_per_kloc), np.log(np.array(self.budgets)), np.array(self.thresholds)))

    @staticmethod
    def read(raw: dict[str, Any]) -> Calibration:
        """From calibration.json."""
        return Calibration(raw["slope"], raw["shift"], tuple(raw["budgets"]), tuple(raw["thresholds"]))

    def raw(self) -> dict[str, Any]:
        """For calibration.json."""
        return asdict(self)


def logit(share: Floats) -> Floats:
    """log(p / (1 - p)), finite at the ends."""
    p = np.clip(np.asarray(share, np.float64), 1e-7, 1 - 1e-7)
    return np.asarray(np.log(p / (1 - p)))


def sigmoid(z: Floats) -> Floats:
    """1 / (1 + exp(-z))."""
    return np.asarray(1 / (1 + np.exp(-z)))


def platt(wrong: Floats, clean: Floats, base_rate: float = BASE_RATE) -> tuple[float, float]:
    """Slope and shift by weighted logistic regression (Platt 1999) of shares on wrong and on clean tokens.

    The weights make wrong tokens as common as in deployed code.
    """
    z = np.concatenate((logit(wrong), logit(clean)))
    y = np.concatenate((np.ones(len(wrong)), np.zeros(len(clean))))
    w = np.where(y == 1, base_rate / len(wrong), (1 - base_rate) / len(clean))
    x = np.stack((z, np.ones_like(z)), axis=1)

    def loss(theta: Floats) -> float:
        margin = np.where(y == 1, -1.0, 1.0) * (x @ theta)
        return float(w @ np.logaddexp(0.0, margin))

    theta = np.array((1.0, np.log(base_rate)))
    for _ in range(100):
        p = sigmoid(x @ theta)
        gradient = x.T @ (w * (p - y))
        hessian = (x * (w * np.maximum(p * (1 - p), 1e-12))[:, None]).T @ x + 1e-12 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        while np.abs(step).max() > 1e-9 and loss(theta - step) > loss(theta):
            step = step / 2
        theta = theta - step
    return float(max(theta[0], 1e-3)), float(theta[1])


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
