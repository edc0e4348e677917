"""Masked scoring with the denoiser's own weights: every token is hidden in turn, and its share there is read.

It is what a masked language model has to do, at a forward pass a token; the denoiser sees all tokens at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING

from spotter.engine.baselines.window import windows
from spotter.engine.bench_scorer import Span
from spotter.engine.features import features
from spotter.engine.lexemes import Lexemes, lexemes_of
from spotter.engine.scores import LANGUAGES, TokenScore
from spotter.engine.splices import MASK_TEXT
from spotter.engine.spotting import EDITS, Spotter
from spotter.engine.spotting import load as load_spotter
from spotter.findings import Edit
from spotter.syntax import Syntax

if TYPE_CHECKING:
    from spotter.engine.runtime import Floats, Runtime

REPLACED = 1 + EDITS.index("replace")


@dataclass(frozen=True, slots=True)
class Masked:
    """-log2 of a token's share where it is hidden, in bits."""

    spotter: Spotter
    probabilistic: bool = False
    threshold: float | None = None
    languages: frozenset[str] = LANGUAGES

    @property
    def fingerprint(self) -> str:
        """The weights' fingerprint."""
        return f"{self.spotter.fingerprint} masked"

    def score_spans(self, spans: Sequence[Span]) -> list[tuple[TokenScore, ...]]:
        """Bits, by a pass a token."""
        return [tuple(self._scores(*span)) for span in spans]

    def repairs(self, syntax: Syntax, token: int, edit: Edit) -> tuple[str, ...]:
        """What the denoiser would write there."""
        return self.spotter.repairs(syntax, token, edit)

    def _scores(self, syntax: Syntax, first: int, last: int) -> Iterator[TokenScore]:
        lexemes = lexemes_of(syntax)
        for start, end, at, to in windows(len(lexemes), first, last):
            inside = lexemes.cut(start, end)
            for token in range(at, to):
                yield TokenScore(token, bits(self.spotter.runtime, inside, token - start), ())


def bits(runtime: Runtime, inside: Lexemes, place: int) -> float:
    """How surprising the token at a place of a window is, where it is hidden."""
    own = inside.texts[place]
    hidden = Lexemes((*inside.texts[:place], MASK_TEXT, *inside.texts[place + 1 :]), inside.classes, inside.ranks)
    vectors, _ = runtime.run([features(hidden, runtime.vocabulary)])[0]
    shares: Floats = runtime.restore(vectors, [place], [REPLACED])[0]
    words = len(runtime.vocabulary.words)
    copies = [words + i for i, text in enumerate(hidden.texts) if text == own]
    share = float(shares[[runtime.vocabulary.encode(own, inside.classes[place])[0], *copies]].sum())
    return -log2(max(share, 1e-9))


def load() -> Masked:
    """The bundled denoiser's weights."""
    return Masked(load_spotter())
