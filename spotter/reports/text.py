"""The report for people: each finding with its line, a caret under the place, the suggestion, and its evidence."""

from __future__ import annotations

from collections.abc import Iterator

import click

from spotter.budget import line
from spotter.findings import Finding
from spotter.notebook import place
from spotter.reports.excerpt import Excerpt, cut, excerpt
from spotter.reports.page import Page
from spotter.reports.title import title
from spotter.reports.totals import extent, failing, fails, held, in_order, plural
from spotter.rules import RULES
from spotter.visible import columns, shown_path, visible, wrapped

TRAILS = 4  # evidence sites that are shown of a finding
WIDEST = 160
MARGIN = 8  # columns before a line of code
_BREAK = "\n  "
COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


def render(page: Page) -> str:
    """Findings, the strongest first, then the notes, one line that sums up, and what to do first."""
    blocks = [_block(page, finding) for finding in page.outcome.findings]
    notes = [f"note: {visible(note)}" for note in page.outcome.notes]
    notes += [f"note: {line(page.outcome.budget)}"] if page.outcome.budget else []
    said = (row for note in notes for row in wrapped(note, page.width, "  "))
    return "\n".join([*blocks, *said, *_summary(page)]) + "\n"


def _block(page: Page, finding: Finding) -> str:
    paint = _Paint(page)
    severity = paint(finding.severity, COLOURS[finding.severity], bold=True)
    spot, name = f"{shown_path(finding.path)}:{finding.line}:{finding.column}", title(finding)
    wide = page.width and columns(f"{spot}: {finding.severity} {name}") > page.width
    if page.width and columns(f"  {finding.severity} {name}") > page.width:
        name = name.replace(" (", f"{_BREAK}(")
    rule = paint(name, "", bold=True)
    lines = [f"{paint(spot, 'blue')}:{_BREAK if wide else ' '}{severity} {rule}"]
    lines += wrapped(f"  {visible(finding.message)}{_cell(page, finding)}", page.width, "  ")
    lines += _excerpt(page, finding)
    shown = finding.evidence[:TRAILS]
    for site in shown:
        spot = f"{shown_path(site.path)}:{site.line}"
        first, *rest = wrapped(f"    {spot} {visible(site.message)}", page.width, "      ")
        lines += [first.replace(spot, paint(spot, "blue"), 1), *rest]
    if more := len(finding.evidence) - len(shown):
        lines.append(f"    and {more} more")
    lines += [row for remark in finding.remarks for row in wrapped(f"    {visible(remark)}", page.width, "    ")]
    return "\n".join(lines) + "\n"


def _cell(page: Page, finding: Finding) -> str:
    source = page.sources.get(finding.path)
    cell = place(source, finding.line) if source else ""
    return f" ({cell})" if cell else ""


def _excerpt(page: Page, finding: Finding) -> Iterator[str]:
    """The line with a caret under the place and what would stand there; on a terminal, between its neighbours."""
    room = max(20, (page.width or WIDEST) - MARGIN)
    if (shown := excerpt(page, finding, room)) is None:
        return
    paint = _Paint(page)
    caret, suggested = "^" * max(1, columns(shown.inside)), _suggested(finding)
    indent = " " * (MARGIN + columns(shown.before))
    fits = not page.width or len(indent) + len(caret) + columns(suggested) <= page.width
    before, after = (_beside(page, finding, finding.line + step, shown, room) for step in (-1, 1))
    yield from before
    yield f"{finding.line:>5} | {shown.line}"
    yield indent + paint(caret + suggested if fits else caret, COLOURS[finding.severity], bold=True)
    if not fits:
        yield " " * MARGIN + paint(cut(suggested.strip(), room), COLOURS[finding.severity], bold=True)
    yield from after


def _beside(page: Page, finding: Finding, number: int, shown: Excerpt, room: int) -> Iterator[str]:
    """A neighbour of the line, on a terminal, moved to the left as far as the line was."""
    text = page.line(finding.path, number) if page.width else ""
    if text.strip():
        moved = max(0, _indent(page.line(finding.path, finding.line)) - _indent(shown.line))
        flush = text[: 4 * WIDEST].replace("\t", "    ")[min(moved, _indent(text)) :]
        yield _Paint(page)(f"{number:>5} | {cut(flush, room)}", "bright_black")


def _indent(text: str) -> int:
    wide = text[:WIDEST].replace("\t", "    ")
    return len(wide) - len(wide.lstrip(" "))


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


def _summary(page: Page) -> list[str]:
    outcome, failed = page.outcome, failing(page)
    findings = plural(len(outcome.findings), "finding") if outcome.findings else "No findings"
    parts = [f"{findings} in {extent(outcome)}" if outcome.files or outcome.findings else "No files to check"]
    if outcome.findings:
        parts.append(fails(len(failed)))
    todo = [f"Look first at {shown_path(f.path)}:{f.line} ({f.rule} {RULES[f.rule].name})." for f in in_order(page)[:1]]
    said = ["; ".join([*parts, *held(outcome)]) + ".", *todo]
    return [row for sentence in said for row in wrapped(sentence, page.width, "  ")]
