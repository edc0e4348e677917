"""On-policy negatives: wrong tokens that a denoiser itself would write where the right one is hidden.

Trained weights read a clean window with some of its tokens hidden, and what they would put there, were it not the right
text, stands there instead (ELECTRA's generator, Clark et al. 2020; PRISM, Kim et al. 2025).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from keyword import iskeyword
from random import Random

import numpy as np

from spotter.engine.features import DEFINED, features, roles_of
from spotter.engine.lexemes import NAME, NUMBER, OTHER, STRING, Lexemes
from spotter.engine.runtime import Floats, Ints, Runtime
from spotter.engine.splices import REPLACE, Label, Splice, hidden
from spotter.engine.vocabulary import SPECIAL

OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "in", "is", "and", "or", "+", "-", "*", "/", "//", "%", "&", "|")
ASKED = frozenset((*OPERATORS, "+=", "-=", "True", "False", "None", "break", "continue"))


@dataclass(frozen=True)
class Guesser:
    """Weights that are asked what they would write."""

    runtime: Runtime

    @cached_property
    def classes(self) -> Ints:
        """(V,) of the words; -1 for those that are never a guess."""
        words = self.runtime.vocabulary.words
        return np.array([-1 if word in SPECIAL else guessed(word, class_of(word)) for word in words], np.int64)

    def splices(self, lexemes: Lexemes, count: int, rng: Random) -> list[Splice]:
        """So many tokens of a clean window of at most 512, or fewer, each with a guess in its place."""
        places = places_of(lexemes, count, rng)
        if not places:
            return []
        seen = features(hidden(lexemes, places), self.runtime.vocabulary)
        states, _ = self.runtime.run([seen])[0]
        shares = self.runtime.restore(states, places, [REPLACE] * len(places))
        found = [self._guess(lexemes, places, at, row, rng) for at, row in zip(places, shares, strict=True)]
        return [splice for splice in found if splice]

    def _guess(self, lexemes: Lexemes, places: Sequence[int], at: int, shares: Floats, rng: Random) -> Splice | None:
        """A text of the token's own class, drawn by its share, the right one left out."""
        words, right, kind = self.runtime.vocabulary.words, lexemes.texts[at], lexemes.classes[at]
        copies = np.array([guessed(*each) for each in zip(lexemes.texts, lexemes.classes, strict=True)], np.int64)
        copies[list(places)] = -1
        fitting = np.concatenate((self.classes, copies)) == kind
        texts = (*words, *lexemes.texts)
        wrong = [i for i in np.flatnonzero(fitting & (shares > 0)).tolist() if texts[i] != right]
        if not wrong:
            return None
        text = texts[rng.choices(wrong, shares[wrong].tolist())[0]]
        return Splice(at, at + 1, ((text, kind, Label(REPLACE, (right,))),))


def places_of(lexemes: Lexemes, count: int, rng: Random) -> list[int]:
    """So many names that are used, strings, numbers and operators of a window, or as many as there are, in order."""
    roles = roles_of(lexemes)
    asked = [
        i
        for i, (text, kind) in enumerate(zip(lexemes.texts, lexemes.classes, strict=True))
        if guessed(text, kind) >= 0 and roles[i] != DEFINED
    ]
    return sorted(rng.sample(asked, min(count, len(asked))))


def guessed(text: str, kind: int) -> int:
    """The class of a token that may be a guess or give way to one; -1 of brackets, and of most keywords."""
    return -1 if kind == OTHER and text not in ASKED else kind


def class_of(text: str) -> int:
    """The class of a token of Python, by its text alone."""
    if text[-1] in "\"'":
        return STRING
    if text[0].isdigit() or (text[0] == "." and text[1:2].isdigit()):
        return NUMBER
    return NAME if text.isidentifier() and not iskeyword(text) else OTHER
