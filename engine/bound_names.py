"""What a file of Python says of the names in it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from spotter.bindings import FUNCTIONS, bound_in, last_names
from spotter.signatures import Function


class Names(NamedTuple):
    """What a file binds once: its classes, its functions, whole modules; and how often it gives something to each name.

    With all modules that it imports, the attributes that it gives to anything, its texts that may be paths of names,
    its lines, and what pyflakes says of templates, by where they begin.
    """

    classes: Mapping[str, ast.ClassDef]
    functions: Mapping[str, Function]
    modules: Mapping[str, str]
    times: Mapping[str, int]
    imported: frozenset[str]
    given: frozenset[str]
    texts: frozenset[str]
    lines: Sequence[str]
    unfit: Mapping[tuple[int, int], str]

    def before(self, node: ast.expr) -> str:
        """The sign that stands before a node, "" where a line begins with it."""
        line = self.lines[node.lineno - 1].encode("utf-8", "surrogatepass")
        return line[: node.col_offset].decode("utf-8", "ignore").rstrip()[-1:]

    def bases(self, owner: ast.ClassDef) -> Iterator[str]:
        """The names of all classes above one, as far as they are of this file or named there; "" for one without."""
        pending, seen = [owner], {owner.name}
        while pending:
            bases = pending.pop().bases
            for name in last_names(base.value if isinstance(base, ast.Subscript) else base for base in bases):
                if name not in seen:
                    seen.add(name)
                    yield name
                    pending += [self.classes[name]] if name in self.classes else []

    def inside(self, lineage: Iterable[str]) -> list[ast.stmt]:
        """What stands in those classes of a lineage that are of this file."""
        return [part for name in lineage if name in self.classes for part in self.classes[name].body]

    def lineage(self, name: str) -> list[str]:
        """A class of this file and all above it; empty for what is none."""
        return [name, *self.bases(self.classes[name])] if name in self.classes else []


def names_of(tree: ast.Module, lines: Sequence[str], unfit: Mapping[tuple[int, int], str]) -> Names:
    """What a module binds."""
    nodes = list(ast.walk(tree))
    times = Counter(bound_in(nodes))
    once = [node for node in tree.body if getattr(node, "name", "") and times[getattr(node, "name", "")] == 1]
    classes = {node.name: node for node in once if isinstance(node, ast.ClassDef)}
    functions = {node.name: node for node in once if isinstance(node, FUNCTIONS)}
    bound = Counter(_modules(nodes))
    modules = {name: module for (name, module), count in bound.items() if times[name] == count and not times["*"]}
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    given = {node.attr for node in nodes if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)}
    named = frozenset(text for text in texts if text.replace(".", "_").isidentifier())
    return Names(classes, functions, modules, times, frozenset(imported), frozenset(given), named, lines, unfit)


def _modules(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """The names that are given whole modules, each time with the module."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name if alias.asname else alias.name.split(".")[0]
                yield alias.asname or module, module
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)
