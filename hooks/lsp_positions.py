"""Places at the border: lines and columns from 1 in code points here, from 0 in the client's units there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lsprotocol import types
from pygls.workspace import PositionCodec, ServerTextPosition

from spotter.findings import Finding

MARK = "\ufeff"  # which no source holds, and an editor may send as the first character of a text


@dataclass(frozen=True)
class Border:
    """A text as the client has it, and the units in which the client counts, UTF-16 where nothing else was agreed."""

    text: str
    codec: PositionCodec

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines as both sides part them: no form feed and no U+2028 ends one."""
        plain = self.text.replace("\r\n", "\n").replace("\r", "\n")
        return tuple(f"{line}\n" for line in plain.split("\n"))

    def position(self, line: int, column: int) -> types.Position:
        """A place in the client's units."""
        return self.codec.position_to_client_units(
            self.lines, ServerTextPosition(line - 1, column - 1 + self._shift(line))
        )

    def place(self, position: types.Position) -> tuple[int, int]:
        """The line and the column of a client's position."""
        at = self.codec.position_from_client_units(
            self.lines, types.Position(position.line, position.character)
        )  # a copy: what lies outside of the text is changed in place
        return at.line + 1, at.character + 1 - self._shift(at.line + 1)

    def range(self, finding: Finding) -> types.Range:
        """The marked text; for a finding without any, its line from the first character that is not blank."""
        start, end = (finding.line, finding.column), (finding.end_line, finding.end_column)
        if start >= end and finding.line <= len(self.lines):
            line = self.lines[finding.line - 1].rstrip()
            start = (finding.line, len(line) - len(line.lstrip()) + 1)
            end = (finding.line, max(start[1], len(line) + 1))
        return types.Range(self.position(*start), self.position(*end))

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        return self.lines[number - 1].removesuffix("\n") if number <= len(self.lines) else ""

    def _shift(self, line: int) -> int:
        return int(line == 1 and self.text.startswith(MARK))


def covers(finding: Finding, border: Border, wanted: types.Range) -> bool:
    """Whether a finding's range and a client's touch."""
    own = border.range(finding)
    return _pair(own.start) <= _pair(wanted.end) and _pair(wanted.start) <= _pair(own.end)


def _pair(position: types.Position) -> tuple[int, int]:
    return position.line, position.character
