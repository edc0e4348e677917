"""Texts to numbers: frequent whole tokens, and the pieces of every name and string."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

PAD, MASK, RARE_NAME, RARE_STRING, RARE_NUMBER, RARE_OTHER = range(6)
SPECIAL = ("<pad>", "<mask>", "<name>", "<string>", "<number>", "<other>")
RARE = (RARE_NAME, RARE_STRING, RARE_NUMBER, RARE_OTHER)
PIECES = 6
HASHED = 512

_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d|[^\W\d_]+")


def pieces(text: str) -> list[str]:
    """The words of a name or a string in lower case: snake, camel and digits apart; at most six, from both ends."""
    found = [piece.lower() for piece in _PIECE.findall(text)]
    return found if len(found) <= PIECES else found[:3] + found[-3:]


def digest(text: str) -> int:
    """A 63-bit hash of a text, the same in every process."""
    data = text.encode("utf-8", "surrogatepass")
    return zlib.crc32(data) << 31 ^ zlib.crc32(data[::-1], 77)


@dataclass(frozen=True)
class Vocabulary:
    """Words are whole tokens, specials first. A piece has an id from 1; unknown ones share 512 hashed ids behind.

    The dialect is a row of dialects.py: that of the code that was counted.
    """

    words: tuple[str, ...]
    known_pieces: tuple[str, ...]
    dialect: str = "python"
    word_ids: dict[str, int] = field(init=False, repr=False, compare=False)
    _piece_ids: dict[str, int] = field(init=False, repr=False, compare=False)
    _seen: dict[str, tuple[int, tuple[int, ...], int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "word_ids", {word: i for i, word in enumerate(self.words)})
        object.__setattr__(self, "_piece_ids", {piece: i + 1 for i, piece in enumerate(self.known_pieces)})
        object.__setattr__(self, "_seen", {})

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Vocabulary:
        """A vocabulary as written beside the shards and the weights."""
        return cls(tuple(raw["words"]), tuple(raw["pieces"]), raw.get("dialect", "python"))

    def raw(self) -> dict[str, object]:
        """What is written."""
        return {"words": self.words, "pieces": self.known_pieces, "dialect": self.dialect}

    @property
    def piece_count(self) -> int:
        return 1 + len(self.known_pieces) + HASHED

    def strange(self, text: str, beside: str) -> bool:
        """Whether a text has a piece that is not known, and that another one has not either."""
        return any(piece not in self._piece_ids for piece in set(pieces(text)).difference(pieces(beside)))

    def encode(self, text: str, kind: int) -> tuple[int, tuple[int, ...], int]:
        """A token's word id, its six piece ids (0 where there are fewer) and a 63-bit hash of its text."""
        if (known := self._seen.get(text)) is not None:
            return known
        ids = [self.piece(piece) for piece in pieces(text)] if kind < 2 else []
        ids += [0] * (PIECES - len(ids))
        encoded = self.word_ids.get(text, RARE[kind]), tuple(ids), digest(text)
        if len(self._seen) < 2_000_000:
            self._seen[text] = encoded
        return encoded

    def piece(self, piece: str) -> int:
        """The id of a piece, of a hashed one where it is unknown."""
        hashed = zlib.crc32(piece.encode("utf-8", "surrogatepass")) % HASHED
        return self._piece_ids.get(piece) or 1 + len(self.known_pieces) + hashed


def build(
    counts: Iterable[tuple[str, int]], piece_counts: Iterable[tuple[str, int]], words: int, known: int
) -> Vocabulary:
    """The most frequent words and pieces; ties by text, so that the same corpus gives the same vocabulary."""
    return Vocabulary(SPECIAL + _top(counts, words - len(SPECIAL)), _top(piece_counts, known))


def _top(counts: Iterable[tuple[str, int]], n: int) -> tuple[str, ...]:
    return tuple(text for text, _ in sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:n])
