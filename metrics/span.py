"""Where something stands in a file."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """Lines and columns in code points from 1, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int
