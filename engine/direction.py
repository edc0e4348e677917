"""A window as a network reads it that goes through it once, from one end to the other.

No number of a token speaks of one that comes after it in reading order: counts are left out, and so is a callee's tie
to its bracket. From right to left a window is the mirror of itself, lines begin at their last token, and which line
heads a block is not known yet.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from spotter.engine.features import RELATIONS, SCALARS, Features, encoded, features, layout, relations, roles_of
from spotter.engine.lexemes import OTHER, Lexemes
from spotter.engine.vocabulary import Vocabulary

Direction = Literal["both", "left to right", "right to left"]
COUNTLESS = np.array([name not in ("count", "role count", "agreement") for name in SCALARS])
MIRROR = dict(zip("()[]{}", ")(][}{", strict=True))


def read(lexemes: Lexemes, vocabulary: Vocabulary, direction: Direction, *, counts: bool = True) -> Features:
    """The arrays of a window in reading order; from both sides, with or without its counts."""
    if direction == "both":
        seen = features(lexemes, vocabulary)
        return seen if counts else replace(seen, scalars=seen.scalars * COUNTLESS)
    ordered, mirrored = (lexemes, lexemes) if direction == "left to right" else (backwards(lexemes), mirror(lexemes))
    word, pieces, hashes = encoded(ordered, vocabulary)
    classes = np.array(ordered.classes, np.int64)
    scalars = np.zeros((len(ordered), len(SCALARS)), np.int64)
    scalars[:, 0], scalars[:, 1], scalars[:, 2] = classes, layout(ordered.ranks), np.array(ordered.ranks) + 1
    query, key = relations(mirrored, roles_of(mirrored))
    key[classes < OTHER, RELATIONS.index("callee")] = -1
    return Features(word, pieces, scalars, query, key, hashes)


def backwards(lexemes: Lexemes) -> Lexemes:
    """The last token first."""
    return Lexemes(lexemes.texts[::-1], lexemes.classes[::-1], lexemes.ranks[::-1])


def mirror(lexemes: Lexemes) -> Lexemes:
    """Backwards, with brackets that open where they closed, and lines that begin where they ended."""
    texts = tuple(MIRROR.get(text, text) for text in lexemes.texts)
    ends = tuple(0 if rank >= 0 else -1 for rank in (*lexemes.ranks[1:], 0))
    return backwards(Lexemes(texts, lexemes.classes, ends))
