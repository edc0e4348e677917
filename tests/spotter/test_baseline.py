from __future__ import annotations

from pathlib import Path

import pytest

from spotter.baseline import growth, merged, pruned, read, without, write
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
    write(path, merged({}, outcome(finding("b.py", "2"), finding("a.py", "1"))))
    left = without(outcome(finding("a.py", "1"), finding("a.py", "3")), read(path))
    assert [f.fingerprint for f in left.findings] == ["3"]
    assert left.baselined == 1


def test_rows_are_sorted_and_bear_no_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "baseline.jsonl"
    write(path, merged({}, outcome(finding("b.py", "2"), finding("a.py", "1"))))
    assert path.read_text() == (
        '{"path": "a.py", "rule": "SP101", "fingerprint": "1", "count": 1}\n'
        '{"path": "b.py", "rule": "SP101", "fingerprint": "2", "count": 1}\n'
    )


OLD = {("a.py", "SP101", "1"): 1, ("b.py", "SP101", "2"): 1, ("gone.py", "SP101", "3"): 1}


def test_a_partial_run_takes_nothing_away() -> None:
    assert merged(OLD, outcome(finding("a.py", "4"))) == {**OLD, ("a.py", "SP101", "4"): 1}
    assert merged(OLD, outcome(finding("a.py", "1"))) == OLD


def test_growth_is_what_a_baseline_has_more_of() -> None:
    new = merged(OLD, outcome(finding("a.py", "4"), finding("a.py", "4"), finding("a.py", "1")))
    assert growth(OLD, new) == {("a.py", "SP101", "4"): 2}


def test_pruning_takes_out_what_is_gone_from_the_files_and_rules_that_were_judged() -> None:
    old = {**OLD, ("a.py", "SP201", "5"): 1, ("a.py", "SP101", "6"): 2}
    found = outcome(finding("a.py", "6"))
    assert pruned(old, found, ["b.py"], lambda _, rule: rule == "SP101") == {
        ("b.py", "SP101", "2"): 1,
        ("a.py", "SP201", "5"): 1,
        ("a.py", "SP101", "6"): 1,
    }


def test_pruning_keeps_the_rows_of_a_file_that_could_not_be_read() -> None:
    unread = Outcome((Measured("a.py", "", 0, "none"),), ())
    assert pruned({("a.py", "SP101", "1"): 1}, unread, [], lambda *_: True) == {("a.py", "SP101", "1"): 1}


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
