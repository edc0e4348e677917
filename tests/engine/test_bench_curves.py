from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spotter.engine.bench_alarms import CleanScores
from spotter.engine.bench_curves import alarms, recall_by_kind, reliability
from spotter.engine.bench_outcomes import Outcome
from spotter.engine.bench_records import Record

RECORD = Record(
    "1", "o/p", "c", "a.py", "python", "wrong-operator", True, "", "", (1,), ((0, 1),), ("-",), ("+",), None
)


def made(scores: list[float], hit: int, kind: str = "wrong-operator") -> Outcome:
    labels = np.arange(len(scores)) == hit
    return Outcome(replace(RECORD, kind=kind), np.array(scores), labels, 1.0, 1.0, 0.0, 0.0, (0.0, 0.0), 0, None)


def clean(scores: list[float], lines: int) -> CleanScores:
    falling = np.sort(np.array(scores))[::-1]
    return CleanScores(falling, falling, lines)


def test_reliability_compares_what_is_promised_with_what_was_wrong() -> None:
    outcomes = [made([0.5] * 4, 0) for _ in range(10)]
    found = reliability(outcomes, clean([0.001] * 60 + [0.9] * 3, 1000))
    assert found.promised == pytest.approx([0.001, 0.5])
    assert found.wrong == pytest.approx([0.0, 0.25])
    assert found.tokens.tolist() == [60, 40]


def test_certain_tokens_have_a_bin_too() -> None:
    found = reliability([made([1.0, 0.0] * 20, 0)], clean([], 1000))
    assert found.promised == pytest.approx([0.0, 1.0])
    assert found.wrong == pytest.approx([0.0, 0.05])


def test_more_alarms_find_more_bugs_and_are_right_less_often() -> None:
    outcomes = [made([0.9, 0.1, 0.1], 0), made([0.6, 0.3, 0.1], 1)]
    found = alarms(outcomes, clean([0.7, 0.5, 0.2, 0.15, *[0.0] * 200], 1000))
    at = {round(alerts, 1): (p, r) for alerts, p, r in zip(found.alerts, found.precision, found.recall, strict=True)}
    assert at[0.1] == (1.0, 0.5)
    assert at[2.5] == pytest.approx((2 / 3, 1.0))
    assert at[100.0] == pytest.approx((1 / 3, 1.0))


def test_without_alarms_there_is_no_precision() -> None:
    found = alarms([made([0.1, 0.1], 0)], clean([0.7] * 10, 1000))
    assert np.isnan(found.precision[0])
    assert found.recall[0] == 0.0


def test_kinds_stand_by_their_number_and_rare_ones_are_left_out() -> None:
    outcomes = [made([0.9, 0.1], n % 2, "callee") for n in range(12)]
    outcomes += [made([0.9, 0.1], 0, "off-by-one") for _ in range(10)] + [made([0.9, 0.1], 0, "rare")] * 9
    assert recall_by_kind(outcomes, clean([0.5, 0.05, *[0.0] * 9], 200)) == {
        "callee": (12, 1.0),
        "off-by-one": (10, 1.0),
    }
    assert recall_by_kind(outcomes, clean([0.5] * 9, 100))["callee"] == (12, 0.5)
