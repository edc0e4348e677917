"""Several processes tell the facts that one would tell, and nothing is lost where one of them cannot."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from spotter import spread
from spotter.cache import Cache
from spotter.measuring import measure
from spotter.metrics.facts import facts_of
from spotter.source import Source
from spotter.spread import Spread

ROOT = Path(spread.__file__).parent
SOURCES = tuple(
    Source(path.name, path.read_text(encoding="utf-8"), "python") for path in sorted(ROOT.glob("c*.py"))[:6]
)
ODD = (
    Source("ends.py", "def alfa(:\n", "python"),
    Source("odd.py", "name = '\ud800'\nother = 'ä 𝄞'\r\n", "python"),
    Source("other.js", "const one = () => 1;\n", "javascript"),
    Source("none.py", "", "python"),
)
DYING = "import sys; from spotter.state import code; print(code(), flush=True); sys.stdin.readline(); {}"


@pytest.fixture(autouse=True)
def _much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "WORTH", 0)


def measured(sources: tuple[Source, ...], processes: int, cache: Cache | None = None) -> dict[str, object]:
    return {**measure(sources, Spread(processes), None, cache or Cache(None), tuple)}


def test_the_facts_are_those_that_one_process_takes_and_are_remembered(tmp_path: Path) -> None:
    sources, cache = (*SOURCES, *ODD), Cache(tmp_path)
    apart = measured(sources, 3, cache)
    assert apart == measured(sources, 1)
    assert list(apart) == [source.path for source in sources]
    assert measure(sources, facts_of, None, cache, _none_left) == apart


def _none_left(sources: object) -> tuple[Source, ...]:
    assert not sources
    return ()


@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "-c", ""),
        (sys.executable, "-c", "print('another program\\n' * 1000)"),
        (sys.executable, "-c", DYING.format("sys.exit(1)")),
        (sys.executable, "-c", DYING.format("print('half an answer', end='')")),
        ("no such program",),
    ],
)
def test_what_a_process_cannot_tell_is_read_here(command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "COMMAND", command)
    assert measured(SOURCES, 2) == measured(SOURCES, 1)


def test_nothing_in_the_current_folder_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen"
    for name in ("json", "pickle", "spotter", "signal", "gc", "subprocess"):
        (tmp_path / f"{name}.py").write_text(f"open({str(seen)!r}, 'w').close()\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(spread, "extracted", _must_not_be_asked)
    assert all(line for _, line in Spread(2).each(SOURCES, len(SOURCES)))
    assert not seen.exists()


def _must_not_be_asked(*_: object) -> None:
    pytest.fail("a process did not answer")


def test_what_python_says_before_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('null')\nprint('begun')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    expected = measured(SOURCES, 1)
    monkeypatch.setattr(spread, "extracted", _must_not_be_asked)
    assert measured(SOURCES, 2) == expected


def test_what_takes_too_much_elsewhere_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    stopping = "import sys; from spotter import spread, watchdog; watchdog.SECONDS = -1; "
    stopping += "spread._answer(sys.stdin.buffer, sys.stdout.buffer)"
    monkeypatch.setattr(spread, "COMMAND", (sys.executable, "-P", "-c", stopping))
    slow = Source("slow.py", "def alfa(bravo):\n    return bravo\n" * 20_000, "python")
    assert "slow.py" not in measured((slow, *SOURCES[:1]), 2)


def test_who_asks_for_no_more_leaves_no_process_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            begun.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    each = Spread(8).each(SOURCES[:2], 2)
    assert isinstance(each, Generator)
    assert next(each)[0] == SOURCES[0]
    each.close()
    assert [process.returncode is None for process in begun] == [False, False]


@pytest.mark.parametrize(
    ("processes", "sources", "pays"),
    [(2, SOURCES, True), (1, SOURCES, False), (2, SOURCES[:1], False), (2, (), False)],
)
def test_it_pays_where_there_is_more_than_one_of_both(processes: int, sources: tuple[Source, ...], pays: bool) -> None:
    assert Spread(processes).pays(sources) is pays


def test_it_does_not_pay_for_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "WORTH", sum(len(source.text) for source in SOURCES))
    assert not Spread(2).pays(SOURCES)
