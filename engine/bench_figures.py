"""From outcomes to the bench's figures, with bootstrap intervals over projects."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from spotter.engine.bench_alarms import CleanScores
from spotter.engine.bench_outcomes import Outcome
from spotter.engine.bench_tokens import pool

T = TypeVar("T")
Floats = NDArray[np.float64]
Figures = dict[str, float | None]
RESAMPLES = 1000
TOKEN_RESAMPLES = 200  # of the figures that sort every token
ALERTS = (0.5, 1, 5)
DETECTION_RATE = 0.165  # the false alarm rate at which the literature compares localisation

# A record's share of a figure, or None where the figure does not count it.
Share = Callable[[Outcome], float | None]


def _spanned(top: int) -> Share:
    return lambda o: float(o.token_rank <= top) if o.record.bug_spans else None


def _single(top: int) -> Share:
    return lambda o: float(o.token_rank <= top) if o.record.single_token else None


def _line(top: int) -> Share:
    return lambda o: float(o.line_rank <= top)


def _repair(top: int) -> Share:
    return lambda o: None if o.repair_rank is None else float(o.repair_rank <= top)


def _above(before: float, after: float) -> float:
    return 0.5 if before == after else float(before > after)


def _pair(o: Outcome) -> float:
    return _above(o.before, o.after)


def _pair_by_mean(o: Outcome) -> float:
    """The one form that a scorer of probabilities and one of surprisals share."""
    return _above(*o.means)


def _pair_same_length(o: Outcome) -> float | None:
    """Most fixes add tokens, so that a sum or a mean over tokens can tell the versions apart by their lengths alone."""
    return None if o.added else _pair(o)


SHARES: dict[str, Share] = {
    "single_token_top1": _single(1),
    "single_token_top5": _single(5),
    "token_top1": _spanned(1),
    "token_top2": _spanned(2),
    "token_top3": _spanned(3),
    "token_top5": _spanned(5),
    "line_top1": _line(1),
    "line_top2": _line(2),
    "line_top3": _line(3),
    "line_top5": _line(5),
    "pair": _pair,
    "pair_by_mean": _pair_by_mean,
    "pair_same_length": _pair_same_length,
    "repair_top1": _repair(1),
    "repair_top5": _repair(5),
}


def recall(threshold: float) -> Share:
    """Records with a hit over the threshold."""
    return lambda o: float(o.best_hit > threshold)


def top1_over(threshold: float) -> Share:
    """Records whose first token is a hit and over the threshold."""
    return lambda o: float(o.token_rank == 1 and o.best_hit > threshold) if o.record.bug_spans else None


def alarm_shares(clean: CleanScores | None, shipped: float | None) -> dict[str, Share]:
    """The figures that hang on a threshold; those whose threshold is not known are left out."""
    shares: dict[str, Share] = {}
    if clean is not None:
        shares |= {f"recall_at_{alerts}_alerts": recall(clean.threshold(alerts)) for alerts in ALERTS}
        shares["top1_at_16.5_percent"] = top1_over(clean.function_threshold(DETECTION_RATE))
    if clean is not None and shipped is not None:
        shares["top1_at_that_rate"] = top1_over(shipped)
    return shares


def mean(outcomes: Sequence[T], share: Callable[[T], float | None]) -> float | None:
    """The mean share over the records that count."""
    found = [value for o in outcomes if (value := share(o)) is not None]
    return sum(found) / len(found) if found else None


def figures(
    outcomes: Sequence[Outcome], clean: CleanScores | None, shipped: float | None, *, probabilistic: bool
) -> tuple[Figures, dict[str, tuple[float, float] | None]]:
    """Every figure and its 95 % interval; None where nothing counts, or where there is only one project."""
    shares = SHARES | alarm_shares(clean, shipped)
    names = {repo: n for n, repo in enumerate(sorted({o.record.repo for o in outcomes}))}
    owners = [names[o.record.repo] for o in outcomes]
    draws = np.random.default_rng(0).multinomial(len(names), [1 / len(names)] * len(names), RESAMPLES).astype(float)
    found: Figures = {name: mean(outcomes, share) for name, share in shares.items()}
    intervals = {name: share_interval(outcomes, owners, share, draws) for name, share in shares.items()}
    tokens = pool(outcomes, owners)
    by_token = {"auroc": tokens.auroc, "average_precision": tokens.average_precision}
    if probabilistic:
        by_token["brier"] = tokens.brier
    if 0 < tokens.labels.sum() < len(tokens.labels):
        for name, figure in by_token.items():
            found[name] = figure(np.ones(len(names)))
            drawn = [figure(draw) for draw in draws[:TOKEN_RESAMPLES] if (draw[tokens.projects] * tokens.labels).any()]
            intervals[name] = _interval(np.array(drawn)) if len(names) > 1 else None
    return found, intervals


def share_interval(
    outcomes: Sequence[T], owners: Sequence[int], share: Callable[[T], float | None], draws: Floats
) -> tuple[float, float] | None:
    """The interval of a mean share over resampled projects; draws (resamples, projects) say how often each is in."""
    sums = np.zeros((2, draws.shape[1]))
    for o, owner in zip(outcomes, owners, strict=True):
        if (value := share(o)) is not None:
            sums[:, owner] += value, 1
    if np.count_nonzero(sums[1]) < 2:
        return None
    totals, counts = draws @ sums[0], draws @ sums[1]
    return _interval(totals[counts > 0] / counts[counts > 0])


def _interval(drawn: Floats) -> tuple[float, float]:
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(low), float(high)


def part(o: Outcome) -> str:
    """Settings and checkpoints are chosen by one half of the projects; the other is for the final table."""
    return ("choosing", "final")[zlib.crc32(o.record.repo.lower().encode()) % 2]


def by(outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, Figures]:
    """The main figures of each group of records, the largest group first."""
    return {name: group_figures(group) for name, group in grouped(outcomes, key).items()}


def grouped(outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, list[Outcome]]:
    """Groups of records, the largest first."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for o in outcomes:
        groups[key(o)].append(o)
    return {name: groups[name] for name in sorted(groups, key=lambda n: (-len(groups[n]), n))}


def group_figures(outcomes: Sequence[Outcome]) -> Figures:
    """The main figures of a group."""
    main = ("single_token_top1", "token_top1", "token_top5", "line_top1", "line_top5", "pair", "repair_top1")
    return {"records": len(outcomes)} | {name: mean(outcomes, SHARES[name]) for name in main}
