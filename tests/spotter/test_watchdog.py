"""A file that takes too much is stopped, wherever it is measured, and what follows is not."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import enumerate as threads

import pytest

from spotter import watchdog
from spotter.cache import Cache
from spotter.config import Config
from spotter.measuring import measure
from spotter.metrics.facts import FileFacts, facts_of
from spotter.outcome import exit_code
from spotter.pipeline import Task, Tools, check
from spotter.source import Source
from spotter.syntax import Syntax
from spotter.watchdog import TooMuchError, Watchdog

SOURCES = tuple(
    Source(f"{name}.py", f"def {name}(a):\n    return a\n", "python") for name in ("alfa", "bad", "charlie")
)


@pytest.fixture(autouse=True)
def _strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "SECONDS", 0.3)
    monkeypatch.setattr(watchdog, "BYTES", 300_000_000)


def endless() -> None:
    while True:
        pass


def hungry() -> None:
    held = []
    while True:
        held.append(bytearray(b"x" * 1_000_000))


def deaf() -> None:
    """Swallows whatever is raised in it."""
    until = time.process_time() + 0.5
    while time.process_time() < until:
        with suppress(TooMuchError):
            sum(range(1000))


def extracting(harm: Callable[[], None]) -> Callable[[Syntax], FileFacts]:
    def extract(syntax: Syntax) -> FileFacts:
        if syntax.source.path == "bad.py":
            harm()
        return facts_of(syntax)

    return extract


@pytest.mark.parametrize("harm", [endless, hungry, deaf])
def test_a_file_that_takes_too_much_is_not_measured_and_the_others_are(harm: Callable[[], None]) -> None:
    tools = Tools(None, extracting(harm), lambda _: (), Config())
    found = check(Task(SOURCES), tools, Cache(None), tuple)
    assert [(file.path, file.extent) for file in found.files] == [
        ("alfa.py", "complete"),
        ("bad.py", "none"),
        ("charlie.py", "complete"),
    ]
    (finding,) = found.findings
    assert (finding.rule, finding.path, finding.severity) == ("SP001", "bad.py", "note")
    changed = check(Task(SOURCES, changed={"bad.py": frozenset({1})}), tools, Cache(None), tuple)
    assert exit_code(changed.findings, "warning") == 1


def test_it_holds_in_any_thread_and_leaves_none_behind() -> None:
    before = set(threads())
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(measure, SOURCES, extracting(endless), None, Cache(None), tuple) for _ in range(2)]
        assert [sorted(run.result()) for run in runs] == [["alfa.py", "charlie.py"]] * 2
    left = set(threads()) - before
    for thread in left:
        thread.join(5)
    assert not any(thread.is_alive() for thread in left)


def test_time_that_other_processes_take_does_not_count() -> None:
    def waiting() -> None:
        time.sleep(1)

    assert set(measure(SOURCES, extracting(waiting), None, Cache(None), tuple)) == {s.path for s in SOURCES}


def test_what_was_raised_too_late_is_taken_back() -> None:
    with Watchdog() as dog:
        for _ in range(5):
            with pytest.raises(TooMuchError), dog.bounded():
                deaf()
            until = time.process_time() + 0.2
            while time.process_time() < until:
                pass
            with dog.bounded():
                sum(range(1000))


def test_another_error_passes() -> None:
    with pytest.raises(KeyError), Watchdog() as dog, dog.bounded():
        raise KeyError("alfa")
