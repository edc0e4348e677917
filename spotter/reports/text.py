"""The report for people: each finding with its line, a caret under the place, the suggestion, and its evidence."""

from __future__ import annotations

import click

from spotter.budget import line
from spotter.findings import Finding
from spotter.notebook import place
from spotter.outcome import Outcome, gates
from spotter.reports.page import Page
from spotter.rules import RULES
from spotter.visible import columns, visible

TRAILS = 4  # evidence sites that are shown of a finding
WIDEST = 160
COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


def render(page: Page) -> str:
    """Findings, the strongest first, then the notes, one line that sums up, and what to do first."""
    blocks = [_block(page, finding) for finding in page.outcome.findings]
    notes = [f"note: {visible(note)}" for note in page.outcome.notes]
    notes += [f"note: {line(page.outcome.budget)}"] if page.outcome.budget else []
    return "\n".join([*blocks, *notes, _summary(page)]) + "\n"


def _block(page: Page, finding: Finding) -> str:
    paint = _Paint(page)
    severity = paint(finding.severity, COLOURS[finding.severity], bold=True)
    rule = paint(f"{finding.rule} {RULES[finding.rule].name}", "", bold=True)
    where = paint(f"{visible(finding.path)}:{finding.line}:{finding.column}", "blue")
    lines = [f"{where}: {severity} {rule}", f"  {visible(finding.message)}{_cell(page, finding)}"]
    lines += _excerpt(page, finding)
    shown = finding.evidence[:TRAILS]
    lines += [f"    {paint(f'{visible(s.path)}:{s.line}', 'blue')} {visible(s.message)}" for s in shown]
    if more := len(finding.evidence) - len(shown):
        lines.append(f"    and {more} more")
    lines += [f"    {visible(remark)}" for remark in finding.remarks]
    return "\n".join(lines) + "\n"


def _cell(page: Page, finding: Finding) -> str:
    source = page.sources.get(finding.path)
    cell = place(source, finding.line) if source else ""
    return f" ({cell})" if cell else ""


def _excerpt(page: Page, finding: Finding) -> list[str]:
    """The line with a caret under the place, cut around it where it is too long."""
    line = page.line(finding.path, finding.line)
    if not line.strip() or (finding.line, finding.column) >= (finding.end_line, finding.end_column):
        return []
    margin = f"{finding.line:>5} | "
    last = finding.end_column - 1 if finding.end_line == finding.line else len(line)
    before, inside, after = line[: finding.column - 1], line[finding.column - 1 : last], line[last:]
    room = max(20, (page.width or WIDEST) - len(margin))
    before, inside, after = _cut(before, inside, after, room)
    indent = " " * (len(margin) + columns(before))
    caret = _Paint(page)("^" * max(1, columns(inside)) + _suggested(finding), COLOURS[finding.severity], bold=True)
    return [f"{margin}{before}{inside}{after}", f"{indent}{caret}"]


def _cut(before: str, inside: str, after: str, room: int) -> tuple[str, str, str]:
    before, inside, after = (visible(part.replace("\t", "    ")) for part in (before, inside, after))
    if columns(before) + columns(inside) + columns(after) <= room:
        return before, inside, after
    stripped = before.lstrip()
    if columns(stripped) + columns(inside) + columns(after) <= room:
        return stripped, inside, after
    inside = inside if columns(inside) <= room // 2 else inside[: room // 2 - 1] + "…"
    side = max(4, (room - columns(inside)) // 2)
    before = stripped if columns(stripped) <= side else "…" + stripped[-(side - 1) :]
    left = max(1, room - columns(before) - columns(inside))
    return before, inside, after if columns(after) <= left else after[: left - 1] + "…"


def _suggested(finding: Finding) -> str:
    if finding.suggestion is None:
        return ""
    text = visible(" ".join(finding.suggestion.text.split()))
    return {"replace": f" {text}", "insert": f" {text} before this", "delete": " delete"}[finding.suggestion.edit]


class _Paint:
    """Colour where the page has it."""

    def __init__(self, page: Page) -> None:
        self._on = page.colour

    def __call__(self, text: str, colour: str, *, bold: bool = False) -> str:
        return click.style(text, fg=colour or None, bold=bold) if self._on else text


def _summary(page: Page) -> str:
    outcome = page.outcome
    failing = [finding for finding in outcome.findings if gates(finding, page.fail_on)]
    parts = [_counted(outcome)]
    if outcome.findings:
        parts.append(f"{len(failing)} of them {'fails' if len(failing) == 1 else 'fail'} the check")
    back = ((outcome.suppressed, "suppressed"), (outcome.silenced, "silenced by verdicts"))
    held = [f"{n} {word}" for n, word in (*back, (outcome.baselined, "in the baseline")) if n]
    extents = [file.extent for file in outcome.files]
    gaps = (("partial", "partly measured"), ("none", "not measured"))
    held += [f"{_plural(extents.count(extent), 'file')} {word}" for extent, word in gaps if extent in extents]
    first = (failing or list(outcome.findings))[:1]
    todo = [f"Look first at {visible(f.path)}:{f.line} ({f.rule} {RULES[f.rule].name})." for f in first]
    return "\n".join(["; ".join([*parts, *held]) + ".", *todo])


def _counted(outcome: Outcome) -> str:
    if not outcome.files:
        return "No files to check"
    findings = _plural(len(outcome.findings), "finding") if outcome.findings else "No findings"
    lines = _plural(sum(file.lines for file in outcome.files), "line")
    return f"{findings} in {_plural(len(outcome.files), 'file')}, {lines}"


def _plural(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
