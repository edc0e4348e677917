"""The nested-cache n-gram: surprisal of a token after the five before it, in the file first and in a corpus behind it.

Jelinek-Mercer smoothing with the weights of Witten and Bell: p_n = (count + types * p_{n-1}) / (total + types).
The cache holds the file's own n-grams (Hellendoorn and Devanbu 2017); a token's own occurrence is taken out first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2
from pathlib import Path

from spotter.engine.baselines.ngram_corpus import OPEN_VOCABULARY, ORDER, Counted, read
from spotter.engine.baselines.rarity import commonest
from spotter.engine.bench_scorer import Span
from spotter.engine.lexemes import normal
from spotter.engine.scores import TokenScore
from spotter.findings import Edit
from spotter.languages import languages
from spotter.syntax import Syntax

Gram = tuple[str, ...]


@dataclass(slots=True)
class Following:
    """How often each text follows a context."""

    counts: dict[str, int] = field(default_factory=dict)
    total: int = 0

    def share(self, text: str, behind: float, own: int) -> float:
        """p(text) over the share behind it, with `own` occurrences of the text left out."""
        count = self.counts.get(text, 0) - own
        types = len(self.counts) - (own > 0 and count == 0)
        total = self.total - own
        return (count + types * behind) / (total + types) if total else behind


Model = Mapping[Gram, Following]


def count(streams: Iterable[Sequence[str]]) -> Model:
    """The n-grams of token streams: for every context of up to five texts, what follows it."""
    model: dict[Gram, Following] = {}
    for texts in streams:
        for i, text in enumerate(texts):
            for start in range(max(0, i - ORDER + 1), i + 1):
                following = model.setdefault(tuple(texts[start:i]), Following())
                following.counts[text] = following.counts.get(text, 0) + 1
                following.total += 1
    return model


def share(model: Model, context: Gram, text: str, behind: float, own: int = 0) -> float:
    """p(text | context), from the empty context up to the longest one that was seen."""
    for start in range(len(context), -1, -1):
        if (following := model.get(context[start:])) is None:
            break
        behind = following.share(text, behind, own)
    return behind


@dataclass(frozen=True, slots=True)
class Ngram:
    """A file's cache nested in the n-grams of a corpus, where one was counted."""

    corpus: Counted | None = None
    probabilistic: bool = False
    threshold: float | None = None

    @property
    def fingerprint(self) -> str:
        """Names the order and the corpus."""
        return f"ngram-{ORDER}-{self.corpus.fingerprint if self.corpus else 'file'}"

    @property
    def languages(self) -> frozenset[str]:
        """Every language that can be read; the corpus is of one."""
        return frozenset(("python",)) if self.corpus else frozenset(languages())

    def score_spans(self, spans: Sequence[Span]) -> list[tuple[TokenScore, ...]]:
        """Surprisal in bits."""
        return [self._score(*span) for span in spans]

    def repairs(self, syntax: Syntax, token: int, edit: Edit) -> tuple[str, ...]:
        """The file's texts by p(text | the five before) * p(the token after | text and the four before)."""
        texts = [normal(t.text) for t in syntax.tokens]
        cache = count([texts])
        after = texts[token if edit == "insert" else token + 1 :][:1]
        left = texts[max(0, token - ORDER + 1) : token]
        offered = commonest(syntax, token, edit)
        fit = self._shares(cache, [[*left, normal(text)] for text in offered], 0)
        if after:
            following = self._shares(cache, [[*left[-ORDER + 2 :], normal(text), *after] for text in offered], 0)
            fit = [one * other for one, other in zip(fit, following, strict=True)]
        return tuple(text for _, text in sorted(zip(fit, offered, strict=True), key=lambda pair: -pair[0]))

    def _score(self, syntax: Syntax, first: int, last: int) -> tuple[TokenScore, ...]:
        texts = [normal(t.text) for t in syntax.tokens]
        rows = [texts[max(0, i - ORDER + 1) : i + 1] for i in range(first, last)]
        shares = self._shares(count([texts]), rows, 1)
        return tuple(TokenScore(i, -log2(p), ()) for i, p in zip(range(first, last), shares, strict=True))

    def _shares(self, cache: Model, rows: Sequence[Sequence[str]], own: int) -> list[float]:
        behind = self.corpus.shares(rows).tolist() if self.corpus else [OPEN_VOCABULARY] * len(rows)
        return [share(cache, tuple(row[:-1]), row[-1], p, own) for row, p in zip(rows, behind, strict=True)]


def load() -> Ngram:
    """The file cache alone."""
    return Ngram()


def load_from(path: Path) -> Ngram:
    """The file cache in front of a corpus that `spotter train ngram` counted."""
    return Ngram(read(path))
