"""`spotter calibrate PATHS`: the alerts in sound code of one's own, and the setting that keeps to a budget there.

The thresholds that ship are to keep a budget in nine of ten projects: many could do with a higher setting, and the
tenth takes a lower one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, exp, floor, log, log10
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spotter.bundled import Bundled
from spotter.errors import SpotterError
from spotter.request import Request, scope_of
from spotter.scoring import scored
from spotter.source import Unread
from spotter.visible import visible

Threshold = Callable[[float], float]  # the P(edit) that a setting of max-alerts-per-kloc stands for
STRICTEST, LOOSEST = 0.001, 20.0  # settings that are looked at
HALVINGS = 30


@dataclass(frozen=True, slots=True)
class SoundCode:
    """P(edit) of all tokens of code that its reader holds to be sound, from high to low, and its lines."""

    p_error: NDArray[np.float64]
    lines: int
    files: int

    def alerts(self, threshold: float) -> int:
        """Tokens over a threshold."""
        return int(np.searchsorted(-self.p_error, -threshold))

    def setting(self, budget: float, threshold: Threshold) -> float | None:
        """The highest setting, of two digits, that keeps to a budget here; None where none does."""
        allowed = int(budget * self.lines / 1000)
        low, high = log(STRICTEST), log(LOOSEST)
        if self.alerts(threshold(LOOSEST)) <= allowed:
            return LOOSEST
        if self.alerts(threshold(STRICTEST)) > allowed:
            return None
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            kept = self.alerts(threshold(exp(middle))) <= allowed
            low, high = (middle, high) if kept else (low, middle)
        digit = 10.0 ** (floor(log10(exp(low))) - 1)
        return round(max(STRICTEST, floor(exp(low) / digit) * digit), 6)


def calibrate(paths: Sequence[Path], budget: float) -> tuple[str, tuple[str, ...]]:
    """What is said of the code in the paths, and of the files that could not be scored.

    The budget is in alerts per 1,000 lines, whatever setting holds. SpotterError where there is too little code to see
    that rate.
    """
    held = scope_of(Request(tuple(paths))).config.max_alerts_per_kloc
    scorer = Bundled()
    code, unread = read(paths, scorer)
    if code.lines < (needed := ceil(1000 / budget)):
        there = f"lines of a language that the weights know: {code.lines:,}"
        raise SpotterError(f"{there}; to see {budget:g} alerts per 1,000 takes {needed:,}, so name more code")
    return told(code, held, budget, scorer.threshold), unread


def read(paths: Sequence[Path], scorer: Bundled) -> tuple[SoundCode, tuple[str, ...]]:
    """The scores of the files in the paths, and what is said of those that have none."""
    shares: list[float] = []
    unread: dict[str, list[str]] = {}
    lines = files = 0
    for found in scored(paths, scorer):
        if isinstance(found, Unread):
            unread.setdefault(visible(found.reason), []).append(visible(found.path))
            continue
        source, scores = found
        shares += [score.p_error for score in scores]
        lines, files = lines + len(source.text.splitlines()), files + 1
    said = tuple(f"{names[0] if len(names) == 1 else f'{len(names):,} files'}: {why}" for why, names in unread.items())
    return SoundCode(np.sort(np.array(shares, np.float64))[::-1], lines, files), said


def told(code: SoundCode, held: float, budget: float, threshold: Threshold) -> str:
    """How many alerts there are at the setting that holds, and what to set to keep to a budget."""
    now = code.alerts(threshold(held))
    head = (
        f"{code.lines:,} lines in {code.files:,} files; alerts, a token each, at max-alerts-per-kloc = {held:g}:"
        f" {now:,}, or {1000 * now / code.lines:.2f} per 1,000 lines"
    )
    setting = code.setting(budget, threshold)
    if setting is None:
        left = code.alerts(threshold(STRICTEST))
        return (
            f'{head}\nEven {STRICTEST:g} leaves {left:,}, which is too many. This leaves tokens out: ignore = ["SP1"]'
        )
    if now <= budget * code.lines / 1000:
        more = f"; so would {setting:g} be, which reports more" if setting > held else ""
        return f"{head}\nThat is within {budget:g}{more}."
    lines = f"[tool.spotter]\nmax-alerts-per-kloc = {setting:g}"
    return f"{head}\nIf this code is sound, this setting keeps to {budget:g} in it:\n\n{lines}"
