"""What a finding is called in every report: its rule, and whether it is a fact or a suspicion."""

from __future__ import annotations

from spotter.findings import Finding
from spotter.rules import RULES


def title(finding: Finding) -> str:
    """For example `SP101 unlikely-token (suspicion)`."""
    return f"{finding.rule} {RULES[finding.rule].name} ({finding.kind})"
