"""The nested-cache n-gram: surprisal of a token after the five before it, in the file first and in a corpus behind it.

Jelinek-Mercer smoothing with the weights of Witten and Bell: p_n = (count + types * p_{n-1}) / (total + types).
The cache holds the file's own n-grams (Hellendoorn and Devanbu 2017); a token's own occurrence is taken out first.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2

from spotter.engine.baselines.rarity import commonest
from spotter.engine.bench_scorer import Span
from spotter.engine.scores import TokenScore
from spotter.findings import Edit
from spotter.syntax import Syntax, languages

ORDER = 6
OPEN_VOCABULARY = 1e-5  # the share of a text that was never seen

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
    """A file's cache nested in a corpus model, which may be empty."""

    corpus: Model
    probabilistic: bool = False
    threshold: float | None = None

    @property
    def fingerprint(self) -> str:
        """Names the order and the corpus."""
        grams = sorted((gram, sorted(f.counts.items())) for gram, f in self.corpus.items())
        return f"ngram-{ORDER}-{zlib.crc32(repr(grams).encode('utf-8', 'surrogatepass')):08x}"

    @property
    def languages(self) -> frozenset[str]:
        """Every language that can be read."""
        return frozenset(languages())

    def score_spans(self, spans: Sequence[Span]) -> list[tuple[TokenScore, ...]]:
        """Surprisal in bits."""
        return [self._score(*span) for span in spans]

    def repairs(self, syntax: Syntax, token: int, edit: Edit) -> tuple[str, ...]:
        """The file's texts by p(text | the five before) * p(the token after | text and the four before)."""
        texts = [t.text for t in syntax.tokens]
        cache = count([texts])
        after = texts[token if edit == "insert" else token + 1 :][:1]
        left = tuple(texts[max(0, token - ORDER + 1) : token])
        offered = commonest(syntax, token, edit)
        fit = {text: self._share(cache, left, text, 0) for text in offered}
        if after:
            fit = {text: p * self._share(cache, (*left[-ORDER + 2 :], text), after[0], 0) for text, p in fit.items()}
        return tuple(sorted(offered, key=lambda text: -fit[text]))

    def _score(self, syntax: Syntax, first: int, last: int) -> tuple[TokenScore, ...]:
        texts = [t.text for t in syntax.tokens]
        cache = count([texts])
        found = []
        for i in range(first, last):
            context = tuple(texts[max(0, i - ORDER + 1) : i])
            found.append(TokenScore(i, -log2(self._share(cache, context, texts[i], 1)), ()))
        return tuple(found)

    def _share(self, cache: Model, context: Gram, text: str, own: int) -> float:
        return share(cache, context, text, share(self.corpus, context, text, OPEN_VOCABULARY), own)


def load() -> Ngram:
    """The file cache alone."""
    return Ngram({})
