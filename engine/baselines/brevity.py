"""Brevity: the fewer tokens a function has, the more suspicious. Most fixes add tokens, so this tells pairs apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spotter.engine.baselines import chance
from spotter.engine.bench_scorer import Span
from spotter.engine.scores import TokenScore
from spotter.findings import Edit
from spotter.languages import languages
from spotter.syntax import Syntax


@dataclass(frozen=True, slots=True)
class Brevity:
    """One number for all tokens of a function: it ranks none of them before another."""

    fingerprint: str = "brevity"
    probabilistic: bool = False
    threshold: float | None = None

    @property
    def languages(self) -> frozenset[str]:
        """Every language that can be read."""
        return frozenset(languages())

    def score_spans(self, spans: Sequence[Span]) -> list[tuple[TokenScore, ...]]:
        """1 / T in a function, or outside of all in a file, of T tokens."""
        return [
            tuple(TokenScore(i, _share(syntax, i), ()) for i in range(first, last)) for syntax, first, last in spans
        ]

    def repairs(self, syntax: Syntax, token: int, edit: Edit) -> tuple[str, ...]:
        """Any, as chance has it."""
        return chance.load().repairs(syntax, token, edit)


def _share(syntax: Syntax, token: int) -> float:
    around = (f.last - f.first for f in syntax.functions if f.first <= token < f.last)
    return 1 / min(around, default=len(syntax.tokens))


def load() -> Brevity:
    """There is only one."""
    return Brevity()
