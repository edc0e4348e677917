"""Size: the statements of a file, beside which everything else that a change adds is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spotter.metrics.outline import is_text, outline_of

if TYPE_CHECKING:
    from spotter.syntax import Syntax

_STATEMENTS = frozenset(
    {"statement", "if", "elif", "while", "for", "try", "except", "with", "match", "case", "assert", "return", "raise"}
    | {"leave", "delete", "import", "function", "class"}
)


def statements_of(syntax: Syntax) -> int:
    """The number of statements, docstrings and bare `pass` apart."""
    pending, count = [outline_of(syntax).root], 0
    while pending:
        node = pending.pop()
        count += node.role in _STATEMENTS and not is_text(node)
        pending.extend(node.children)
    return count
