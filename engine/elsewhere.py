"""What the other files of a repository say of a word that stands once in its own: whether it is one of theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log10

from spotter.engine.lexemes import NAME, STRING
from spotter.source import is_word, words

MOST = 1000  # files: more of them say no more


@dataclass(frozen=True, slots=True)
class Census:
    """How many files a repository has, and in how many of them each word stands, in code, texts and comments."""

    files: int
    times: Mapping[str, int]

    def nowhere(self, word: str) -> float:
        """log10 of the number of files where no other one has a word of one of them; 0 where another has it."""
        return log10(min(self.files, MOST)) if self.times.get(word, 0) <= 1 else 0.0


ALONE = Census(1, {})  # a file of which no others are known


def census(texts: Iterable[str]) -> Census:
    """The census of a repository's files."""
    found = [set(words(text)) for text in texts]
    return Census(len(found), Counter(word for each in found for word in each))


def word_of(text: str, kind: int) -> str:
    """The word that a name is, or that a string of a single one holds; else ""."""
    if kind == STRING:
        text = text.lstrip("rbufRBUF").strip("\"'")
    return text if kind in (NAME, STRING) and is_word(text) else ""
