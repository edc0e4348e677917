from __future__ import annotations

import json
from dataclasses import replace

from spotter.outcome import Outcome
from spotter.reports.gitlab import render
from spotter.reports.page import Page


def test_an_issue_has_the_keys_that_gitlab_reads(strange: Page) -> None:
    first, second, _ = json.loads(render(strange))
    assert first == {
        "description": "SP101 unlikely-token (suspicion): `lo` is 100% unlikely: `hi`, or\\nso \\x1b[31m",
        "check_name": "SP101",
        "fingerprint": "f1",
        "severity": "major",
        "location": {
            "path": "a b/ä,1.py",
            "positions": {"begin": {"line": 1, "column": 17}, "end": {"line": 1, "column": 19}},
        },
    }
    assert second["severity"] == "info"


def test_nothing_found_is_an_empty_list(strange: Page) -> None:
    assert json.loads(render(replace(strange, outcome=Outcome((), ())))) == []
