"""The peers of the denoiser, by the names that `spotter bench --scorers` knows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from spotter.engine.baselines import chance, masked, ngram, rarity, smollm2
from spotter.engine.bench_scorer import BenchScorer

PEERS: dict[str, Callable[[], BenchScorer]] = {
    "random": chance.load,
    "rarity": rarity.load,
    "ngram": ngram.load,
    "masked": masked.load,
    "smollm2": smollm2.load,
}

# Those that can also be given what was learned from a corpus, as NAME=FILE.
LEARNED: dict[str, Callable[[Path], BenchScorer]] = {
    "ngram": ngram.load_from,
}
