"""Which weights point at the mistake: a conditional logit over the tokens of each function (McFadden 1974).

Logistic regression over all tokens at once learns which functions are odd before it learns which token in one is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Function = tuple[Floats, NDArray[np.bool_]]  # the evidence of its tokens (T, K), and which of them are wrong (T,)
RIDGE = 1.0  # of weights that count standard deviations; that of the odds is held less
ODDS_RIDGE = 0.05
STEPS = 50


def pointed(functions: Sequence[Function]) -> Floats:
    """(K,) weights that maximise the share of the wrong tokens in exp(evidence . weights), by Newton's method."""
    spread = np.concatenate([rows for rows, _ in functions]).std(0)
    spread[spread < 1e-6] = 1.0
    scaled = [(rows / spread, wrong) for rows, wrong in functions]
    ridge = np.full(len(spread), RIDGE)
    ridge[0] = ODDS_RIDGE
    weights = np.zeros(len(spread))
    weights[0] = spread[0]
    best = _loss(scaled, weights, ridge)
    for _ in range(STEPS):
        gradient, hessian = ridge * weights, np.diag(ridge)
        for rows, wrong in scaled:
            share = _shares(rows @ weights)
            within = np.where(wrong, share, 0.0) / max(share[wrong].sum(), 1e-300)
            mean = share @ rows
            gradient += mean - within @ rows
            hessian += (rows * share[:, None]).T @ rows - np.outer(mean, mean)
        step = np.linalg.solve(hessian, gradient)
        while np.abs(step).max() > 1e-9 and _loss(scaled, weights - step, ridge) > best:
            step = step / 2
        weights = weights - step
        gained, best = best, _loss(scaled, weights, ridge)
        if gained - best < 1e-7:
            break
    return np.asarray(weights / spread)


def _shares(z: Floats) -> Floats:
    e = np.exp(z - z.max())
    return np.asarray(e / e.sum())


def _loss(functions: Sequence[Function], weights: Floats, ridge: Floats) -> float:
    odds = [(rows @ weights, wrong) for rows, wrong in functions]
    missed = sum(np.logaddexp.reduce(z) - np.logaddexp.reduce(z[wrong]) for z, wrong in odds)
    return float(missed + ridge @ weights**2 / 2)
