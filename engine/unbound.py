"""Names that nothing in their file binds, so that whoever reaches them gets a NameError: as pyflakes finds them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from spotter.engine.flaws import FUNCTIONS, UNBOUND, Place

SCOPES = (*FUNCTIONS, ast.Lambda, ast.ClassDef, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
MOST = 3  # names: where more are missing, something puts them there
TWICE = 2  # times that one may stand: what is used again and again is put there
# What a program around the file gives it: gettext, IPython, Databricks; and what Python 2 knew.
GIVEN = ("_", "ngettext", "get_ipython", "display", "dbutils", "spark", "reveal_type", "reveal_locals")
GIVEN_BEFORE = (
    *("apply", "basestring", "buffer", "cmp", "coerce", "execfile", "file", "intern", "long", "raw_input", "reduce"),
    *("reload", "unichr", "unicode", "xrange"),
)


def unbound(tree: ast.Module, path: str) -> Iterator[Place]:
    """The places of such names in Python, but for annotations, which nothing evaluates.

    None where a file has many of them, or of a name that stands there again and again; nor where it may be bound for as
    long as it is used: of what the file deletes, of a global that a function sets, of an exception while it is handled,
    of a local that a loop may have set before.
    """
    from pyflakes.checker import Checker
    from pyflakes.messages import UndefinedName

    said = Checker(tree, path, builtins=(*GIVEN, *GIVEN_BEFORE)).messages
    missing = [one for one in said if isinstance(one, UndefinedName)]
    if not missing:
        return
    left_out = {place for node in ast.walk(tree) for place in _excused(node)}
    found = [one for one in missing if (one.lineno, one.col) not in left_out]
    times = Counter(one.message_args[0] for one in found)
    passing = {name for node in ast.walk(tree) for name in _passing(node)}
    for one in found if len(times) <= MOST else ():
        (name, *_) = one.message_args
        if times[name] <= TWICE and name not in passing:
            yield Place(one.lineno, one.col, name, UNBOUND, (one.lineno, one.lineno))


def _passing(node: ast.AST) -> Iterator[str]:
    """The names that a statement deletes, or sets from inside of a function."""
    if isinstance(node, ast.Global):
        yield from node.names
    elif isinstance(node, ast.Delete):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _excused(node: ast.AST) -> Iterator[tuple[int, int]]:
    """Where a handler names its exception, a function what it gives a value itself, and all that annotates."""
    if isinstance(node, (ast.ExceptHandler, *FUNCTIONS)):
        names = {node.name} if isinstance(node, ast.ExceptHandler) else set(_given(node))
        for below in ast.walk(node):
            if isinstance(below, ast.Name) and below.id in names:
                yield below.lineno, below.col_offset
    annotations = (getattr(node, "annotation", None), getattr(node, "returns", None))
    for annotation in filter(None, annotations):
        for below in ast.walk(annotation):
            if isinstance(below, ast.expr):
                yield below.lineno, below.col_offset


def _given(function: ast.AST) -> Iterator[str]:
    """The names to which a function gives values outside of what is a scope of its own."""
    pending = list(ast.iter_child_nodes(function))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        if not isinstance(node, SCOPES):
            pending += ast.iter_child_nodes(node)
