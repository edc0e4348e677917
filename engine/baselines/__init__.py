"""The peers of the denoiser, by the names that `spotter bench --scorers` knows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from spotter.engine.baselines import brevity, chance, masked, ngram, rarity, smollm2
from spotter.engine.bench_scorer import BenchScorer

PEERS: dict[str, Callable[[], BenchScorer]] = {
    "random": chance.load,
    "brevity": brevity.load,
    "rarity": rarity.load,
    "ngram": ngram.load,
    "masked": masked.load,
    "smollm2": smollm2.load,
}


def _edits(objective: str, run: Path) -> BenchScorer:
    from spotter.engine.baselines.edits import load_from

    return load_from(objective, run)


def _causal(run: Path) -> BenchScorer:
    from spotter.engine.baselines.causal import load_from

    return load_from(run)


def _two_way(runs: Path) -> BenchScorer:
    from spotter.engine.baselines.causal import load_pair

    return load_pair(runs)


def _masked_diffusion(folds: int, run: Path) -> BenchScorer:
    from spotter.engine.baselines.masked_diffusion import load_from

    return load_from(folds, run)


# Those that can also be given what was learned from a corpus, as NAME=FILE or NAME=RUN; runs need torch.
LEARNED: dict[str, Callable[[Path], BenchScorer]] = {
    "ngram": ngram.load_from,
    "trained": partial(_edits, "denoiser"),
    "discriminator": partial(_edits, "discriminator"),
    "causal": _causal,
    "two-way": _two_way,
    "masked-diffusion": partial(_masked_diffusion, 1),
    "masked-folds": partial(_masked_diffusion, 8),
    "no-relations": partial(_edits, "no-relations"),
    "no-counts": partial(_edits, "no-counts"),
    "uniform": partial(_edits, "uniform"),
    "no-fixes": partial(_edits, "no-fixes"),
}
