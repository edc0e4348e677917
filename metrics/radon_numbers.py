"""Radon's numbers: cyclomatic complexity, Halstead volume and the maintainability index of one function."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spotter.syntax import Syntax

RADON_READS = "python"


def numbers_of(syntax: Syntax, text: str) -> tuple[tuple[str, float], ...]:
    """Named numbers of a function's text; none where radon does not know the language or cannot parse the text."""
    if syntax.source.language != RADON_READS:
        return ()
    from radon.complexity import cc_visit
    from radon.metrics import mi_compute, mi_parameters

    try:
        blocks = cc_visit(text)
        volume, *others = mi_parameters(text)
        return (
            ("cyclomatic complexity", float(max((block.complexity for block in blocks), default=1))),
            ("Halstead volume", round(volume, 1)),
            ("maintainability index", round(mi_compute(volume, *others), 1)),
        )
    except (SyntaxError, ValueError, RecursionError):
        return ()
