"""The bench's scorers by name, and its report."""

from __future__ import annotations

import json
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


def scorers_of(names: tuple[str, ...]) -> dict[str, BenchScorer]:
    """The scorers of these names: the denoiser, and its peers."""
    from spotter.engine.baselines import PEERS

    known = {"denoiser": _denoiser, **PEERS}
    for name in names:
        if name not in known:
            raise SpotterError(f"{name}: no such scorer; there are {', '.join(known)}")
    return {name: known[name]() for name in names}


def bench(suite: Path, clean: Path | None, names: tuple[str, ...], form: str) -> str:
    """The report on a suite, as a table or as JSON."""
    from spotter.engine.bench_records import read_clean, read_suite
    from spotter.engine.bench_table import table
    from spotter.engine.benchmark import bench as measured

    scorers = scorers_of(names)
    report = measured(read_suite(suite), read_clean(clean) if clean else (), scorers, suite=suite.name)
    return table(report) if form == "text" else json.dumps(report, indent=2)
