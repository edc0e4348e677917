"""The report as annotations of GitHub Actions: as many as it shows of a step, the most important first."""

from __future__ import annotations

from itertools import groupby

from spotter.findings import Finding
from spotter.outcome import SEVERITIES
from spotter.reports.page import Page
from spotter.reports.title import title
from spotter.visible import visible

MOST = 10  # annotations of one level that GitHub shows of a step
SITES = 4
COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(page: Page) -> str:
    """A workflow command a finding, then a line that says how many are left out."""
    by_weight = sorted(page.outcome.findings, key=lambda finding: -SEVERITIES.index(finding.severity))
    levels = [list(level) for _, level in groupby(by_weight, key=lambda finding: finding.severity)]
    lines = [_annotation(finding) for level in levels for finding in level[:MOST]]
    if more := len(by_weight) - len(lines):
        lines.append(f"{more:,} more findings are not shown here: GitHub shows {MOST} of a level.")
    return "".join(f"{line}\n" for line in lines)


def _annotation(finding: Finding) -> str:
    place = {"file": visible(finding.path), "line": finding.line, "endLine": finding.end_line}
    if finding.line == finding.end_line:
        place |= {"col": finding.column, "endColumn": finding.end_column}
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in {"title": title(finding), **place}.items())
    sites = [f"{visible(site.path)}:{site.line} {visible(site.message)}" for site in finding.evidence[:SITES]]
    text = "\n".join([visible(finding.message), *sites])
    return f"::{COMMANDS[finding.severity]} {properties}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
