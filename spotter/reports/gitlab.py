"""The report as a Code Quality artifact of GitLab."""

from __future__ import annotations

import json
from typing import Any

from spotter.findings import Finding
from spotter.reports.page import Page
from spotter.reports.title import title
from spotter.visible import visible

SEVERITIES = {"error": "major", "warning": "minor", "note": "info"}


def render(page: Page) -> str:
    """A list of issues, strongest first. Their fingerprints hold no line numbers, so they survive moved lines."""
    return json.dumps([_issue(finding) for finding in page.outcome.findings], indent=2) + "\n"


def _issue(finding: Finding) -> dict[str, Any]:
    return {
        "description": f"{title(finding)}: {visible(finding.message)}",
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": SEVERITIES[finding.severity],
        "location": {
            "path": finding.path,
            "positions": {
                "begin": {"line": finding.line, "column": finding.column},
                "end": {"line": finding.end_line, "column": finding.end_column},
            },
        },
    }
