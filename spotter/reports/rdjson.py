"""The report for reviewdog, in its diagnostic format: columns count bytes of UTF-8."""

from __future__ import annotations

import json
from typing import Any

from spotter.findings import Finding
from spotter.reports.page import Page
from spotter.visible import visible

SEVERITIES = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}


def render(page: Page) -> str:
    """One result with a diagnostic a finding, strongest first."""
    diagnostics = [_diagnostic(page, finding) for finding in page.outcome.findings]
    return json.dumps({"source": {"name": "spotter"}, "diagnostics": diagnostics}, indent=2) + "\n"


def _diagnostic(page: Page, finding: Finding) -> dict[str, Any]:
    sites = [f"{visible(site.path)}:{site.line} {visible(site.message)}" for site in finding.evidence]
    start = _position(page, finding.path, finding.line, finding.column)
    end = _position(page, finding.path, finding.end_line, finding.end_column)
    return {
        "message": "\n".join([f"{visible(finding.message)} ({finding.kind})", *sites]),
        "location": {"path": finding.path, "range": {"start": start, "end": end}},
        "severity": SEVERITIES[finding.severity],
        "code": {"value": finding.rule},
    }


def _position(page: Page, path: str, line: int, column: int) -> dict[str, int]:
    before = page.line(path, line)[: column - 1]
    return {"line": line, "column": len(before.encode("utf-8", "surrogatepass")) + 1}
