"""The bench's scorers by name, and its report."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from spotter.config import Config
from spotter.errors import SpotterError

if TYPE_CHECKING:
    from spotter.engine.bench_scorer import BenchScorer
    from spotter.engine.benchmark import Run


def _denoiser(folder: Path | None = None) -> BenchScorer:
    from spotter.engine.bench_scorer import Denoiser
    from spotter.engine.spotting import load

    spotter = load(folder)
    return Denoiser(spotter, spotter.threshold(Config().max_alerts_per_kloc))


def _fused() -> BenchScorer:
    from spotter.engine.spotting import load
    from spotter.fused import Fused
    from spotter.ranking import shipped

    spotter = load()
    return Fused(spotter, spotter.threshold(Config().max_alerts_per_kloc), shipped())


def _pressures() -> BenchScorer:
    from spotter.engine.spotting import load
    from spotter.fused import Pressures
    from spotter.ranking import shipped

    return Pressures(load(), 1.0, shipped())


def scorers_of(names: tuple[str, ...]) -> dict[str, BenchScorer]:
    """The scorers of these names: the denoiser, its peers, and with NAME=FILE what either has learned otherwise."""
    from spotter.engine.baselines import LEARNED, PEERS

    known = {"denoiser": _denoiser, "pressures": _pressures, "fused": _fused, **PEERS}
    learned = {"weights": _denoiser, **LEARNED}
    runs = [name for name in learned if name not in known]
    found: dict[str, BenchScorer] = {}
    for asked in names:
        name, has_file, file = asked.partition("=")
        if name not in known and not (has_file and name in learned):
            raise SpotterError(f"{asked}: no such scorer; there are {', '.join(known)}, {'=RUN, '.join(runs)}=RUN")
        if name in found:
            raise SpotterError(f"{name}: named twice; the report has one row for it")
        if has_file and name not in learned:
            raise SpotterError(f"{asked}: {name} reads no file; {', '.join(learned)} may")
        try:
            found[name] = learned[name](Path(file)) if has_file else known[name]()
        except ModuleNotFoundError as error:
            raise SpotterError(f"{asked}: {error.name} is not installed; pip install 'spotter-lint[torch]'") from error
    return found


def _drawing(clean: Path | None, curves: Sequence[Path]) -> Callable[[Mapping[str, Run], Path], None]:
    """What draws the plots; asked for before hours of scoring, so that nothing is missing after them."""
    from spotter.engine.learning_curve import read

    learned = {path.parent.name or path.stem: read(path) for path in curves}
    if clean is None:
        raise SpotterError("--plots: alarms are counted on clean files; name a clean suite with --clean")
    try:
        from spotter.engine.bench_plots import draw
    except ModuleNotFoundError as error:
        raise SpotterError(f"--plots: {error.name} is not installed; pip install 'spotter-lint[plots]'") from error
    return partial(draw, curves=learned)


def bench(
    suite: Path,
    clean: Path | None,
    names: tuple[str, ...],
    form: str,
    plots: Path | None = None,
    curves: Sequence[Path] = (),
    around: Path | None = None,
) -> str:
    """The report on a suite, as a table or as JSON, and its plots in a folder where one is named.

    The curves are those that training runs have written. Around the files lie releases of their projects.
    """
    from spotter.engine.bench_around import NONE, read_around
    from spotter.engine.bench_records import read_clean, read_suite
    from spotter.engine.bench_table import table
    from spotter.engine.benchmark import measure, report_of

    if curves and plots is None:
        raise SpotterError("--curve: it is one of the plots; name their folder with --plots")
    draw = _drawing(clean, curves) if plots else None
    scorers = scorers_of(names)
    releases = read_around(around) if around else NONE
    runs = measure(read_suite(suite), read_clean(clean) if clean else (), scorers, releases)
    if draw and plots:
        draw(runs, plots)
    report = report_of(runs, suite=suite.name)
    return table(report) if form == "text" else json.dumps(report, indent=2)
