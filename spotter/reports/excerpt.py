"""The line of a finding, cut around its place, and the same line as it would be after the suggestion."""

from __future__ import annotations

from dataclasses import dataclass

from spotter.findings import Finding, Suggestion
from spotter.reports.page import Page
from spotter.visible import columns, visible


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What stands before, in and after the place of a finding, as it may be printed."""

    before: str
    inside: str
    after: str

    @property
    def line(self) -> str:
        """The line as it is."""
        return f"{self.before}{self.inside}{self.after}"

    def after_edit(self, suggestion: Suggestion) -> str:
        """The line as it would be."""
        text = visible(" ".join(suggestion.text.split()))
        if suggestion.edit == "replace":
            return f"{self.before}{text}{self.after}"
        if suggestion.edit == "delete":
            return f"{self.before}{self.after.lstrip() if self.before.endswith(' ') else self.after}"
        gap = " " if text[-1:].isalnum() and (self.inside[:1].isalnum() or self.inside[:1] == "_") else ""
        return f"{self.before}{text}{gap}{self.inside}{self.after}"


def excerpt(page: Page, finding: Finding, room: int) -> Excerpt | None:
    """The line of a finding in so many columns; None where it has no place on a line."""
    line = page.line(finding.path, finding.line).removesuffix("\r")
    if not line.strip() or (finding.line, finding.column) >= (finding.end_line, finding.end_column):
        return None
    last = finding.end_column - 1 if finding.end_line == finding.line else len(line)
    before, inside, after = line[: finding.column - 1], line[finding.column - 1 : last], line[last:]
    return _around(*_near(before, inside, after, room), room)


def cut(line: str, room: int) -> str:
    """As much of a line as fits into so many columns."""
    text = visible(line[: 4 * room].removesuffix("\r").replace("\t", "    "))
    return text if columns(text) <= room else f"{_head(text, room - 1)}…"


def _near(before: str, inside: str, after: str, room: int) -> tuple[str, str, str]:
    """The parts without what lies too far away to be shown, so that a line of a megabyte costs nothing."""
    indent = before[: len(before) - len(before.lstrip())][:room] if len(before) <= 4 * room else ""
    return indent + before[len(indent) :][-4 * room :], inside[: 4 * room], after[: 4 * room]


def _around(before: str, inside: str, after: str, room: int) -> Excerpt:
    before, inside, after = (visible(part.replace("\t", "    ")) for part in (before, inside, after))
    if columns(before) + columns(inside) + columns(after) <= room:
        return Excerpt(before, inside, after)
    stripped = before.lstrip()
    if columns(stripped) + columns(inside) + columns(after) <= room:
        return Excerpt(stripped, inside, after)
    inside = inside if columns(inside) <= room // 2 else f"{_head(inside, room // 2 - 1)}…"
    side = max(4, (room - columns(inside)) // 2)
    before = stripped if columns(stripped) <= side else f"…{_head(stripped[::-1], side - 1)[::-1]}"
    left = max(1, room - columns(before) - columns(inside))
    return Excerpt(before, inside, after if columns(after) <= left else f"{_head(after, left - 1)}…")


def _head(text: str, width: int) -> str:
    """As much of a text as fits into so many columns."""
    kept = 0
    while kept < len(text) and (width := width - columns(text[kept])) >= 0:
        kept += 1
    return text[:kept]
