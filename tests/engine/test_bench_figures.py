from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from spotter.engine.bench_alarms import CleanScores
from spotter.engine.bench_figures import by, figures, mean, part, recall, top1_over
from spotter.engine.bench_outcomes import Outcome, function_score, rank
from spotter.engine.bench_records import Record
from spotter.engine.bench_tokens import pool

RECORD = Record(
    "i", "o/p", "c", "a.py", "python", "off-by-one", False, "", "", (1,), ((0, 1),), ("a",), ("b",), None
)  # fmt: skip


def outcome(
    scores: list[float], hits: set[int], *, repo: str = "o/p", spanned: bool = True, line_rank: float = 1.0
) -> Outcome:
    labels = np.array([i in hits for i in range(len(scores))])
    found = np.array(scores)
    record = replace(RECORD, repo=repo, bug_spans=((0, 1),) if spanned else ())
    return Outcome(record, found, labels, rank(found, labels), line_rank, 0.5, 0.5, (0.5, 0.5), 0, None)


@pytest.mark.parametrize(
    ("scores", "hits", "expected"),
    [
        ([0.1, 0.9, 0.2], {1}, 1),
        ([0.9, 0.1, 0.2], {1}, 3),
        ([0.5, 0.5, 0.5], {1}, 3),
        ([0.5, 0.5, 0.1], {0, 1}, 1),
        ([0.5, 0.1], set(), inf),
        ([], set(), inf),
    ],
)
def test_ties_count_against_the_scorer(scores: list[float], hits: set[int], expected: float) -> None:
    assert rank(np.array(scores), np.array([i in hits for i in range(len(scores))], np.bool_)) == expected


def test_a_function_scores_one_minus_the_chance_of_no_edit_and_does_not_saturate() -> None:
    assert 1 - np.exp(-function_score(np.array([0.5, 0.2]), probabilistic=True)) == pytest.approx(0.6)
    many = np.full(200, 0.9)
    assert function_score(many, probabilistic=True) > function_score(many[:-1], probabilistic=True)
    assert function_score(np.array([3.0, 5.0]), probabilistic=False) == 4
    assert function_score(np.array([]), probabilistic=False) == 0


def test_thresholds_keep_the_budget_of_alarms_even_with_ties() -> None:
    tokens = np.array([0.9, 0.8, 0.8, 0.8, 0.1])
    clean = CleanScores(tokens, np.array([0.9, 0.8, 0.2, 0.1]), 1000)
    assert clean.threshold(1) == 0.8
    assert (tokens > clean.threshold(3)).sum() == 1
    assert clean.threshold(5) == -inf
    assert clean.function_threshold(0.25) == 0.8
    assert clean.function_rate(0.15) == 0.75


def test_recall_needs_a_hit_strictly_over_the_threshold() -> None:
    over, at = outcome([0.9, 0.1], {0}), outcome([0.9, 0.5], {1}, spanned=False)
    assert mean([over, at], recall(0.5)) == 0.5
    assert mean([over, at], top1_over(0.5)) == 1.0
    assert mean([over], top1_over(0.9)) == 0.0


def test_token_figures_are_over_records_with_a_span_and_line_figures_over_all() -> None:
    found, _ = figures(
        [outcome([0.9, 0.1], {0}), outcome([0.9, 0.1], {1}, spanned=False, line_rank=2)],
        None,
        None,
        probabilistic=False,
    )
    assert (found["token_top1"], found["line_top1"], found["line_top3"], found["pair"]) == (1.0, 0.5, 1.0, 0.5)
    assert found["repair_top1"] is None
    assert "brier" not in found
    assert "recall_at_1_alerts" not in found


def test_auroc_average_precision_and_brier_follow_the_textbook() -> None:
    tokens = pool([outcome([0.8, 0.4, 0.35, 0.1], {0, 2})], [0])
    one = np.ones(1)
    assert tokens.auroc(one) == pytest.approx(0.75)
    assert tokens.average_precision(one) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert tokens.brier(one) == pytest.approx((0.04 + 0.16 + 0.4225 + 0.01) / 4)


def test_equal_scores_are_half_right_for_auroc_and_the_base_rate_for_precision() -> None:
    tokens = pool([outcome([0.5] * 4, {3})], [0])
    assert tokens.auroc(np.ones(1)) == pytest.approx(0.5)
    assert tokens.average_precision(np.ones(1)) == pytest.approx(0.25)


def test_a_project_that_is_drawn_twice_weighs_twice() -> None:
    good, bad = outcome([0.9, 0.1], {0}), outcome([0.9, 0.1], {1})
    drawn = pool([good, bad], [0, 1]).auroc(np.array([2.0, 1.0]))
    assert drawn == pytest.approx(pool([good, good, bad], [0, 0, 0]).auroc(np.ones(1)))


def test_intervals_are_over_projects_and_none_for_a_single_one() -> None:
    good, bad = ([outcome([0.9, 0.1], {hit}, repo=name) for _ in range(50)] for hit, name in ((0, "a/a"), (1, "b/b")))
    _, two = figures([*good, *bad], None, None, probabilistic=True)
    assert two["token_top1"] == (0.0, 1.0)
    _, same = figures([*good, *(outcome([0.9, 0.1], {0}, repo="b/b"),)], None, None, probabilistic=True)
    assert same["token_top1"] == (1.0, 1.0)
    _, single = figures(good, None, None, probabilistic=True)
    assert single["token_top1"] is None
    assert single["auroc"] is None


def test_kinds_come_with_their_counts_the_largest_first() -> None:
    outcomes = [outcome([0.9], {0}) for _ in range(2)]
    other = replace(outcomes[0], record=replace(RECORD, kind="typo-name"))
    groups = by([other, *outcomes], lambda o: o.record.kind)
    assert [(name, group["records"]) for name, group in groups.items()] == [("off-by-one", 2), ("typo-name", 1)]


def test_by_the_mean_a_pair_has_one_form_for_probabilities_and_surprisals() -> None:
    falling = replace(outcome([0.9], {0}), before=0.2, after=0.7, means=(0.4, 0.3))
    found, _ = figures([falling, replace(falling, means=(0.3, 0.3))], None, None, probabilistic=True)
    assert (found["pair"], found["pair_by_mean"]) == (0.0, 0.75)


def test_settings_are_chosen_by_other_projects_than_the_final_table_is_made_of() -> None:
    names = ("sympy/sympy", "Rapptz/discord.py", "scrapy/scrapy", "conan-io/conan")
    parts = [part(outcome([0.9], {0}, repo=name)) for name in names]
    assert parts == ["choosing", "choosing", "final", "final"]
    assert part(outcome([0.9], {0}, repo="Scrapy/Scrapy")) == "final"


def test_versions_of_one_length_are_told_apart_by_more_than_their_length() -> None:
    longer = replace(outcome([0.9], {0}), before=0.2, after=0.7, added=3)
    alike = replace(outcome([0.9], {0}), before=0.7, after=0.2)
    found, _ = figures([longer, alike], None, None, probabilistic=False)
    assert (found["pair"], found["pair_same_length"]) == (0.5, 1.0)
    assert figures([longer], None, None, probabilistic=False)[0]["pair_same_length"] is None
