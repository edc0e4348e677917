"""What the bench asks of a scorer, and the denoiser as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from spotter.engine.elsewhere import Census
from spotter.engine.scores import TokenScore
from spotter.engine.spotting import Spotter
from spotter.findings import Edit
from spotter.syntax import Syntax

Span = tuple[Syntax, int, int]


class BenchScorer(Protocol):
    """Scores spans of tokens [first, last), seeing 512 tokens around a place and counts over its whole file.

    Where it is probabilistic, p_error is P(edit); elsewhere any number that grows with suspicion. The threshold is
    the one it ships with, if it ships with one.
    """

    @property
    def fingerprint(self) -> str:
        """Names its weights and settings."""

    @property
    def probabilistic(self) -> bool:
        """Scores are probabilities."""

    @property
    def threshold(self) -> float | None:
        """A token over it is reported."""

    @property
    def languages(self) -> frozenset[str]:
        """Records of other languages are left out for it."""

    def score_spans(self, spans: Sequence[Span]) -> Sequence[tuple[TokenScore, ...]]:
        """One tuple a span, one score a token, in order."""

    def repairs(self, syntax: Syntax, token: int, edit: Edit) -> tuple[str, ...]:
        """What would stand at a token (or before it, for an insertion), best first."""


@runtime_checkable
class RepositoryScorer(BenchScorer, Protocol):
    """A scorer that hears of the other files of a repository."""

    def among(self, scores: Sequence[TokenScore], census: Census) -> tuple[TokenScore, ...]:
        """The scores that tokens have among those files."""


@dataclass(frozen=True, slots=True)
class Denoiser:
    """The denoiser at a threshold."""

    spotter: Spotter
    threshold: float | None

    @property
    def fingerprint(self) -> str:
        """The weights' fingerprint."""
        return self.spotter.fingerprint

    @property
    def probabilistic(self) -> bool:
        """P(edit) is calibrated."""
        return True

    @property
    def languages(self) -> frozenset[str]:
        """What it was trained on."""
        return self.spotter.languages

    def score_spans(self, spans: Sequence[Span]) -> Sequence[tuple[TokenScore, ...]]:
        """One pass over the windows of all spans."""
        return self.spotter.score_spans(spans)

    def among(self, scores: Sequence[TokenScore], census: Census) -> tuple[TokenScore, ...]:
        """As a check does that sees the whole repository."""
        return self.spotter.among(scores, census)

    def repairs(self, syntax: Syntax, token: int, edit: Edit) -> tuple[str, ...]:
        """The replacement head's words and copies."""
        return self.spotter.repairs(syntax, token, edit)
