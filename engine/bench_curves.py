"""What the bench's plots show, as numbers: reliability, precision against alarms, and recall by kind of bug."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spotter.engine.bench_alarms import CleanScores
from spotter.engine.bench_figures import mean, recall
from spotter.engine.bench_outcomes import Outcome

Floats = NDArray[np.float64]
EDGES = np.concatenate(([0.0], np.logspace(-4, 0, 17)))  # four bins a decade; the rare end is where thresholds lie
FULL = 20  # tokens: a bin with fewer says nothing
ALERTS = np.logspace(-1, 2, 31)  # per 1,000 clean lines
KINDS, RECORDS = 15, 10  # kinds of bugs at most, and records of each at least
KIND_ALERTS = 5.0


@dataclass(frozen=True, slots=True)
class Reliability:
    """For each bin of P(edit) that holds enough tokens: the mean promised, the share that were wrong, how many."""

    promised: Floats
    wrong: Floats
    tokens: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Alarms:
    """At each number of alarms per 1,000 clean lines: the share of alarms in buggy functions that hit, and of bugs hit.

    Precision is NaN where nothing in the buggy functions is over the threshold.
    """

    alerts: Floats
    precision: Floats
    recall: Floats


def reliability(outcomes: Sequence[Outcome], clean: CleanScores) -> Reliability:
    """P(edit) against what was wrong, over the buggy functions and the clean files, whose tokens count as right."""
    scores = np.concatenate([*(o.scores for o in outcomes), clean.tokens])
    labels = np.zeros(len(scores))
    hits = np.concatenate([o.labels for o in outcomes])
    labels[: len(hits)] = hits
    bins = np.clip(np.searchsorted(EDGES, scores, "right") - 1, 0, len(EDGES) - 2)
    counts, sums, wrong = (np.bincount(bins, w, len(EDGES) - 1) for w in (None, scores, labels))
    full = counts >= FULL
    return Reliability(sums[full] / counts[full], wrong[full] / counts[full], counts[full])


def alarms(outcomes: Sequence[Outcome], clean: CleanScores) -> Alarms:
    """Precision and recall on the bugs at the thresholds that budgets of false alarms give."""
    scores, labels = (np.concatenate([getattr(o, name) for o in outcomes]) for name in ("scores", "labels"))
    precision, found = [], []
    for alerts in ALERTS.tolist():
        threshold = clean.threshold(alerts)
        over = scores > threshold
        precision.append(labels[over].mean() if over.any() else np.nan)
        found.append(mean(outcomes, recall(threshold)) or 0.0)
    return Alarms(ALERTS, np.array(precision), np.array(found))


def recall_by_kind(outcomes: Sequence[Outcome], clean: CleanScores) -> dict[str, tuple[int, float]]:
    """Records and recall of the commonest kinds of bugs at five alarms per 1,000 clean lines."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for o in outcomes:
        groups[o.record.kind].append(o)
    common = sorted((name for name in groups if len(groups[name]) >= RECORDS), key=lambda n: (-len(groups[n]), n))
    share = recall(clean.threshold(KIND_ALERTS))
    return {name: (len(groups[name]), mean(groups[name], share) or 0.0) for name in common[:KINDS]}
