"""A window of lexemes as arrays: what each token is, how often it occurs in it, and what it is related to.

Relations are written as codes: head h adds a bias where query code [h] of one token equals key code [h] of another, so
that the network attends along them without a T x T input (the idea of GREAT, Hellendoorn et al. 2020, in linear
memory).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spotter.engine.lexemes import CLOSERS, NAME, OPENERS, OTHER, Lexemes
from spotter.engine.vocabulary import Vocabulary

WINDOW = 512
RELATIONS = (
    "same text",
    "same receiver",
    "same line",
    "callee",
    "block header",
    "last assignment",
    "argument",
    "after same",
)
CODES = 512
SCALARS = ("class", "layout", "rank", "count", "role count", "agreement")
SIZES = (4, 7, 9, 8, 48, 16)
BARE, ATTRIBUTE, KEYWORD, CALLED, DEFINED, NO_NAME = range(6)

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Features:
    """word (T,), pieces (T, 6), scalars (T, 6), query and key codes (T, 8) with -1 for none, hashes (T,)."""

    word: Ints
    pieces: Ints
    scalars: Ints
    query: Ints
    key: Ints
    hashes: Ints


def roles_of(lexemes: Lexemes) -> list[int]:
    """How each name is used, from its neighbours alone."""
    texts, classes = lexemes.texts, lexemes.classes
    roles = []
    last = len(texts) - 1
    for i, kind in enumerate(classes):
        if kind != NAME:
            roles.append(NO_NAME)
            continue
        before, after = texts[i - 1] if i else "", texts[i + 1] if i < last else ""
        if before == "." or before == "?.":
            roles.append(CALLED if after == "(" else ATTRIBUTE)
        elif after == "=" and before in ("(", ",") and lexemes.ranks[i] < 0:
            roles.append(KEYWORD)
        elif before in ("def", "class", "function"):
            roles.append(DEFINED)
        else:
            roles.append(CALLED if after == "(" else BARE)
    return roles


def keyed(hashes: Ints, roles: Sequence[int]) -> tuple[Ints, Ints, Ints]:
    """For each token a hash of (text, role), of its two neighbours, and of all three."""
    role = np.asarray(roles, np.int64)
    with np.errstate(over="ignore"):
        before, after = np.roll(hashes, 1), np.roll(hashes, -1)
        context = before * 1_000_003 ^ after * 998_244_353
        return hashes ^ (role + 1) * 7_046_029_254_386_353_131, context, context ^ hashes * 6_364_136_223_846_793_005


def features(lexemes: Lexemes, vocabulary: Vocabulary) -> Features:
    """The arrays of a window of at most 512 tokens."""
    word, pieces, hashes = encoded(lexemes, vocabulary)
    roles = roles_of(lexemes)
    everywhere, in_role, same_context, same_filling = (_others(keys) for keys in (hashes, *keyed(hashes, roles)))
    other_filling = same_context - same_filling
    named = np.array([k < OTHER for k in lexemes.classes])
    scalars = np.stack(
        [
            np.array(lexemes.classes, np.int64),
            layout(lexemes.ranks),
            np.array(lexemes.ranks, np.int64) + 1,
            np.where(named, _bucket(everywhere) + 1, 0),
            np.where(named, np.array(roles, np.int64) * 8 + _bucket(in_role) + 1, 0),
            np.minimum(_bucket(same_filling), 3) * 4 + np.minimum(_bucket(other_filling), 3),
        ],
        axis=1,
    ).astype(np.int64)
    query, key = relations(lexemes, roles)
    return Features(word, pieces, scalars, query, key, hashes)


def encoded(lexemes: Lexemes, vocabulary: Vocabulary) -> tuple[Ints, Ints, Ints]:
    """Each token by itself: its word (T,), its pieces (T, 6) and the hash of its text (T,)."""
    found = [vocabulary.encode(t, k) for t, k in zip(lexemes.texts, lexemes.classes, strict=True)]
    word, pieces, hashes = (np.array([e[n] for e in found], np.int64) for n in range(3))
    return word, pieces, hashes


def _others(keys: Ints) -> Ints:
    """How many other tokens of the window have a token's key."""
    _, where, times = np.unique(keys, return_inverse=True, return_counts=True)
    return np.asarray(times[where] - 1, np.int64)


