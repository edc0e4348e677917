"""Findings as an editor shows them: diagnostics, and pressures behind the lines that cause them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lsprotocol import types
from pygls import uris

from spotter.cache import key
from spotter.findings import Finding, Site
from spotter.hooks.lsp_checks import Checked
from spotter.hooks.lsp_positions import Border, covers
from spotter.rules import RULES
from spotter.visible import visible

SOURCE = "spotter"
SITES = 20
SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}


def diagnostics_of(checked: Checked, border: Border) -> list[types.Diagnostic]:
    """A diagnostic a finding, strongest first, what speaks for it as related places."""
    return [
        types.Diagnostic(
            range=border.range(finding),
            message="\n".join([f"{visible(finding.message)} ({finding.kind})", *map(visible, finding.remarks)]),
            severity=SEVERITIES[finding.severity],
            code=finding.rule,
            source=SOURCE,
            related_information=[_related(checked.root, site) for site in finding.evidence[:SITES]] or None,
            data=finding.fingerprint,
        )
        for finding in checked.findings
    ]


def result_id(diagnostics: Iterable[types.Diagnostic]) -> str:
    """The same for the same diagnostics."""
    return key(*map(repr, diagnostics))[:16]


def hints_of(checked: Checked, border: Border, wanted: types.Range) -> list[types.InlayHint]:
    """How many places a pressure has, behind the line that it comes from."""
    return [
        types.InlayHint(
            position=border.position(finding.line, len(border.line(finding.line)) + 1),
            label=hint(finding),
            tooltip=visible(finding.message),
            padding_left=True,
        )
        for finding in checked.findings
        if finding.kind == "fact" and finding.rule.startswith(("SP2", "SP301")) and covers(finding, border, wanted)
    ]


def hint(finding: Finding) -> str:
    """A pressure in a few words."""
    places = len(finding.evidence)
    name = RULES[finding.rule].name
    return f"{name}: {places} {'place' if places == 1 else 'places'}" if places else name


def _related(root: Path, site: Site) -> types.DiagnosticRelatedInformation:
    whole = types.Range(types.Position(site.line - 1, 0), types.Position(site.line, 0))
    uri = uris.from_fs_path(str(root / site.path)) or ""
    return types.DiagnosticRelatedInformation(types.Location(uri, whole), visible(site.message))
