"""What a check found out: per file how much was measured, the findings in their order, and what was held back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from spotter.budget import Budget
from spotter.findings import Finding, Severity
from spotter.rules import RULES

Extent = Literal["complete", "partial", "none"]
SEVERITIES: tuple[Severity, ...] = ("note", "warning", "error")


@dataclass(frozen=True, slots=True, order=True)
class Measured:
    """A file, its language ("" where it could not be read), its lines, and how much of it was measured."""

    path: str
    language: str
    lines: int
    extent: Extent


@dataclass(frozen=True, slots=True)
class Outcome:
    """The findings that are left, strongest first, and how many comments, the baseline and verdicts held back."""

    files: tuple[Measured, ...]
    findings: tuple[Finding, ...]
    suppressed: int = 0
    baselined: int = 0
    notes: tuple[str, ...] = ()
    silenced: int = 0  # by verdicts
    budget: Budget | None = None

    @property
    def measured(self) -> Extent:
        """Complete when all files are; none when none was measured at all."""
        extents = {file.extent for file in self.files}
        if not extents or extents == {"complete"}:
            return "complete"
        return "none" if extents == {"none"} else "partial"


def gates(finding: Finding, fail_on: Severity) -> bool:
    """Whether a finding makes the check fail: its rule gates, or every note was asked for."""
    heavy = SEVERITIES.index(finding.severity) >= SEVERITIES.index(fail_on)
    return heavy and (RULES[finding.rule].gates or fail_on == "note")


def exit_code(findings: Iterable[Finding], fail_on: Severity) -> int:
    """1 when a finding gates, else 0."""
    return int(any(gates(finding, fail_on) for finding in findings))
