"""The bench's scorers by name, and its report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from spotter.config import Config
from spotter.errors import SpotterError

if TYPE_CHECKING:
    from spotter.engine.bench_scorer import BenchScorer


def _denoiser() -> BenchScorer:
    from spotter.engine.bench_scorer import Denoiser
    from spotter.engine.spotting import load

    spotter = load()
    return Denoiser(spotter, spotter.threshold(Config().max_alerts_per_kloc))


def _chance() -> BenchScorer:
    from spotter.engine.baselines import chance

    return chance.load()


def _rarity() -> BenchScorer:
    from spotter.engine.baselines import rarity

    return rarity.load()


def _ngram() -> BenchScorer:
    from spotter.engine.baselines import ngram

    return ngram.load()


SCORERS: dict[str, Callable[[], BenchScorer]] = {
    "denoiser": _denoiser,
    "chance": _chance,
    "rarity": _rarity,
    "ngram": _ngram,
}


def bench(suite: Path, clean: Path | None, names: tuple[str, ...], form: str) -> str:
    """The report on a suite, as a table or as JSON."""
    unknown = [name for name in names if name not in SCORERS]
    if unknown:
        raise SpotterError(f"{unknown[0]}: no such scorer; there are {', '.join(SCORERS)}")
    from spotter.engine.bench_records import read_clean, read_suite
    from spotter.engine.bench_table import table
    from spotter.engine.benchmark import bench as measured

    scorers = {name: SCORERS[name]() for name in names}
    report = measured(read_suite(suite), read_clean(clean) if clean else (), scorers, suite=suite.name)
    return table(report) if form == "text" else json.dumps(report, indent=2)
