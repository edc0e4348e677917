"""Surprisal in bits under a causal network, alone or added to that of one that reads from right to left.

A token that is not in the vocabulary and did not stand before counts as any such token of its class.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from spotter.engine.baselines.trained import BITS, Floats, Network, Trained, network
from spotter.engine.spotting import Window
from spotter.errors import SpotterError


def bits(networks: Sequence[Network], windows: Sequence[Window]) -> list[Floats]:
    """The sum of what each network says."""
    return [BITS * sum(found) for found in zip(*(one.suspicions(windows) for one in networks), strict=True)]


def load_from(run: Path) -> Trained:
    """One that reads from left to right."""
    return _of(network(run, "causal"))


def load_pair(runs: Path) -> Trained:
    """RUN+RUN: one from left to right, one from right to left."""
    both = str(runs).split("+")
    if len(both) != 2:
        raise SpotterError(f"two-way={runs}: two runs belong together; name them as CAUSAL+REVERSED")
    return _of(network(Path(both[0]), "causal"), network(Path(both[1]), "reversed"))


def _of(*networks: Network) -> Trained:
    return Trained("+".join(one.fingerprint for one in networks), partial(bits, networks), networks[0].languages)
