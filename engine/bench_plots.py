"""The bench's plots, as SVG with matplotlib: one line or bar a scorer, the same bytes for the same scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spotter.engine.bench_curves import KIND_ALERTS, alarms, recall_by_kind, reliability
from spotter.engine.benchmark import Run
from spotter.engine.learning_curve import Point

Runs = Mapping[str, Run]


def _reliability(axes: Axes, runs: Runs) -> None:
    axes.plot([1e-5, 1], [1e-5, 1], color="grey", linewidth=1)
    for name, run in runs.items():
        if run.scorer.probabilistic and (clean := run.alarms) is not None:
            found = reliability(run.outcomes, clean)
            axes.plot(found.promised, found.wrong, marker="o", label=name)
    axes.set_xscale("log")
    axes.set_yscale("log", nonpositive="mask")  # a bin without a wrong token has no place on it
    axes.set(xlabel="P(edit)", ylabel="share of tokens that were wrong")
    axes.set_title("Reliability: buggy functions and clean files together")


def _precision(axes: Axes, runs: Runs) -> None:
    for name, run in runs.items():
        if (clean := run.alarms) is not None:
            found = alarms(run.outcomes, clean)
            (line,) = axes.plot(found.alerts, found.precision, label=f"{name}: precision")
            axes.plot(found.alerts, found.recall, linestyle="dashed", color=line.get_color(), label=f"{name}: recall")
    axes.set(xscale="log", xlabel="alerts per 1,000 clean lines", ylabel="share", ylim=(0, None))
    axes.set_title("Alarms in buggy functions that hit the bug, and bugs hit")


def _by_kind(axes: Axes, runs: Runs) -> None:
    height = 0.8 / len(runs)
    for n, (name, run) in enumerate(runs.items()):
        if (clean := run.alarms) is not None:
            found = recall_by_kind(run.outcomes, clean)
            places = [i + n * height for i in range(len(found))]
            axes.barh(places, [share for _, share in found.values()], height=height, label=name)
            axes.set_yticks(range(len(found)), [f"{kind} ({count})" for kind, (count, _) in found.items()])
    axes.invert_yaxis()
    axes.set(xlabel=f"recall at {KIND_ALERTS:g} alerts per 1,000 clean lines", xlim=(0, None))
    axes.set_title("Recall by kind of bug")


PLOTS: dict[str, Callable[[Axes, Runs], None]] = {
    "reliability": _reliability,
    "precision": _precision,
    "recall_by_kind": _by_kind,
}


def _learning(axes: Axes, curves: Mapping[str, Sequence[Point]]) -> None:
    shares = axes.twinx()
    for name, points in curves.items():
        tokens = [point.tokens / 1e6 for point in points]
        (line,) = axes.plot(tokens, [point.edit for point in points], label=f"{name}: loss")
        color = line.get_color()
        axes.plot([], [], linestyle="dashed", color=color, label=f"{name}: put back")  # drawn on the other axis
        shares.plot(tokens, [point.hit for point in points], linestyle="dashed", color=color)
    shares.set(ylabel="share of texts put back", ylim=(0, None))
    axes.set(xlabel="million tokens read in training", ylabel="loss of edits, nats a token", ylim=(0, None))
    axes.set_title("Learning curve")


def draw(runs: Runs, folder: Path, curves: Mapping[str, Sequence[Point]]) -> None:
    """Write every plot into a folder, NAME.svg; scorers that read none of the records are left out.

    The learning curve is drawn where a training run's points are given.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shown = {name: run for name, run in runs.items() if run.outcomes}
    for name, plot in PLOTS.items():
        with _sheet(folder / f"{name}.svg") as axes:
            if shown:
                plot(axes, shown)
    if curves:
        with _sheet(folder / "learning_curve.svg") as axes:
            _learning(axes, curves)


@contextmanager
def _sheet(file: Path) -> Iterator[Axes]:
    """An empty plot, written as it is when it is left. Letters stay letters, and ids hang on the drawing alone."""
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "spotter", "axes.grid": True, "grid.alpha": 0.3}):
        figure = Figure(figsize=(7, 5), layout="constrained")
        axes = figure.add_subplot()
        yield axes
        if axes.get_legend_handles_labels()[1]:
            axes.legend()
        figure.savefig(file, metadata={"Date": None})
