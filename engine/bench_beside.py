"""Another scorer beside the first on the same records: how far apart they are, and what they find together.

Together they may name as much as one alone: among five tokens or lines the first scorer has three and the other two,
and each has half of a budget of alerts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from spotter.engine.bench_alarms import CleanScores
from spotter.engine.bench_figures import ALERTS, RESAMPLES, SHARES, Floats, mean, recall, share_interval
from spotter.engine.bench_outcomes import Outcome

Both = tuple[Outcome, Outcome]
Share = Callable[[Both], float | None]
RANKED = (
    "single_token_top1",
    "single_token_top5",
    "token_top1",
    "token_top5",
    "line_top1",
    "line_top5",
    "pair_by_mean",
)
FIRST, OTHER = 3, 2  # of five


def _difference(name: str) -> Share:
    share = SHARES[name]

    def difference(both: Both) -> float | None:
        one, other = (share(o) for o in both)
        return None if one is None or other is None else one - other

    return difference


def _either(name: str) -> Share:
    share = SHARES[name]
    return lambda both: None if share(both[0]) is None else max(share(o) or 0.0 for o in both)


def _split(name: str) -> Share:
    first, other = (SHARES[f"{name}_top{top}"] for top in (FIRST, OTHER))
    return lambda both: None if first(both[0]) is None else max(first(both[0]) or 0.0, other(both[1]) or 0.0)


def _gain(union: Share, alone: Callable[[Outcome], float | None]) -> Share:
    def gain(both: Both) -> float | None:
        together, one = union(both), alone(both[0])
        return None if together is None or one is None else together - one

    return gain


def beside(
    first: Sequence[Outcome], other: Sequence[Outcome], alarms: tuple[CleanScores | None, CleanScores | None]
) -> dict[str, object]:
    """Differences of the first less the other, what either finds, what both find with as many looks, and its gain."""
    known = {o.record.id: o for o in other}
    both = [(o, known[o.record.id]) for o in first if o.record.id in known]
    if not both:
        return {}
    names = {repo: n for n, repo in enumerate(sorted({o.record.repo for o, _ in both}))}
    owners = [names[o.record.repo] for o, _ in both]
    draws = np.random.default_rng(0).multinomial(len(names), [1 / len(names)] * len(names), RESAMPLES).astype(float)

    def told(share: Share) -> list[float] | None:
        return _told(both, owners, share, draws)

    unions = {f"{name}_top5": (_split(name), SHARES[f"{name}_top5"]) for name in ("token", "line")}
    if alarms[0] is not None and alarms[1] is not None:
        for alerts in ALERTS:
            halves = [recall(clean.threshold(alerts / 2)) for clean in alarms if clean is not None]
            whole = recall(alarms[0].threshold(alerts))
            unions[f"recall_at_{alerts}_alerts"] = (_any(halves), whole)
    return {
        "difference": {name: told(_difference(name)) for name in RANKED},
        "either": {name: told(_either(name)) for name in RANKED if name != "pair_by_mean"},
        "union": {name: told(union) for name, (union, _) in unions.items()},
        "gain": {name: told(_gain(*pair)) for name, pair in unions.items()},
    }


def _any(shares: Sequence[Callable[[Outcome], float | None]]) -> Share:
    return lambda both: max(share(o) or 0.0 for share, o in zip(shares, both, strict=True))


def _told(both: Sequence[Both], owners: Sequence[int], share: Share, draws: Floats) -> list[float] | None:
    """A mean share, and its interval over projects where there are several."""
    value = mean(both, share)
    if value is None:
        return None
    return [round(number, 4) for number in (value, *(share_interval(both, owners, share, draws) or ()))]
