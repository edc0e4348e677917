"""Surprisal in bits under plain masked diffusion: in one pass with every token visible, or each hidden in turn.

In folds a pass hides each eighth token, say, and all passes together hide each token once (complementary masks). In one
pass a token may look at itself, and has learned nothing from that.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from spotter.engine.baselines.trained import BITS, Floats, Network, Trained, network
from spotter.engine.splices import hidden
from spotter.engine.spotting import Window


def visible(one: Network, windows: Sequence[Window]) -> list[Floats]:
    """Of each token where it stands."""
    return [BITS * nats for nats in one.suspicions(windows)]


def folded(one: Network, folds: int, windows: Sequence[Window]) -> list[Floats]:
    """Of each token where it is hidden, together with each that stands a multiple of `folds` tokens away."""
    found = [np.zeros(window.end - window.start) for window in windows]
    for fold in range(folds):
        nats = one.suspicions(windows, [hidden(w.inside, range(fold, w.end - w.start, folds)) for w in windows])
        for bits, some in zip(found, nats, strict=True):
            bits[fold::folds] = BITS * some[fold::folds]
    return found


def load_from(folds: int, run: Path) -> Trained:
    """As many passes as folds; in a single one nothing is hidden."""
    one = network(run, "masked")
    read = partial(visible, one) if folds == 1 else partial(folded, one, folds)
    return Trained(f"{one.fingerprint} x{folds}", read, one.languages)
