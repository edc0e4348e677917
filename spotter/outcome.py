"""What a check found out: per file how much was measured, the findings in their order, and what was held back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from spotter.budget import Budget
from spotter.findings import By, Finding, Held, Severity
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
    """The findings that are left, strongest first, and those that comments, verdicts and the baseline held back."""

    files: tuple[Measured, ...]
    findings: tuple[Finding, ...]
    held: tuple[Held, ...] = ()
    notes: tuple[str, ...] = ()
    budget: Budget | None = None

    @property
    def measured(self) -> Extent:
        """Complete when all files are; none when none was measured at all."""
        extents = {file.extent for file in self.files}
        if not extents or extents == {"complete"}:
            return "complete"
        return "none" if extents == {"none"} else "partial"

    @property
    def suppressed(self) -> int:
        """How many findings comments held back."""
        return self._held_by("comment")

    @property
    def silenced(self) -> int:
        """How many findings verdicts held back."""
        return self._held_by("verdict")

    @property
    def baselined(self) -> int:
        """How many findings the baseline held back."""
        return self._held_by("baseline")

    def _held_by(self, by: By) -> int:
        return sum(held.by == by for held in self.held)


def gates(finding: Finding, fail_on: Severity | None) -> bool:
    """Whether a finding makes the check fail: its rule gates, or every note was asked for. Under None nothing does."""
    if fail_on is None:
        return False
    heavy = SEVERITIES.index(finding.severity) >= SEVERITIES.index(fail_on)
    return heavy and (RULES[finding.rule].gates or fail_on == "note")


def exit_code(findings: Iterable[Finding], fail_on: Severity | None) -> int:
    """1 when a finding gates, else 0."""
    return int(any(gates(finding, fail_on) for finding in findings))
