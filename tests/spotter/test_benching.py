from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from spotter.cli import run
from spotter.engine.learning_curve import Point, append
from spotter.engine.sums import bundled

BUGGY = "def add(a, b):\n    total = a - b\n    return total\n"
BUG = {
    "id": "1",
    "repo": "o/p",
    "path": "a.py",
    "language": "python",
    "kind": "wrong-operator",
    "buggy_code": BUGGY,
    "fixed_code": BUGGY.replace("-", "+"),
    "buggy_lines": [2],
    "bug_spans": [[BUGGY.index("-"), BUGGY.index("-") + 1]],
    "old_tokens": ["-"],
    "new_tokens": ["+"],
    "func_range": [1, 3],
}
CLEAN = {"id": "c", "path": "c.py", "language": "python", "code": BUGGY * 50}


@pytest.fixture
def suites(tmp_path: Path) -> tuple[str, str]:
    bugs, clean = tmp_path / "bugs.jsonl", tmp_path / "clean.jsonl"
    bugs.write_text(f"{json.dumps(BUG)}\n" * 10, encoding="utf-8")
    clean.write_text(json.dumps(CLEAN), encoding="utf-8")
    return str(bugs), str(clean)


def test_plots_are_drawn_beside_the_report(
    suites: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bugs, clean = suites
    plots = tmp_path / "plots"
    assert run(["bench", bugs, "--clean", clean, "--scorers", "random,rarity", "--plots", str(plots)]) == 0
    assert capsys.readouterr().out.startswith("bugs.jsonl: 10 records\n")
    assert sorted(path.name for path in plots.iterdir()) == ["precision.svg", "recall_by_kind.svg", "reliability.svg"]
    assert "rarity: precision" in (plots / "precision.svg").read_text(encoding="utf-8")


def test_a_training_runs_curve_is_drawn_with_the_other_plots(
    suites: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bugs, clean = suites
    curve, plots = tmp_path / "RUN" / "curve.jsonl", tmp_path / "plots"
    curve.parent.mkdir()
    append(curve, Point(50, 417_792, 1.5, 0.4))
    asked = ["bench", bugs, "--clean", clean, "--scorers", "random", "--curve", str(curve)]
    assert run(asked) == 2
    assert "name their folder with --plots" in capsys.readouterr().err
    assert run([*asked, "--plots", str(plots)]) == 0
    assert "RUN: loss" in (plots / "learning_curve.svg").read_text(encoding="utf-8")


def test_plots_need_clean_files(suites: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", suites[0], "--scorers", "random", "--plots", str(tmp_path / "plots")]) == 2
    assert capsys.readouterr().err == (
        "spotter: --plots: alarms are counted on clean files; name a clean suite with --clean\n"
    )
    assert not (tmp_path / "plots").exists()


def test_without_matplotlib_plots_say_what_to_install(
    suites: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "spotter.engine.bench_plots", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    bugs, clean = suites
    assert run(["bench", bugs, "--clean", clean, "--scorers", "random", "--plots", str(tmp_path / "plots")]) == 2
    assert "matplotlib is not installed; pip install 'spotter-lint[plots]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("scorers", "said"),
    [
        (
            "rarity=x.npz",
            "rarity=x.npz: rarity reads no file; weights, ngram, trained, discriminator, causal, two-way,",
        ),
        ("ngram,ngram=x.npz", "ngram: named twice"),
        ("weights", "weights: no such scorer; there are denoiser,"),
        ("weights=nowhere", "denoiser weights: nowhere/SHA256SUMS is missing"),
        ("ngram=x.npz", "x.npz: cannot be read as n-gram counts"),
    ],
)
def test_a_peer_is_named_once_and_reads_only_what_it_learned(
    scorers: str, said: str, suites: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bench", suites[0], "--scorers", scorers]) == 2
    assert capsys.readouterr().err.startswith(f"spotter: {said}")


def test_other_weights_stand_beside_those_that_ship(
    suites: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bench", suites[0], "--scorers", f"denoiser,weights={bundled()}", "--format", "json"]) == 0
    one, same = json.loads(capsys.readouterr().out)["scorers"].values()
    beside = same.pop("beside_the_first")
    assert all(value == 0 for told in beside["difference"].values() if told for value in told)
    assert {name: one[name] for name in one if name != "tokens_per_second"} == {
        name: same[name] for name in same if name != "tokens_per_second"
    }
