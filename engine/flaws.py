"""Flaws: what is wrong with a token of Python, whatever else is known.

It raises an exception whenever it is reached, or cannot do what it says.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

from spotter.findings import Edit


class Flaw(NamedTuple):
    """What is wrong, as a clause of which the token is the subject, and the edit that mends it where one is plain.

    One that is not sure is what an author may mean.
    """

    why: str
    mend: tuple[Edit, str] | None = None
    sure: bool = True

    @property
    def degree(self) -> float:
        """How much it says, from 0 to 1."""
        return 1.0 if self.sure else LIKELY


LIKELY = 0.5  # of a flaw that is sure; by the dev suite's part for choosing
UNBOUND = Flaw("is not bound here")


class Place(NamedTuple):
    """Where a flaw is: its line from 1, its column from 0 in bytes of UTF-8, and what stands there, "" for anything.

    Where it is known only what it comes `after`, the token is the first one from there on in which that stands.
    """

    line: int
    column: int
    text: str
    flaw: Flaw
    after: bool = False


def flaw_at(node: ast.expr | ast.stmt, flaw: Flaw) -> Place:
    """A flaw of the first token of a node."""
    return Place(node.lineno, node.col_offset, "", flaw)


def flaw_behind(node: ast.expr | ast.stmt, text: str, flaw: Flaw) -> Place:
    """A flaw of the first token behind a node in which the text stands."""
    end = node.end_lineno or node.lineno
    return Place(end, node.end_col_offset or 0, text, flaw, after=True)


def flaw_of_name(node: ast.expr, flaw: Flaw) -> Place:
    """A flaw of the last token of a path of names, or of a literal."""
    if not isinstance(node, ast.Attribute):
        return flaw_at(node, flaw)
    end, column = node.end_lineno or node.lineno, node.end_col_offset or 0
    return Place(end, column - len(node.attr.encode()), node.attr, flaw)
