from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from spotter.engine.baselines.chance import Chance
from spotter.engine.bench_plots import PLOTS, draw
from spotter.engine.bench_records import CleanFile, Record
from spotter.engine.bench_scorer import BenchScorer
from spotter.engine.benchmark import Run, measure
from spotter.engine.learning_curve import Point

FUNCTION = "def add(a, b):\n    total = a - b\n    return total\n"
WRONG = Record(
    id="1",
    repo="o/p",
    commit="c",
    path="a.py",
    language="python",
    kind="wrong-operator",
    core=True,
    buggy_code=FUNCTION,
    fixed_code=FUNCTION.replace("-", "+"),
    buggy_lines=(2,),
    bug_spans=((FUNCTION.index("-"), FUNCTION.index("-") + 1),),
    old_tokens=("-",),
    new_tokens=("+",),
    func_range=(1, 3),
)
CLEAN = CleanFile("c", "PyPI:x", "1", "x.py", "python", FUNCTION * 50, 150)


def drawn(folder: Path, scorers: dict[str, BenchScorer]) -> dict[str, str]:
    runs: dict[str, Run] = measure([WRONG] * 12, [CLEAN], scorers)
    draw(runs, folder, {})
    return {path.stem: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_every_plot_is_drawn_with_a_line_a_scorer_and_the_same_bytes_again(tmp_path: Path) -> None:
    scorers: dict[str, BenchScorer] = {"sure": Chance(probabilistic=True), "unsure": Chance(1)}
    first = drawn(tmp_path / "a" / "b", scorers)
    assert set(first) == set(PLOTS)
    assert drawn(tmp_path / "c", scorers) == first
    words = {name: " ".join(ElementTree.fromstring(text).itertext()) for name, text in first.items()}
    assert "sure" in words["reliability"]
    assert "unsure" not in words["reliability"]  # it promises no probabilities
    assert "unsure: precision" in words["precision"]
    assert "wrong-operator (12)" in words["recall_by_kind"]
    assert "recall at 5 alerts" in words["recall_by_kind"]


def test_scorers_that_read_nothing_leave_empty_plots(tmp_path: Path) -> None:
    draw(measure([], [CLEAN], {"random": Chance()}), tmp_path, {})
    assert {path.stem for path in tmp_path.iterdir()} == set(PLOTS)


def test_a_runs_points_are_drawn_as_its_learning_curve(tmp_path: Path) -> None:
    points = (Point(0, 8192, 3.0, 0.0), Point(50, 417_792, 1.5, 0.4))
    draw({}, tmp_path, {"run": points})
    words = " ".join(ElementTree.fromstring((tmp_path / "learning_curve.svg").read_text()).itertext())
    assert "run: loss" in words
    assert "run: put back" in words
    assert "million tokens" in words
