"""The report for programs: one JSON object, sorted, the same bytes on every run."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from spotter import __version__
from spotter.budget import Budget
from spotter.findings import Finding
from spotter.outcome import Outcome, gates
from spotter.reports.page import Page
from spotter.rules import RULES


def render(page: Page) -> str:
    """The report as JSON, two spaces of indentation, a newline at the end."""
    outcome = page.outcome
    files = [{"path": f.path, "language": f.language or None, "measured": f.extent} for f in outcome.files]
    gating = sum(gates(finding, page.fail_on) for finding in outcome.findings)
    report = {
        "version": __version__,
        "measured": outcome.measured,
        "files": files,
        "findings": [plain(finding) for finding in sorted(outcome.findings, key=_place)],
        "summary": {**summary(outcome), "gating": gating},
    }
    return json.dumps(report, indent=2, ensure_ascii=True) + "\n"


def plain(finding: Finding) -> dict[str, Any]:
    """A finding with the keys of the report."""
    suggestion = finding.suggestion
    return {
        "rule": finding.rule,
        "name": RULES[finding.rule].name,
        "kind": finding.kind,
        "severity": finding.severity,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "message": finding.message,
        "p_error": finding.p_error,
        "suggestion": {"edit": suggestion.edit, "text": suggestion.text} if suggestion else None,
        "evidence": [{"path": site.path, "line": site.line, "message": site.message} for site in finding.evidence],
        "fingerprint": finding.fingerprint,
        "remarks": list(finding.remarks),
        "rank": finding.rank,
    }


def summary(outcome: Outcome) -> dict[str, Any]:
    """Counts: files, lines, findings by rule, what was held back, and what else there is to know."""
    return {
        "files": len(outcome.files),
        "lines": sum(file.lines for file in outcome.files),
        "findings": len(outcome.findings),
        "by_rule": dict(sorted(Counter(finding.rule for finding in outcome.findings).items())),
        "suppressed": outcome.suppressed,
        "silenced": outcome.silenced,
        "baselined": outcome.baselined,
        "budget": _budget(outcome.budget) if outcome.budget else None,
        "notes": list(outcome.notes),
    }


def _budget(budget: Budget) -> dict[str, Any]:
    """What the change adds by measure, with its limit, beside its statements, and the functions that add it."""
    return {
        "statements": budget.statements,
        "added": dict(budget.added),
        "limits": dict(budget.limits),
        "shares": [
            {"measure": s.measure, "path": s.path, "function": s.function, "line": s.line, "added": s.added}
            for s in budget.shares
        ],
    }


def _place(finding: Finding) -> tuple[str, int, int, str, str]:
    return (finding.path, finding.line, finding.column, finding.rule, finding.fingerprint)
