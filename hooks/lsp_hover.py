"""What an editor shows over a finding: why, what else would be expected there, and what speaks for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lsprotocol import types
from pygls import uris

from spotter.engine.scores import Proposal
from spotter.findings import Finding, Site
from spotter.reports.markdown import code_span, said
from spotter.rules import RULES
from spotter.suspicions import short

SITES = 10


def hover_of(findings: Sequence[tuple[Finding, Sequence[Proposal]]], root: Path, place: types.Range) -> types.Hover:
    """Findings with their alternatives, in Markdown in which nothing from the code means anything."""
    text = "\n\n---\n\n".join(_told(finding, proposals, root) for finding, proposals in findings)
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), place)


def _told(finding: Finding, proposals: Sequence[Proposal], root: Path) -> str:
    parts = [f"**{finding.rule} {RULES[finding.rule].name}**: {said(finding.message)}", *map(said, finding.remarks)]
    if proposals:
        parts.append("\n".join(["Of the edits here:", "", *map(_alternative, proposals)]))
    if finding.evidence:
        sites = [_site(site, root) for site in finding.evidence[:SITES]]
        more = len(finding.evidence) - SITES
        parts.append("\n".join([*sites, *([f"- and {more} more"] if more > 0 else [])]))
    return "\n\n".join([*parts, f"`spotter explain {finding.rule}`"])


def _alternative(proposal: Proposal) -> str:
    what = {"replace": "replace with ", "insert": "insert ", "delete": "delete"}[proposal.edit]
    return f"- {what}{code_span(short(proposal.text)) if proposal.text else ''} ({proposal.p:.0%})"


def _site(site: Site, root: Path) -> str:
    uri = uris.from_fs_path(str(root / site.path))
    return f"- [{code_span(f'{site.path}:{site.line}')}]({uri}#L{site.line}) {said(site.message)}"
