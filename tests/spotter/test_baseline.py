from __future__ import annotations

from pathlib import Path

import pytest

from spotter.baseline import read, updated, without, write
from spotter.errors import SpotterError
from spotter.findings import Finding
from spotter.outcome import Measured, Outcome


def finding(path: str, fingerprint: str, rule: str = "SP101") -> Finding:
    return Finding(rule, path, 3, 1, 3, 2, "m", "warning", "suspicion", "f", fingerprint=fingerprint)


def outcome(*findings: Finding) -> Outcome:
    files = {finding.path for finding in findings}
    return Outcome(tuple(Measured(path, "python", 9, "complete") for path in sorted(files)), findings)


def test_a_baseline_silences_what_it_holds_and_nothing_new(tmp_path: Path) -> None:
    path = tmp_path / ".spotter" / "baseline.jsonl"
    write(path, updated({}, outcome(finding("b.py", "2"), finding("a.py", "1")), []))
    left = without(outcome(finding("a.py", "1"), finding("a.py", "3")), read(path))
    assert [f.fingerprint for f in left.findings] == ["3"]
    assert left.baselined == 1


def test_rows_are_sorted_and_bear_no_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "baseline.jsonl"
    write(path, updated({}, outcome(finding("b.py", "2"), finding("a.py", "1")), []))
    assert path.read_text() == (
        '{"path": "a.py", "rule": "SP101", "fingerprint": "1", "count": 1}\n'
        '{"path": "b.py", "rule": "SP101", "fingerprint": "2", "count": 1}\n'
    )


def test_a_partial_run_keeps_the_rows_of_other_files_that_still_exist() -> None:
    old = {("a.py", "SP101", "1"): 1, ("b.py", "SP101", "2"): 1, ("gone.py", "SP101", "3"): 1}
    assert set(updated(old, outcome(finding("a.py", "4")), ["a.py", "b.py"])) == {
        ("a.py", "SP101", "4"),
        ("b.py", "SP101", "2"),
    }


def test_a_file_that_could_not_be_measured_is_never_silenced() -> None:
    unread = outcome(finding("a.py", "1", "SP001"))
    assert without(unread, {("a.py", "SP001", "1"): 1}).findings == unread.findings


@pytest.mark.parametrize("text", ["{", "[]", '{"path": "a.py"}', '{"path":"a","rule":"b","fingerprint":"c","count":0}'])
def test_a_malformed_baseline_is_an_error_with_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "baseline.jsonl"
    path.write_text('{"path":"a","rule":"b","fingerprint":"c","count":1}\n' + text + "\n")
    with pytest.raises(SpotterError, match=r"baseline\.jsonl:2: "):
        read(path)


def test_a_missing_baseline_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SpotterError, match="write one with `spotter baseline`"):
        read(tmp_path / "none.jsonl")
