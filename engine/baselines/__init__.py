"""The peers of the denoiser, by the names that `spotter bench --scorers` knows."""

from __future__ import annotations

from collections.abc import Callable

from spotter.engine.baselines import chance, ngram, rarity, smollm2
from spotter.engine.bench_scorer import BenchScorer

PEERS: dict[str, Callable[[], BenchScorer]] = {
    "random": chance.load,
    "rarity": rarity.load,
    "ngram": ngram.load,
    "smollm2": smollm2.load,
}
