"""False alarms: what a scorer says about clean files, and the thresholds that keep a budget of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CleanScores:
    """The scores of all tokens of the clean suite, each function's highest, both from high to low, and its lines."""

    tokens: Floats
    functions: Floats
    lines: int

    def threshold(self, alarms_per_kloc: float) -> float:
        """The lowest score that at most so many tokens per 1,000 lines are over."""
        return _over(self.tokens, int(alarms_per_kloc * self.lines / 1000))

    def function_threshold(self, share: float) -> float:
        """The lowest score that at most this share of the functions has a token over."""
        return _over(self.functions, int(share * len(self.functions)))

    def function_rate(self, threshold: float) -> float:
        """The share of the functions with a token over a threshold."""
        return float((self.functions > threshold).mean())


def _over(falling: Floats, allowed: int) -> float:
    return float(falling[allowed]) if allowed < len(falling) else -np.inf
