"""P(edit) as a run's network gives it, uncalibrated: the denoiser at the peers' budget, and those with a part less.

The discriminator is ELECTRA's (Clark et al. 2020): it says which tokens are wrong and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from spotter.engine.baselines.trained import Floats, Network, Trained, network
from spotter.engine.spotting import Window


def shares(one: Network, windows: Sequence[Window]) -> list[Floats]:
    """P(edit) of each token, uncalibrated."""
    return [1 / (1 + np.exp(-odds)) for odds in one.suspicions(windows)]


def load_from(name: str, run: Path) -> Trained:
    """A run for an objective that asks for edits."""
    one = network(run, name)
    return Trained(one.fingerprint, partial(shares, one), one.languages, probabilistic=True)
