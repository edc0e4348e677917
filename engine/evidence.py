"""What the calibration reads of a token: the network's odds, and the few plain facts that they leave out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spotter.engine.lexemes import Lexemes

Floats = NDArray[np.floating[Any]]
Marks = NDArray[np.bool_]
# odds: log P(edit) / P(keep); count: log of how often the token stands in its window; neighbours: the higher odds of
# the two tokens beside it; first: whether it begins a line; outside: whether it stands in no function; once: whether it
# stands nowhere else in its file; misspelt: whether it is a strange name there, a letter away from a common one;
# flawed: 1 where it is wrong whatever else is known, less where it may be (flaws.py); nowhere: log10 of the files of
# its repository where no other one has its word and few programs do, else 0
FIELDS = ("odds", "count", "neighbours", "first", "outside", "once", "misspelt", "flawed", "nowhere")


def evidence(share: Floats, lexemes: Lexemes, within: int, marks: Sequence[Marks | Floats], nowhere: Floats) -> Floats:
    """The FIELDS (T, K) from the network's shares of edits (T,) in a window.

    The first `within` of its tokens stand in functions; marks (T,) tell which stand once in the file, are misspelt, and
    how flawed they are. What other files say of its words (T,) is the last field.
    """
    odds = logit(share)
    beside = np.pad(odds, 1, constant_values=odds.min(initial=0.0))
    times = Counter(lexemes.texts)
    columns = [
        odds,
        np.log([times[text] for text in lexemes.texts]),
        np.maximum(beside[:-2], beside[2:]),
        np.array(lexemes.ranks) >= 0,
        np.arange(len(odds)) >= within,
        *marks,
        nowhere,
    ]
    return np.stack(columns, axis=1).astype(np.float64)


def logit(share: Floats) -> Floats:
    """log(p / (1 - p)), finite at the ends."""
    p = np.clip(np.asarray(share, np.float64), 1e-7, 1 - 1e-7)
    return np.asarray(np.log(p / (1 - p)))
