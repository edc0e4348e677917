from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from spotter.engine.scores import TokenScore
from spotter.fused import Fused, Pressures, fused, ground_of, seen
from spotter.ranking import TERMS, Model, shipped
from spotter.source import Source
from spotter.syntax import Syntax, parse

TEXT = "def heads(headers, extra):\n    if headers is not None:\n        headers = {}\n    return headers + extra\n"


class Flat:
    """A denoiser that suspects every token a little, and `not` a little more."""

    fingerprint = "flat"
    languages = frozenset(("python",))

    def score_spans(self, spans: Sequence[tuple[Syntax, int, int]]) -> list[tuple[TokenScore, ...]]:
        return [
            tuple(TokenScore(i, 2e-4 if syntax.tokens[i].text == "not" else 1e-4, ()) for i in range(first, last))
            for syntax, first, last in spans
        ]


def scores(kind: type[Fused], text: str) -> dict[int, tuple[str, float]]:
    syntax = parse(Source("a.py", text, "python"))
    flat: Any = Flat()
    (found,) = kind(flat, 0.01, shipped()).score_spans([(syntax, 0, len(syntax.tokens))])
    return {score.token: (syntax.tokens[score.token].text, score.p_error) for score in found}


def test_a_deviant_says_where_and_the_denoiser_which() -> None:
    best, second, *_ = sorted(scores(Fused, TEXT).values(), key=lambda one: -one[1])
    assert best[0] == "not"
    assert best[1] > second[1] > 10 * min(p for _, p in scores(Fused, TEXT).values())


def test_pressures_alone_divide_their_share_among_the_tokens_that_they_name() -> None:
    found = scores(Pressures, TEXT)
    assert len({p for _, p in found.values() if p}) == 1
    assert sum(p for _, p in found.values()) == pytest.approx(0.9)
    assert not any(p for _, p in scores(Pressures, TEXT.replace("is not None", "is None")).values())


def test_without_deviants_the_order_is_the_denoisers() -> None:
    syntax = parse(Source("a.py", "def f(a, b):\n    return a + b\n", "python"))
    shares = [i / 1000 for i in range(1, len(syntax.tokens) + 1)]
    what = seen(syntax, ground_of(syntax), 0, shares, 0.01)
    model = Model(dict(shipped().weights), {})
    assert set(model.weights) == set(TERMS)
    assert np.argsort(fused(what, model.weights)).tolist() == list(range(len(shares)))
