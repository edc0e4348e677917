"""Sub-word pieces joined to lexical tokens: who speaks for which token, which are masked together, what they spell."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from spotter.syntax import Token

Offsets = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Joined:
    """For each piece the tokens [first, last) that it holds letters of, and for each token its pieces [first, last)."""

    tokens: tuple[tuple[int, int], ...]
    pieces: tuple[tuple[int, int], ...]

    def whole(self, token: int) -> bool:
        """Whether a token's pieces hold no letter of another token: only then do they spell a replacement."""
        first, last = self.pieces[token]
        return first < last and all(self.tokens[i] == (token, token + 1) for i in range(first, last))


def join(tokens: Sequence[Token], offsets: Offsets) -> Joined:
    """Tokens and [start, end) offsets of pieces, both in code points of one text and in order.

    A piece that holds letters of two tokens, such as `):`, belongs to both; white space belongs to none.
    """
    starts, ends = [t.start for t in tokens], [t.end for t in tokens]
    of_piece = []
    firsts, lasts = [len(offsets)] * len(tokens), [0] * len(tokens)
    for n, (start, end) in enumerate(offsets):
        first, last = bisect_right(ends, start), bisect_left(starts, end)
        of_piece.append((first, max(first, last)) if end > start else (first, first))
        for token in range(*of_piece[-1]):
            firsts[token], lasts[token] = min(firsts[token], n), n + 1
    spans = tuple((first, last) if first < last else (0, 0) for first, last in zip(firsts, lasts, strict=True))
    return Joined(tuple(of_piece), spans)


def folds(joined: Joined, first: int, last: int, count: int) -> list[list[int]]:
    """The pieces [first, last) in complementary sets to mask, all pieces of a token in one of them.

    Tokens that share a piece are masked together; neighbours stand in different sets. Pieces of white space alone are
    never masked.
    """
    sets: list[list[int]] = [[] for _ in range(count)]
    turn = -1
    reached = -1
    for piece in range(first, last):
        low, high = joined.tokens[piece]
        if low == high:
            continue
        if low > reached:
            turn += 1
        reached = max(reached, high - 1)
        sets[turn % count].append(piece)
    return [found for found in sets if found]