def _bucket(counts: Ints) -> Ints:
    """0, 1, 2, 3-4, 5-8, 9-20, 21 and more -> 0..6."""
    return np.asarray(np.searchsorted(np.array([1, 2, 3, 5, 9, 21]), counts, "right"), np.int64)


def layout(ranks: Sequence[int]) -> Ints:
    """0 inside a line; else 1 + how the indentation changes: deeper, same, one, two, three and more levels back."""
    steps = np.zeros(len(ranks), np.int64)
    level: int | None = None
    for i, rank in enumerate(ranks):
        if rank >= 0:
            steps[i] = 2 if level is None else 2 + max(-1, min(3, level - rank))
            level = rank
    return steps


def relations(lexemes: Lexemes, roles: Sequence[int]) -> tuple[Ints, Ints]:
    """Query and key codes (T, 8) from the token sequence alone, so that broken code has them too."""
    texts, classes, ranks = lexemes.texts, lexemes.classes, lexemes.ranks
    size = len(texts)
    slots: dict[str, int] = {}
    own = [slots.setdefault(text, len(slots)) for text in texts]
    lines, parents, receiver, call, called, assignment, argument = ([-1] * size for _ in range(7))
    arguments: dict[tuple[str, int], int] = {}
    assigned: dict[str, int] = {}
    pending: list[str] = []
    brackets: list[tuple[int, str]] = []
    commas: list[int] = []
    blocks: list[tuple[int, int]] = []
    line = opened = 0
    parent = -1
    previous = ""
    for i, text in enumerate(texts):
        if (rank := ranks[i]) >= 0:
            line += 1
            while blocks and blocks[-1][0] >= rank:
                blocks.pop()
            parent = blocks[-1][1] if blocks else -1
            blocks.append((rank, line))
            for name in pending:
                assigned[name] = line - 1
            pending = []
            brackets.clear()
            commas.clear()
        lines[i], parents[i] = line, parent
        if previous == "." and i > 1:
            receiver[i] = own[i - 2]
        if brackets:
            call[i], callee = brackets[-1]
            if text == ",":
                commas[-1] += 1
            elif text not in CLOSERS:
                argument[i] = arguments.setdefault((callee, commas[-1]), len(arguments))
        if classes[i] == NAME:
            if (at := assigned.get(text)) is not None:
                assignment[i] = at
            then = texts[i + 1] if i + 1 < size else ""
            if then in _BINDS or previous in _BINDERS or (roles[i] == BARE and then == ":" and brackets):
                pending.append(text)
        if text in OPENERS:
            opened += 1
            named = i > 0 and classes[i - 1] == NAME
            brackets.append((opened, previous if named else text))
            commas.append(0)
            called[i] = opened
            if named:
                called[i - 1] = opened
        elif text in CLOSERS and brackets:
            brackets.pop()
            commas.pop()
        previous = text
    same = [slot if kind < OTHER else -1 for slot, kind in zip(own, classes, strict=True)]
    after = [-1, *own[:-1]] if own else []
    query = np.array([same, receiver, lines, call, parents, assignment, argument, after], np.int64).T.copy()
    key = np.array([same, receiver, lines, called, lines, lines, argument, after], np.int64).T.copy()
    query[query >= CODES] %= CODES
    key[key >= CODES] %= CODES
    return query, key


_BINDS = frozenset(("=", ":=", "+=", "-=", "in"))
_BINDERS = frozenset(("def", "class", "as", "import", "for", "global", "nonlocal", "function", "let", "const", "var"))
