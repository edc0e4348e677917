from __future__ import annotations

import json
from dataclasses import replace

from spotter.findings import Finding, Suggestion
from spotter.outcome import Measured, Outcome
from spotter.reports.json import render
from spotter.reports.page import Page

FOUND = Finding(
    "SP102",
    "a.py",
    2,
    17,
    2,
    19,
    "m",
    "warning",
    "suspicion",
    "span",
    0.7,
    Suggestion("insert", "not"),
    fingerprint="f",
)
FILES = (Measured("a.py", "python", 2, "complete"), Measured("b.py", "", 0, "none"))


def test_the_report_has_the_keys_of_the_contract() -> None:
    report = json.loads(render(Page(Outcome(FILES, (FOUND,)), {})))
    assert list(report) == ["version", "measured", "files", "findings", "summary"]
    assert report["measured"] == "partial"
    assert report["files"][1] == {"path": "b.py", "language": None, "measured": "none"}
    (finding,) = report["findings"]
    assert {key: finding[key] for key in ("rule", "name", "kind", "suggestion", "evidence", "fingerprint")} == {
        "rule": "SP102",
        "name": "missing-token",
        "kind": "suspicion",
        "suggestion": {"edit": "insert", "text": "not"},
        "evidence": [],
        "fingerprint": "f",
    }
    assert report["summary"]["gating"] == 1


def test_findings_stand_in_the_order_of_their_places_whatever_their_rank() -> None:
    later = replace(FOUND, line=9, rank=5.0, fingerprint="g")
    one, two = (render(Page(Outcome(FILES, pair), {})) for pair in ((FOUND, later), (later, FOUND)))
    assert one == two
    assert [finding["line"] for finding in json.loads(one)["findings"]] == [2, 9]


def test_an_outcome_without_a_measured_file_is_measured_none() -> None:
    assert json.loads(render(Page(Outcome(FILES[1:], ()), {})))["measured"] == "none"
