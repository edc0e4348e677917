"""Chance: every token gets a random number. What a figure is worth is its distance from this one."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from spotter.engine.bench_scorer import Span
from spotter.engine.scores import TokenScore
from spotter.findings import Edit
from spotter.languages import languages
from spotter.syntax import Syntax


@dataclass(frozen=True, slots=True)
class Chance:
    """The numbers hang on the text and the seed alone."""

    seed: int = 0
    probabilistic: bool = False
    threshold: float | None = None

    @property
    def fingerprint(self) -> str:
        """Names the seed."""
        return f"random-{self.seed}"

    @property
    def languages(self) -> frozenset[str]:
        """Every language that can be read."""
        return frozenset(languages())

    def score_spans(self, spans: Sequence[Span]) -> list[tuple[TokenScore, ...]]:
        """Uniform numbers in [0, 1)."""
        return [self._score(*span) for span in spans]

    def repairs(self, syntax: Syntax, token: int, edit: Edit) -> tuple[str, ...]:
        """The file's other texts in random order; an insertion may repeat the token's own."""
        texts = sorted({t.text for t in syntax.tokens if edit == "insert" or t.text != syntax.tokens[token].text})
        self._random(syntax, token).shuffle(texts)
        return tuple(texts)

    def _score(self, syntax: Syntax, first: int, last: int) -> tuple[TokenScore, ...]:
        draw = self._random(syntax, first)
        return tuple(TokenScore(i, draw.random(), ()) for i in range(first, last))

    def _random(self, syntax: Syntax, place: int) -> random.Random:
        return random.Random(zlib.crc32(syntax.text_bytes) * 1_000_003 + place * 1009 + self.seed)


def load() -> Chance:
    """Seed 0."""
    return Chance()
