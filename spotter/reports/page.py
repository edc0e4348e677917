"""What a report is made of: an outcome, the sources it speaks of, and how it may look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from spotter.findings import Finding, Severity
from spotter.measuring import Measurement
from spotter.outcome import Outcome
from spotter.source import Source


@dataclass(frozen=True, slots=True)
class Page:
    """Sources by path. The width is in columns; colour is for terminals only. Scores and facts are for who asks.

    `gone` counts by rule the findings that the baseline has and the code no longer; None where nothing can be said.
    """

    outcome: Outcome
    sources: Mapping[str, Source]
    fail_on: Severity | None = "warning"  # None: nothing fails
    width: int = 0
    colour: bool = False
    measured: Callable[[], Mapping[str, Measurement]] = dict
    gone: Mapping[str, int] | None = None

    def line(self, path: str, number: int) -> str:
        """A line of a source from 1, without its end; empty where there is none."""
        source = self.sources.get(path)
        lines = source.text.split("\n", number) if source else []
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def end_column(self, finding: Finding) -> int:
        """The column after a finding on its first line: what is shown beside a change is one line."""
        if finding.line == finding.end_line:
            return finding.end_column
        return max(finding.column, len(self.line(finding.path, finding.line)) + 1)
