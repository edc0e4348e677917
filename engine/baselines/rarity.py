"""Rarity: the fewer times a token stands in its file, the more suspicious it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from spotter.engine.bench_scorer import Span
from spotter.engine.scores import TokenScore
from spotter.findings import Edit
from spotter.languages import languages
from spotter.syntax import Syntax


@dataclass(frozen=True, slots=True)
class Rarity:
    """-log2 of a token's share of its file, in bits."""

    fingerprint: str = "rarity"
    probabilistic: bool = False
    threshold: float | None = None

    @property
    def languages(self) -> frozenset[str]:
        """Every language that can be read."""
        return frozenset(languages())

    def score_spans(self, spans: Sequence[Span]) -> list[tuple[TokenScore, ...]]:
        """Bits, by whole-file counts."""
        return [_score(*span) for span in spans]

    def repairs(self, syntax: Syntax, token: int, edit: Edit) -> tuple[str, ...]:
        """The other texts of the same kind, the commonest first."""
        return commonest(syntax, token, edit)


def commonest(syntax: Syntax, token: int, edit: Edit) -> tuple[str, ...]:
    """The file's texts, the commonest first: those of the token's kind for a replacement, all for an insertion."""
    own = syntax.tokens[token]
    counts = Counter(t.text for t in syntax.tokens if edit == "insert" or (t.kind == own.kind and t.text != own.text))
    return tuple(text for text, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _score(syntax: Syntax, first: int, last: int) -> tuple[TokenScore, ...]:
    counts = Counter(t.text for t in syntax.tokens)
    total = len(syntax.tokens)
    return tuple(TokenScore(i, log2(total / counts[syntax.tokens[i].text]), ()) for i in range(first, last))


def load() -> Rarity:
    """Rarity needs no weights."""
    return Rarity()
