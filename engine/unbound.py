"""Names that nothing in their file binds, so that whoever reaches them gets a NameError: as pyflakes finds them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from spotter.engine.misfits import FUNCTIONS, Place

UNBOUND = "is bound nowhere in this file"
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

    None where a file has many of them, or of a name that stands there again and again, or that the file deletes, as
    what uses it may run before.
    """
    from pyflakes.checker import Checker
    from pyflakes.messages import UndefinedName

    said = Checker(tree, path, builtins=(*GIVEN, *GIVEN_BEFORE)).messages
    missing = [one for one in said if isinstance(one, UndefinedName)]
    if not missing:
        return
    left_out = {place for node in ast.walk(tree) for place in _annotated(node)}
    found = [one for one in missing if (one.lineno, one.col) not in left_out]
    times = Counter(one.message_args[0] for one in found)
    deletes = (node for node in ast.walk(tree) if isinstance(node, ast.Delete))
    deleted = {target.id for node in deletes for target in node.targets if isinstance(target, ast.Name)}
    for one in found if len(times) <= MOST else ():
        (name, *_) = one.message_args
        if times[name] <= TWICE and name not in deleted:
            yield one.lineno, one.col, name, UNBOUND


def _annotated(node: ast.AST) -> Iterator[tuple[int, int]]:
    """The places of all that stands in the annotations of a node."""
    annotations = (getattr(node, "annotation", None), node.returns if isinstance(node, FUNCTIONS) else None)
    for annotation in annotations:
        for below in ast.walk(annotation) if annotation is not None else ():
            if isinstance(below, ast.expr):
                yield below.lineno, below.col_offset
