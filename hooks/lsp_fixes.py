"""What an editor offers at a finding: its suggestion, and a comment that silences it, whose reason a person writes."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from spotter.findings import Finding, Suggestion
from spotter.hooks.lsp_checks import Checked
from spotter.hooks.lsp_positions import Border, covers
from spotter.languages import languages
from spotter.reading import language_of
from spotter.rules import NEVER, RULES
from spotter.suspicions import SURE, short
from spotter.visible import visible

PLAIN = ("SP001", "SP002", "SP003")  # what no comment silences


def fixes_of(
    checked: Checked, border: Border, uri: str, wanted: types.Range, shown: list[types.Diagnostic]
) -> list[types.CodeAction]:
    """The quick fixes for the findings in a range; shown are the diagnostics of all findings, in their order."""
    return [
        action
        for finding, diagnostic in zip(checked.findings, shown, strict=True)
        if covers(finding, border, wanted)
        for action in _fixes(checked, finding, border, uri, diagnostic)
    ]


def _fixes(
    checked: Checked, finding: Finding, border: Border, uri: str, diagnostic: types.Diagnostic
) -> Iterator[types.CodeAction]:
    if finding.suggestion is not None:
        sure = (finding.p_error or 0.0) >= SURE
        edit = suggested(finding, finding.suggestion, border)
        yield _action(_title(finding.suggestion), uri, edit, diagnostic, preferred=sure)
    if finding.rule not in (*NEVER, *PLAIN):
        title = f"Ignore {finding.rule} {RULES[finding.rule].name} here, and say why"
        yield _action(title, uri, silenced(checked, finding, border), diagnostic, preferred=False)


def suggested(finding: Finding, suggestion: Suggestion, border: Border) -> types.TextEdit:
    """The edit that a suggestion means, with the space that it needs beside it."""
    line, marked = border.line(finding.line), border.range(finding)
    if suggestion.edit == "replace":
        return types.TextEdit(marked, suggestion.text)
    before = line[: finding.column - 1]
    if suggestion.edit == "delete":
        spaced = before.endswith(" ") and finding.line == finding.end_line
        after = border.line(finding.end_line)[finding.end_column - 1 :]
        gap = len(after) - len(after.lstrip(" ")) if spaced else 0
        return types.TextEdit(
            types.Range(marked.start, border.position(finding.end_line, finding.end_column + gap)), ""
        )
    here = line[finding.column - 1 : finding.column]
    words = suggestion.text[-1:].isalnum() and (here.isalnum() or here == "_")
    return types.TextEdit(types.Range(marked.start, marked.start), suggestion.text + " " * words)


def silenced(checked: Checked, finding: Finding, border: Border) -> types.TextEdit:
    """A comment above the line. Without a reason it is itself a finding, which asks for one."""
    path = checked.document.path
    sign = languages()[
        language_of(path.name, checked.document.text[:200].encode("utf-8", "replace")) or "python"
    ].comment
    line = border.line(finding.line)
    indent = line[: len(line) - len(line.lstrip())]
    start = border.position(finding.line, 1)
    return types.TextEdit(types.Range(start, start), f"{indent}{sign} spotter: ignore[{finding.rule}] \n")


def _title(suggestion: Suggestion) -> str:
    text = visible(short(suggestion.text))
    return {"replace": f"Replace with `{text}`", "insert": f"Insert `{text}`", "delete": "Delete"}[suggestion.edit]


def _action(
    title: str, uri: str, edit: types.TextEdit, diagnostic: types.Diagnostic, *, preferred: bool
) -> types.CodeAction:
    return types.CodeAction(
        title=title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic],
        is_preferred=preferred,
        edit=types.WorkspaceEdit(changes={uri: [edit]}),
    )
