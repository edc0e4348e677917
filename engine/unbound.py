"""Names that nothing in their file binds, so that whoever reaches them gets a NameError: as pyflakes finds them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from spotter.bindings import EXPECT, FUNCTIONS, bound_by, called
from spotter.engine.flaws import UNBOUND, Place

if TYPE_CHECKING:
    from pyflakes.messages import Message

SCOPES = (*FUNCTIONS, ast.Lambda, ast.ClassDef, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
MOST = 3  # names: where more are missing, something puts them there
TWICE = 2  # times that one may stand: what is used again and again is put there
# What a program around the file gives it: gettext, IPython, Databricks, a profiler; what Python 2 knew, or 3.13 knows.
GIVEN = (
    *("_", "gettext", "ngettext", "pgettext", "npgettext", "get_ipython", "_ip", "display", "displayHTML", "dbutils"),
    *("spark", "sc", "sqlContext", "snakemake", "profile", "reveal_type", "reveal_locals", "ptr8", "ptr16", "ptr32"),
    *("apply", "basestring", "buffer", "cmp", "coerce", "execfile", "file", "intern", "long", "raw_input", "reduce"),
    *("reload", "unichr", "unicode", "xrange", "StandardError", "PythonFinalizationError", "frozendict"),
)

At = tuple[int, int]  # a line and a column


def unbound(tree: ast.Module, messages: Sequence[Message]) -> Iterator[Place]:
    """The places of such names in Python's functions, but for annotations, which nothing evaluates.

    What stands outside of functions has run whenever a file was imported, so that something gives it its names. None
    where a file has many of them, or of a name that stands there again and again; nor where it may be bound for as long
    as it is used: of what the file deletes, of a global that a function sets, of an exception while it is handled, of a
    local that a loop may have set before.
    """
    missing = [one for one in messages if type(one).__name__ == "UndefinedName"]
    if not missing:
        return
    nodes = list(ast.walk(tree))
    inside = {place for node in nodes if isinstance(node, FUNCTIONS) for place in _places(node.body)}
    told = inside.difference(place for node in nodes for place in _excused(node))
    found = [one for one in missing if (one.lineno, one.col) in told]
    times = Counter(one.message_args[0] for one in found)
    passing = {name for node in nodes for name in _passing(node)}
    for one in found if len(times) <= MOST else ():
        (name, *_) = one.message_args
        if times[name] <= TWICE and name not in passing and not (name.startswith("__") and name.endswith("__")):
            yield Place(one.lineno, one.col, name, UNBOUND)


def _passing(node: ast.AST) -> Iterator[str]:
    """The names that a statement deletes, sets from inside of a function, or asks for by their text."""
    if isinstance(node, ast.Global):
        yield from node.names
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del):
        yield node.id
    elif isinstance(node, ast.Compare) or called(node) in ("hasattr", "getattr"):
        texts = (below.value for below in ast.iter_child_nodes(node) if isinstance(below, ast.Constant))
        yield from (text for text in texts if isinstance(text, str))


def _excused(node: ast.AST) -> Iterator[At]:
    """Where names stand that are bound there, or need not be.

    A handler's exception, what a function gives a value itself, all that annotates, and where a NameError is expected.
    """
    if isinstance(node, ast.ExceptHandler) and node.name:
        yield from _places(node.body, {node.name})
    elif isinstance(node, FUNCTIONS):
        yield from _places(node.body, set(_own(node)))
    elif any("NameError" in ast.dump(part) for part in _about_exceptions(node)):
        yield from _places([node])
    annotations = (getattr(node, "annotation", None), getattr(node, "returns", None))
    yield from _places([annotation for annotation in annotations if annotation is not None])


def _about_exceptions(node: ast.AST) -> Sequence[ast.AST]:
    """What tells which exceptions are expected below a node."""
    match node:
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return items
        case ast.Try(handlers=handlers) | ast.TryStar(handlers=handlers):
            return [handler.type for handler in handlers if handler.type is not None]
        case _:
            return [node] if called(node) in EXPECT else ()


def _places(nodes: Iterable[ast.AST], names: Container[str] | None = None) -> Iterator[At]:
    """Where names stand, all or some."""
    for node in nodes:
        for below in ast.walk(node):
            if isinstance(below, ast.Name) and (names is None or below.id in names):
                yield below.lineno, below.col_offset


def _own(function: ast.AST) -> Iterator[str]:
    """The names to which a function gives something, outside of what is a scope of its own."""
    pending = list(ast.iter_child_nodes(function))
    while pending:
        node = pending.pop()
        if not isinstance(node, ast.ExceptHandler):
            yield from bound_by(node)
        if not isinstance(node, SCOPES):
            pending += ast.iter_child_nodes(node)
