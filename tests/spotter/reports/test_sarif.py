from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from spotter.findings import Held
from spotter.outcome import Outcome
from spotter.reports.page import Page
from spotter.reports.sarif import READ, precision, render
from spotter.rules import RULES

HERE = Path(__file__).parent
SCHEMA = json.loads(gzip.decompress((HERE / "sarif-2.1.0-rtm.5.json.gz").read_bytes()))
FILES = ("readings.tsv", "readings_new.tsv", "readings_unseen.tsv", "readings_agents.tsv")
READINGS = [HERE.parent.parent / name for name in FILES]


def run_of(page: Page) -> dict[str, Any]:
    log = json.loads(render(page))
    assert [error.message for error in Draft4Validator(SCHEMA).iter_errors(log)] == []
    (run,) = log["runs"]
    return dict(run)


def test_the_schema_refuses_what_is_no_sarif(strange: Page) -> None:
    log = json.loads(render(strange))
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert len(list(Draft4Validator(SCHEMA).iter_errors(log))) == 1


def test_a_result_has_what_code_scanning_reads(strange: Page) -> None:
    first = run_of(strange)["results"][0]
    assert first["ruleId"] == "SP101"
    assert first["level"] == "error"
    assert first["partialFingerprints"] == {"primaryLocationLineHash": "f1"}
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a%20b/%C3%A4%2C1.py"},
                "region": {"startLine": 1, "startColumn": 17, "endLine": 1, "endColumn": 19},
            }
        }
    ]
    (site,) = first["relatedLocations"]
    assert site["physicalLocation"]["region"] == {"startLine": 2}
    assert site["message"]["text"] == "50% : here, too"


def test_a_finding_over_several_lines_is_shown_on_its_first(strange: Page) -> None:
    region = run_of(strange)["results"][1]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 6}


def test_every_rule_is_described(strange: Page) -> None:
    driver = run_of(strange)["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == list(RULES)
    for rule, result in ((driver["rules"][r["ruleIndex"]], r) for r in run_of(strange)["results"]):
        assert rule["id"] == result["ruleId"]
    one = next(rule for rule in driver["rules"] if rule["id"] == "SP202")
    assert one["shortDescription"]["text"].startswith("The one use of a value that may be None")
    assert one["properties"]["problem.severity"] == "warning"
    assert one["defaultConfiguration"] == {"level": "warning"}


def test_the_precision_is_that_of_the_readings() -> None:
    right: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for path in READINGS:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                right[row["rule"]] += row["verdict"] == "right"
                read[row["rule"]] += 1
    assert {rule: (right[rule], read[rule]) for rule in read} == READ


@pytest.mark.parametrize(
    ("code", "expected"),
    [("SP001", "very-high"), ("SP301", "high"), ("SP241", "high"), ("SP202", "low"), ("SP101", "low")],
)
def test_a_rule_is_believed_as_far_as_it_was_read(code: str, expected: str) -> None:
    assert precision(RULES[code]) == expected


def test_what_was_held_back_is_there_as_suppressed(strange: Page) -> None:
    one, two, three = strange.outcome.findings
    held = (Held(two, "comment", "a known copy"), Held(three, "baseline"))
    results = run_of(replace(strange, outcome=Outcome(strange.outcome.files, (one,), held)))["results"]
    assert [result["suppressions"] for result in results] == [
        [],
        [{"kind": "inSource", "status": "accepted", "justification": "a known copy"}],
        [{"kind": "external", "status": "accepted", "justification": "by a baseline"}],
    ]


def test_nothing_found_is_a_valid_log_too(strange: Page) -> None:
    assert run_of(replace(strange, outcome=Outcome(strange.outcome.files, ())))["results"] == []


def test_a_run_that_measured_nothing_was_no_success(strange: Page) -> None:
    outcome = Outcome(strange.outcome.files[2:], strange.outcome.findings[2:])
    assert run_of(replace(strange, outcome=outcome))["invocations"][0]["executionSuccessful"] is False
    assert run_of(strange)["invocations"][0]["toolExecutionNotifications"][0]["message"] == {"text": "a note"}
