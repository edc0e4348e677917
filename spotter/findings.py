"""Findings: what is reported about one place, as frozen values with a fingerprint that survives moved lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["fact", "suspicion"]
Severity = Literal["error", "warning", "note"]
Edit = Literal["replace", "delete", "insert"]
By = Literal["comment", "verdict", "baseline"]


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """A place that speaks for a finding."""

    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What would stand there: the text that replaces the span, or goes before it; empty for delete."""

    edit: Edit
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, as in the JSON report. Lines and columns count code points from 1; the end is exclusive."""

    rule: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    severity: Severity
    kind: Kind
    function: str
    p_error: float | None = None
    suggestion: Suggestion | None = None
    evidence: tuple[Site, ...] = ()
    rank: float = 0.0
    fingerprint: str = ""
    remarks: tuple[str, ...] = ()  # what was judged of it, and of its rule


@dataclass(frozen=True, slots=True)
class Held:
    """A finding that is held back, by what, and the reason that was given."""

    finding: Finding
    by: By
    reason: str = ""
