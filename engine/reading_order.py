"""The order in which the network reads a file: its functions one after another, then what stands outside of them.

Each function begins at the left margin, with its decorators: so stand the real fixes that the network learned from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spotter.engine.flawed import flaws_of
from spotter.engine.flaws import UNBOUND, Flaw
from spotter.engine.lexemes import MAX_RANK, Lexemes, lexemes_of
from spotter.engine.misspellings import alike, meant, slipped
from spotter.syntax import Syntax

Ints = NDArray[np.signedinteger[Any]]
Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Reading:
    """The tokens of a file in reading order: as lexemes, and the number of each in the file (T,).

    Pieces that are not to be torn begin at the starts, rising from 0: a function, a line at the margin outside of all.
    The first `within` tokens are those of functions. What `once` marks (T,) is of a text that stands nowhere else; some
    such texts were likely `meant` to be others. A name that has `slipped` (T,) in a word is misspelt if it is strange.
    The `flaws` are by their places.
    """

    lexemes: Lexemes
    tokens: Ints
    starts: Ints
    within: int
    once: Marks
    meant: Mapping[str, str]
    slipped: Marks
    flaws: Mapping[int, Flaw]

    def __len__(self) -> int:
        return len(self.tokens)

    def runs(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The places [from, to) in reading order at which the file's tokens [first, last) stand."""
        places = np.flatnonzero((self.tokens >= first) & (self.tokens < last))
        for run in np.split(places, np.flatnonzero(np.diff(places) != 1) + 1):
            if len(run):
                yield int(run[0]), int(run[-1]) + 1


def reading_of(syntax: Syntax) -> Reading:
    """A file as it is read."""
    lexemes = lexemes_of(syntax)
    ranks = np.array(lexemes.ranks, np.int64)
    inside, begins = np.zeros(len(lexemes), np.bool_), ranks == 0
    for first, last in outermost(syntax, lexemes):
        lines = first + np.flatnonzero(ranks[first:last] >= 0)
        ranks[lines] -= ranks[lines].min(initial=MAX_RANK)
        inside[first:last], begins[first:last] = True, False
        begins[first] = True
    tokens = np.concatenate((np.flatnonzero(inside), np.flatnonzero(~inside)))
    order = tokens.tolist()
    texts, classes = (tuple([column[i] for i in order]) for column in (lexemes.texts, lexemes.classes))
    lexemes = Lexemes(texts, classes, tuple(ranks[tokens].tolist()))
    times = Counter(texts)
    once = np.array([times[text] == 1 for text in texts], np.bool_)
    near, slips = meant(lexemes), np.zeros(len(tokens), np.bool_)
    slips[list(slipped(lexemes, near))] = True
    found = flaws_of(syntax)
    flaws = {place: found[token] for place, token in enumerate(order) if token in found}
    near = alike({texts[place] for place, flaw in flaws.items() if flaw == UNBOUND}, lexemes) | near
    misnamed = [place for place, flaw in flaws.items() if flaw == UNBOUND and texts[place] in near]
    flaws |= {place: Flaw(UNBOUND.why, ("replace", near[texts[place]])) for place in misnamed}
    return Reading(lexemes, tokens, np.flatnonzero(begins[tokens]), int(inside.sum()), once, near, slips, flaws)


def outermost(syntax: Syntax, lexemes: Lexemes) -> Iterator[tuple[int, int]]:
    """The tokens [first, last) of the functions that stand in no other one, in order, each with its decorators."""
    end = 0
    for function in sorted(syntax.functions, key=lambda function: (function.first, -function.last)):
        if function.first >= end:
            yield with_decorators(lexemes, function.first, end), function.last
            end = function.last


def with_decorators(lexemes: Lexemes, first: int, end: int) -> int:
    """Where a function begins if the lines before it that start with @ belong to it; not before `end`."""
    start = at = first
    while at > end:
        at -= 1
        if lexemes.ranks[at] >= 0:
            if lexemes.texts[at] != "@":
                break
            start = at
    return start
