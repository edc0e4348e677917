from __future__ import annotations

import sys
from pathlib import Path

import pytest

from spotter import speed
from spotter.cli import run
from spotter.engine.bench_forward import Forward
from spotter.engine.bench_passes import Passes
from spotter.errors import SpotterError
from spotter.speed import Program, Speed, Taken, judged, network, subject, text, timed, trials, version_of


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three programs, the only one on the path."""
    scripts = {
        "radon": "echo radon 6.0.1",
        "jscpd": "echo no binary for this platform >&2; exit 1",
        "pylint": "exit 32",
    }
    for name, body in scripts.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    return tmp_path


@pytest.mark.usefixtures("on_path")
def test_who_is_not_there_or_does_not_start_is_not_counted() -> None:
    assert {name: version_of(name) for name in ("radon", "jscpd", "complexipy")} == {
        "radon": "6.0.1",
        "jscpd": "",
        "complexipy": "",
    }
    commands = [program.command for trial in trials(("radon",)) for program in trial.programs]
    assert ("radon", "cc", "changes.py", "config.py", "discovery.py") in commands
    assert {command[0] for command in commands} == {"python", "spotter", "radon"}


def test_a_program_that_breaks_is_no_time(on_path: Path) -> None:
    assert timed(on_path, Program(("radon", "cc")))[0] > 0
    with pytest.raises(SpotterError, match=r"pylint \. failed"):
        timed(on_path, Program(("pylint", ".")))


def test_medians_are_compared_with_the_first_program_and_with_the_aims() -> None:
    programs = [Program(("alfa",)), Program(("bravo",), times=1.5), Program(("charlie",), fresh=True, seconds=0.3)]
    rounds = [
        [(0.2, 0.1), (0.3, 0.3), (0.6, 0.2)],
        [(9.0, 0.1), (0.2, 0.3), (0.4, 0.2)],
        [(0.1, 0.1), (0.9, 9.0), (0.2, 1)],
    ]
    found = judged(programs, rounds)
    assert [(one.seconds, one.processor) for one in found] == [(0.2, 0.1), (0.3, 0.3), (0.4, 0.2)]
    assert [round(one.ratio, 9) for one in found] == [1.0, 1.5, 2.0]
    assert [one.kept for one in found] == [None, True, False]


def test_the_subject_is_a_commit_with_what_was_added_in_the_index(tmp_path: Path) -> None:
    changed, whole = subject(tmp_path / "a", ("config.py",)), subject(tmp_path / "b", ())
    own = Path(speed.__file__).with_name("config.py").read_text(encoding="utf-8").count("\n")
    assert changed == own + speed.ADDED.count("\n")
    assert whole > 10 * changed
    assert timed(tmp_path / "a", Program(("spotter", "check", "--staged", "--select", "SP2"), fresh=True))[1] > 0
    assert (tmp_path / "a" / ".spotter" / "cache.sqlite").exists()


def test_the_table_says_what_was_missed_what_is_not_there_and_the_load() -> None:
    taken = (Taken("spotter check", True, 2.0, 1.0, 1.0, False), Taken("ruff check", False, 0.5, 0.25, 0.25, None))
    runs = (Passes("one pass", 1000, 2.0, 4.0, 20, 3, 9), Passes("a pass a token", 100, 30.0, 40.0, 20, 2, 5))
    forward = Forward(10, 4000, 2.0, 1.3, 1.1)
    shown = text(Speed(2, (0.5, 1.25), 3, {"ruff": "1.2"}, ("jscpd",), {"a folder": taken}, runs, forward))
    assert shown.splitlines() == [
        "a folder",
        "   seconds processor  ratio",
        "      2.00      1.00   1.00  spotter check, nothing cached  MISSES ITS AIM",
        "      0.50      0.25   0.25  ruff check",
        "",
        "tokens",
        "  a second processor  ratio",
        "       500   0.00400      1  one pass, ranks 3 of 20 planted errors first, 9 among five",
        "         3   0.40000    100  a pass a token, ranks 2 of 20 planted errors first, 5 among five",
        "",
        "network: 2.00 s of the processor for 4,000 tokens in 10 windows",
        "  its products alone: 65% of it, 55% where each is repeated in the processor's caches  keeps its aim",
        "",
        "medians of 3 rounds; other programs: ruff 1.2",
        "not installed, so not counted: jscpd",
        "load of the last minute, on 2 cores: 0.5 before, 1.2 after",
    ]


def test_the_network_stands_beside_its_products_and_a_check_beside_the_network() -> None:
    trials = {"a folder": (Taken("spotter check .", True, 2.0, 3.5, 1.0, None),)}
    assert network(Forward(10, 4000, 2.0, 1.1, 1.0), trials)[1:] == [
        "  its products alone: 55% of it, 50% where each is repeated in the processor's caches  MISSES ITS AIM",
        "  spotter check ., nothing cached: 1.75 times as much  MISSES ITS AIM",
    ]
    assert network(Forward(10, 4000, 2.5, None, None), trials)[1:] == [
        "  its products alone: not made, as onnx is not installed",
        "  spotter check ., nothing cached: 1.40 times as much  keeps its aim",
    ]


@pytest.mark.parametrize("arguments", [["bench"], ["bench", "--speed", "."]])
def test_a_suite_or_the_speed_is_asked_for(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert "name a SUITE, or give --speed without one" in capsys.readouterr().err
