"""The fused ranking, token by token: a deviant says where, and the denoiser which of the tokens there it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spotter.engine.bench_scorer import Span
from spotter.engine.scores import TokenScore
from spotter.engine.spotting import Spotter
from spotter.findings import Edit
from spotter.ground import Ground, deviants, named, of_deviant, of_tokens
from spotter.metrics.facts import facts_of
from spotter.metrics.registry import PRESSURES
from spotter.ranking import TERMS, Evidence, Model, pressed
from spotter.rules import RULES
from spotter.syntax import Syntax

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Seen:
    """Some tokens of a file: their P(edit) (n,), their terms (n, K), and the deviants among them.

    A deviant is those of the tokens that it names, by their number, and its terms (K,).
    """

    shares: Floats
    tokens: Floats
    deviants: tuple[tuple[tuple[int, ...], Floats], ...]


def seen(syntax: Syntax, ground: Ground, first: int, shares: Sequence[float], over: float) -> Seen:
    """What the model reads of the tokens from the first on; over is the P(edit) from which tokens are reported."""
    found = []
    for deviant in ground.deviants:
        inside = tuple(i - first for i in named(syntax, deviant) if 0 <= i - first < len(shares))
        found.append((inside, terms([of_deviant(syntax, ground, deviant, first, shares, over)])[0]))
    return Seen(np.array(shares), terms(list(of_tokens(syntax, ground, first, shares))), tuple(found))


def terms(rows: Sequence[Evidence]) -> Floats:
    """(N, K): every term of every row."""
    table = [[term(row) for term in TERMS.values()] for row in rows]
    return np.array(table, np.float64).reshape(-1, len(TERMS))


def fused(seen: Seen, weights: Mapping[str, float]) -> Floats:
    """(n,) P(this token is wrong): by itself, or as the one that a deviant means."""
    by_term = np.array([weights[name] for name in TERMS])
    sound = 1 - chance(seen.tokens @ by_term)
    for inside, row in seen.deviants:
        at = np.array(inside, np.intp)
        sound[at] *= 1 - chance(row @ by_term) * seen.shares[at] / seen.shares[at].sum()
    return np.asarray(1 - sound)


def chance(bits: Floats) -> Floats:
    """P from log2 odds."""
    return np.asarray(1 / (1 + np.exp2(-bits)))


def ground_of(syntax: Syntax) -> Ground:
    """The ground of a file by itself, without the others of its repository, by the rules that are on by default."""
    facts = facts_of(syntax)
    found = (pressure for find in PRESSURES.values() for pressure in find([facts]))
    pressures = [pressure for pressure in found if RULES[pressure.rule].default]
    weights = {name: (weight, 0) for (_, name), weight in pressed(pressures).items()}
    return Ground(deviants(pressures, syntax.source.path), weights)


@dataclass(frozen=True)
class Fused:
    """The fused ranking as a scorer of the bench, which knows of each file that file alone."""

    spotter: Spotter
    over: float
    model: Model
    threshold: float | None = None
    probabilistic: bool = True

    @property
    def fingerprint(self) -> str:
        """The weights of both."""
        return f"{self.spotter.fingerprint}+{self.model}"

    @property
    def languages(self) -> frozenset[str]:
        """What the denoiser was trained on."""
        return self.spotter.languages

    def score_spans(self, spans: Sequence[Span]) -> list[tuple[TokenScore, ...]]:
        """One pass over the windows of all spans, and the pressures of their files."""
        found = []
        grounds: dict[str, Ground] = {}
        for (syntax, first, _), scores in zip(spans, self.spotter.score_spans(spans), strict=True):
            text = syntax.source.text
            if text not in grounds:
                grounds[text] = ground_of(syntax)
            found.append(self._scores(syntax, grounds[text], first, scores))
        return found

    def repairs(self, syntax: Syntax, token: int, edit: Edit) -> tuple[str, ...]:
        """The denoiser's."""
        return self.spotter.repairs(syntax, token, edit)

    def _scores(
        self, syntax: Syntax, ground: Ground, first: int, scores: Sequence[TokenScore]
    ) -> tuple[TokenScore, ...]:
        what = seen(syntax, ground, first, [score.p_error for score in scores], self.over)
        shares = fused(what, self.model.weights)
        return tuple(replace(score, p_error=float(p)) for score, p in zip(scores, shares, strict=True))


class Pressures(Fused):
    """The pressures alone: a deviant's share, divided among the tokens that it names."""

    def _scores(
        self, syntax: Syntax, ground: Ground, first: int, scores: Sequence[TokenScore]
    ) -> tuple[TokenScore, ...]:
        what = seen(syntax, ground, first, [score.p_error for score in scores], self.over)
        return tuple(replace(score, p_error=float(p)) for score, p in zip(scores, pressed_alone(what), strict=True))


def pressed_alone(seen: Seen) -> Floats:
    """(n,) each deviant's share, divided among the tokens that it names."""
    found = np.zeros(len(seen.shares))
    for inside, row in seen.deviants:
        share = chance(row[list(TERMS).index("deviance")])
        found[list(inside)] = np.maximum(found[list(inside)], share / max(1, len(inside)))
    return found
