"""Lexemes as the sub-word pieces of a pretrained language model, spelled in one way: blanks follow from the layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from spotter.engine.lexemes import CLOSERS, NAME, OPENERS, STRING, Lexemes
from spotter.engine.splices import MASK_TEXT

MASKED = 16  # SmolLM2's last piece that is no text
KNOWN = 1_000_000  # tokens whose pieces are remembered

_QUOTES = frozenset(("'", '"', "'''", '"""'))
_TIGHT_BEFORE = CLOSERS | frozenset((",", ":", ".", ";", "!r", "!s", "!a"))
_TIGHT_AFTER = OPENERS | frozenset(".~@")
_SIGNS = frozenset(("*", "**", "+", "-"))
# fmt: off
_BEFORE_VALUES = OPENERS | _SIGNS | frozenset((
    ",", ":", "=", "==", "!=", "<", ">", "<=", ">=", "/", "//", "%", "&", "|", "^", "~", ":=", "+=", "-=", "*=", "/=",
    "->", "and", "assert", "await", "elif", "else", "for", "if", "in", "is", "lambda", "not", "or", "return", "while",
    "yield",
))
# fmt: on
_QUOTE = re.compile(r"[A-Za-z]+(\"\"\"|'''|\"|')")  # begins a string with expressions in it


@dataclass(frozen=True)
class Spelling:
    """Byte-level pieces by their merges, as SmolLM2 has them."""

    tokenizer: Any
    _seen: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    def window(self, lexemes: Lexemes, most: int) -> tuple[list[int], list[int], list[int]]:
        """At most so many pieces behind a piece 0; the first and the last of each token, -1 where it is cut off."""
        ids, first, last = [0], [], []
        for gap, text in zip(gaps(lexemes), lexemes.texts, strict=True):
            found = (MASKED,) if text == MASK_TEXT else self.pieces(gap + text)
            inside = len(ids) + len(found) <= most
            first.append(len(ids) if inside else -1)
            ids += found
            last.append(len(ids) - 1 if inside else -1)
        return ids[:most], first, last

    def pieces(self, text: str) -> tuple[int, ...]:
        """The ids of a token with its gap: one at least."""
        if (known := self._seen.get(text)) is None:
            known = tuple(self.tokenizer.encode(text, add_special_tokens=False).ids) or (0,)
            if len(self._seen) < KNOWN:
                self._seen[text] = known
        return known


def spelling(words: Sequence[str], merges: Sequence[str]) -> Spelling:
    """From a vocabulary and its merges."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    pairs = [(a, b) for a, b in (merge.split(" ") for merge in merges)]
    tokenizer = Tokenizer(models.BPE({word: i for i, word in enumerate(words)}, pairs))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    return Spelling(tokenizer)


def gaps(lexemes: Lexemes) -> Iterator[str]:
    """What stands before each token; nothing inside a string with expressions in it but what its own text holds."""
    within: list[str] = []  # which brackets and quotes
    signed, before, kind = False, "", -1  # whether a sign is a value's; the token before this one, and its class
    for i, (text, own, rank) in enumerate(zip(lexemes.texts, lexemes.classes, lexemes.ranks, strict=True)):
        if rank >= 0:
            within.clear()
        quoted = bool(within) and within[-1] in _QUOTES
        if rank >= 0:
            yield ("\n" if i else "") + "    " * rank
        elif quoted or (signed and before in _SIGNS) or _tight(before, kind, text, bool(within)):
            yield ""
        else:
            yield " "
        if (quote := _QUOTE.fullmatch(text)) and not quoted:
            within.append(quote[1])
        elif text == "{" or (text in OPENERS and not quoted):
            within.append(text)
        elif within and (text == within[-1] or (text in CLOSERS and not quoted)):
            within.pop()
        signed, before, kind = before in _BEFORE_VALUES, text, own


def _tight(before: str, kind: int, text: str, inside: bool) -> bool:
    if text in _TIGHT_BEFORE or before in _TIGHT_AFTER:
        return not before == text == "{"  # two would stand for one in a string
    if text in ("(", "["):
        return kind in (NAME, STRING) or before in (")", "]")
    return inside and "=" in (text, before)
