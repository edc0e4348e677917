"""Lexical tokens as the sub-word pieces of a pretrained language model, each with the blank before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from spotter.syntax import Syntax

Spelled = tuple[tuple[str, str], ...]  # each token's text as it stands, behind what stands before it: (gap, text)
GAP = 80  # characters kept of a comment or blank between two tokens
LONG = 100  # characters kept of a token
MOST = 1_000_000  # tokens whose pieces are remembered


@dataclass(frozen=True)
class Spelling:
    """Byte-level pieces by their merges, as SmolLM2 has them."""

    tokenizer: Any
    _seen: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    def pieces(self, token: tuple[str, str]) -> tuple[int, ...]:
        """The ids of a token with its gap: one at least."""
        text = "".join(token)
        if (known := self._seen.get(text)) is None:
            known = tuple(self.tokenizer.encode(text, add_special_tokens=False).ids) or (0,)
            if len(self._seen) < MOST:
                self._seen[text] = known
        return known

    def sizes(self, code: Spelled) -> list[int]:
        """How many pieces each token has."""
        return [len(self.pieces(token)) for token in code]


def spelling(words: Sequence[str], merges: Sequence[str]) -> Spelling:
    """From a vocabulary and its merges."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    pairs = [(a, b) for a, b in (merge.split(" ") for merge in merges)]
    tokenizer = Tokenizer(models.BPE({word: i for i, word in enumerate(words)}, pairs))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    return Spelling(tokenizer)


def spelled(syntax: Syntax, first: int, last: int) -> Spelled:
    """The tokens [first, last) with the blanks and comments before them, long ones cut in their middle."""
    text = syntax.source.text
    found = []
    at = syntax.tokens[first].start if first < last else 0
    for token in syntax.tokens[first:last]:
        gap = text[at : token.start]
        found.append((gap if len(gap) <= GAP else gap[: GAP // 2] + gap[-GAP // 2 :], shortened(token.text)))
        at = token.end
    return tuple(found)


def shortened(text: str) -> str:
    """A long token cut in its middle."""
    return text if len(text) <= LONG else text[: 3 * LONG // 5] + text[-2 * LONG // 5 :]
