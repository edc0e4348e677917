from __future__ import annotations

import numpy as np
import pytest

from spotter.engine.calibrating import BY_HAND, FITTED, Measured, fitted
from spotter.engine.calibration import BUDGETS, Calibration, fit, kept_by_most, sigmoid, thresholds
from spotter.engine.evidence import FIELDS, evidence, logit
from spotter.engine.lexemes import NAME, OTHER, STRING, Lexemes
from spotter.engine.scores import BASE_RATE


def test_the_fit_finds_the_truth_it_was_drawn_from() -> None:
    rng = np.random.default_rng(0)
    wrong, clean = sigmoid(rng.normal(1, 1, 20_000)), sigmoid(rng.normal(-1, 1, 20_000))
    (slope,), shift = fit(logit(wrong)[:, None], logit(clean)[:, None], base_rate=0.5)
    assert slope == pytest.approx(2.0, abs=0.1)  # log odds of two unit normals two apart: 2 z
    assert shift == pytest.approx(0.0, abs=0.1)


def test_the_base_rate_moves_the_mean_probability_there() -> None:
    rng = np.random.default_rng(1)
    wrong, clean = sigmoid(rng.normal(2, 1, 2_000)), sigmoid(rng.normal(-2, 1, 50_000))
    (slope,), shift = fit(logit(wrong)[:, None], logit(clean)[:, None], base_rate=1e-3)
    weight = (1 - 1e-3) * sigmoid(slope * logit(clean) + shift).mean() + 1e-3 * sigmoid(
        slope * logit(wrong) + shift
    ).mean()
    assert weight == pytest.approx(1e-3, rel=0.01)  # logistic regression keeps the mean


def test_far_apart_scores_do_not_throw_the_fit_off() -> None:
    rng = np.random.default_rng(2)
    wrong, clean = sigmoid(rng.normal(-4, 3, 300)), sigmoid(rng.normal(-9, 2, 60_000))
    (slope,), shift = fit(logit(wrong)[:, None], logit(clean)[:, None], base_rate=1e-4)
    mean = (1 - 1e-4) * sigmoid(slope * logit(clean) + shift).mean() + 1e-4 * sigmoid(
        slope * logit(wrong) + shift
    ).mean()
    assert mean == pytest.approx(1e-4, rel=0.01)


def test_thresholds_keep_their_budget_where_they_were_measured() -> None:
    scores = np.linspace(0, 1, 10_001)
    found = thresholds(scores.tolist(), 10_000, (0.5, 5.0))
    assert [int((scores > t).sum()) for t in found] == [5, 50]


def test_nine_projects_of_ten_keep_the_budget() -> None:
    projects = [(np.linspace(0, (n + 1) / 10, 1_001).tolist(), 1_000) for n in range(10)]
    found = kept_by_most(projects)
    assert list(found) == sorted(found, reverse=True)
    kept = [sum(score > found[BUDGETS.index(5.0)] for score in scores) <= 5 for scores, _ in projects]
    assert sum(kept) == 9


def test_thresholds_between_budgets_and_a_budget_of_nothing() -> None:
    calibration = Calibration((1.0,), 0.0, (0.5, 5.0), (0.8, 0.2))
    assert calibration.threshold(0.5) == pytest.approx(0.8)
    assert 0.2 < calibration.threshold(1.0) < 0.8
    assert calibration.threshold(0) > 1
    assert calibration.floor == 0.2
    assert Calibration.read(calibration.raw()) == calibration


def test_p_error_is_on_the_fitted_line() -> None:
    calibration = Calibration((2.0,), -1.0, (1.0,), (0.5,))
    share = sigmoid(np.array([-1.0, 0.5, 2.0]))
    assert calibration.p_error(logit(share)[:, None]) == pytest.approx(sigmoid(np.array([-3.0, 0.0, 3.0])))


def test_the_fit_weighs_what_tells_wrong_from_clean_and_little_else() -> None:
    rng = np.random.default_rng(3)
    wrong, clean = rng.normal((1.0, 0.0, 0.0), 1.0, (4_000, 3)), rng.normal((-1.0, 0.0, 1.0), 1.0, (40_000, 3))
    (odds, nothing, count), _ = fit(wrong, clean, base_rate=1e-3)
    assert odds == pytest.approx(2.0, abs=0.1)
    assert abs(nothing) < 0.1
    assert count == pytest.approx(-1.0, abs=0.1)


def test_evidence_holds_the_fields_in_their_order() -> None:
    lexemes = Lexemes(("a", "=", '"x"', "a"), (NAME, OTHER, STRING, NAME), (0, -1, -1, -1))
    once = np.array([False, False, True, False])
    marks = once, ~once, np.array([True, False, False, False])
    rows = evidence(sigmoid(np.array([-3.0, 1.0, -2.0, -5.0])), lexemes, 3, marks, np.array([0.0, 0.0, 1.3, 0.0]))
    assert rows.shape == (4, len(FIELDS))
    by = dict(zip(FIELDS, rows.T, strict=True))
    assert by["odds"] == pytest.approx([-3.0, 1.0, -2.0, -5.0])
    assert by["count"] == pytest.approx(np.log([2, 1, 1, 2]))
    assert by["neighbours"] == pytest.approx([1.0, -2.0, 1.0, -2.0])
    assert by["first"].tolist() == [1, 0, 0, 0]
    assert by["outside"].tolist() == [0, 0, 0, 1]
    assert by["once"].tolist() == [0, 0, 1, 0]
    assert by["misspelt"].tolist() == [1, 1, 0, 1]
    assert by["flawed"].tolist() == [1, 0, 0, 0]
    assert by["nowhere"].tolist() == [0, 0, 1.3, 0]
    assert Calibration.read(Calibration((2.0, 0.5), 1.0, (1.0,), (0.5,)).raw()).weights == (2.0, 0.5)


def test_the_direction_comes_from_both_kinds_of_sound_tokens_and_the_scale_from_clean_code() -> None:
    rng = np.random.default_rng(4)
    rows = np.pad(rng.normal(0.0, 1.0, (6_000, FITTED)), ((0, 0), (0, len(BY_HAND))))
    marks = np.arange(6_000) % 2 == 0
    rows[:, 0] += np.where(marks, 1.0, -1.0)
    clean = np.pad(rng.normal((-3.0, 0.0, 0.0, 0.0), 1.0, (30_000, FITTED)), ((0, 0), (0, len(BY_HAND))))
    measured = Measured(((rows, marks),), ((clean[:10_000], 900), (clean[10_000:], 2_000)))
    weights, shift = fitted(measured)
    p = Calibration(weights, shift, (), ()).p_error
    mean = (1 - BASE_RATE) * p(clean).mean() + BASE_RATE * p(measured.wrong).mean()
    assert mean == pytest.approx(BASE_RATE, rel=0.05)
    assert all(abs(other) < 0.1 * weights[0] for other in weights[1:FITTED])
    assert dict(zip(FIELDS, weights, strict=True)).items() >= BY_HAND.items()
