"""The flawed tokens of a file: unbound names, and where calls do not fit what they call."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from threading import Lock

from spotter.bindings import OPEN
from spotter.engine.flaws import Flaw, Place
from spotter.engine.misfits import misfits
from spotter.engine.unbound import unbound
from spotter.syntax import Syntax

SILENT = re.compile(r"(flake8|ruff): *noqa|pylint: *(skip-file|disable=.*\b(undefined-variable|E0602)\b)")  # of a file
# of a line whose author knows
KNOWN = re.compile(r"noqa|undefined|pylint: *disable|\b(type|pyright|ty|pyrefly): *ignore", re.IGNORECASE)
QUIET = Lock()  # filters of warnings are the whole process's


def flaws_of(syntax: Syntax) -> dict[int, Flaw]:
    """The flawed tokens of Python that parses; none where a comment says that its author knows."""
    if syntax.source.language != "python" or OPEN.search(syntax.source.text):
        return {}
    try:
        with QUIET, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(syntax.source.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found = _found(misfits, tree) + (_found(unbound, tree) if not syntax.source.cells else [])
    if not found or any(SILENT.search(comment.text) for comment in syntax.comments):
        return {}
    lines = re.split("\r\n?|\n", syntax.source.text)  # as Python counts them
    tokens = {(token.line, token.column): i for i, token in enumerate(syntax.tokens)}
    told = {comment.line for comment in syntax.comments if KNOWN.search(comment.text)}
    flaws: dict[int, Flaw] = {}
    for line, column, text, flaw, (first, last) in found:
        before = lines[line - 1].encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore")
        token = tokens.get((line, len(before) + 1))
        if token is not None and told.isdisjoint(range(first, last + 1)) and text in ("", syntax.tokens[token].text):
            flaws[token] = _with_comma(flaw, syntax.tokens[token - 1].text)
    return flaws


def _found(rule: Callable[[ast.Module], Iterator[Place]], tree: ast.Module) -> list[Place]:
    """The places that a rule finds; none in code that is nested deeper than Python goes."""
    try:
        return list(rule(tree))
    except RecursionError:
        return []


def _with_comma(flaw: Flaw, before: str) -> Flaw:
    """An argument that is to be inserted is parted from what stands before it."""
    if flaw.mend is None or flaw.mend[0] != "insert":
        return flaw
    parted = {"(": "", ",": " "}.get(before, ", ")
    return flaw._replace(mend=("insert", parted + flaw.mend[1]))
