from __future__ import annotations

import numpy as np
import pytest

from spotter.engine.pointing import Function, pointed


def functions(count: int, weights: tuple[float, ...], seed: int = 0) -> list[Function]:
    """Functions whose wrong token is drawn by these weights; each function's tokens have an oddness in common."""
    rng = np.random.default_rng(seed)
    found: list[Function] = []
    for _ in range(count):
        rows = rng.normal(size=(40, len(weights))) + rng.normal(0, 5, (1, 1))
        z = rows @ np.array(weights)
        share = np.exp(z - z.max())
        wrong = np.zeros(40, bool)
        wrong[rng.choice(40, p=share / share.sum())] = True
        found.append((rows, wrong))
    return found


def test_the_weights_that_chose_the_wrong_tokens_are_found() -> None:
    assert pointed(functions(1500, (1.5, -0.7, 0.0))) == pytest.approx([1.5, -0.7, 0.0], abs=0.15)


def test_one_of_several_wrong_tokens_is_enough() -> None:
    rng = np.random.default_rng(1)
    rows = [rng.normal(size=(30, 2)) for _ in range(300)]
    wrong = [(r[:, 0] == r[:, 0].max()) | (np.arange(30) == 3) for r in rows]
    first, second = pointed(list(zip(rows, wrong, strict=True)))
    assert first > 1
    assert abs(second) < 0.3


def test_a_field_that_never_varies_has_no_weight() -> None:
    found = [(np.c_[rows, np.ones(len(rows))], wrong) for rows, wrong in functions(300, (1.0,))]
    assert pointed(found)[1] == pytest.approx(0.0, abs=1e-6)
