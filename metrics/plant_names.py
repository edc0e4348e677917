"""Where names can be planted that nothing has, as code written from memory has them: one letter more, or one less.

A reference is a name that a module imports from the package it lies in, or a keyword of a call of what it so imports;
an attribute is what a method takes of its object.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from spotter.metrics.plant_sites import Site


def references(trees: Mapping[str, ast.Module]) -> Iterator[tuple[str, Site]]:
    """Imported names and keywords, by path."""
    own = {path.split("/")[0] for path in trees}
    for path, tree in trees.items():
        taken: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").split(".")[0] in own):
                for alias in node.names:
                    if alias.name != "*":
                        taken.add(alias.asname or alias.name)
                        text = f"{other(alias.name)} as {alias.asname or alias.name}"
                        end = alias.end_col_offset or alias.col_offset
                        yield (
                            path,
                            Site(alias.lineno, alias.col_offset, alias.end_lineno or alias.lineno, end, text, ""),
                        )
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in taken:
                for keyword in node.keywords:
                    if keyword.arg is not None:
                        end = keyword.col_offset + len(keyword.arg.encode())
                        place = (keyword.lineno, keyword.col_offset, keyword.lineno, end)
                        yield path, Site(*place, other(keyword.arg), "")


def attributes(trees: Mapping[str, ast.Module]) -> Iterator[tuple[str, Site]]:
    """What methods of classes at the margin take of `self`, by path."""
    for path, tree in trees.items():
        for owner in tree.body:
            for method in owner.body if isinstance(owner, ast.ClassDef) else ():
                for node in ast.walk(method) if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) else ():
                    match node:
                        case ast.Attribute(ast.Name("self"), name, ast.Load()) if node.end_col_offset:
                            line, end = node.end_lineno or node.lineno, node.end_col_offset
                            yield path, Site(line, end - len(name.encode()), line, end, other(name), "")
                        case _:
                            pass


def other(name: str) -> str:
    """The name that is planted."""
    return name[:-1] if name.endswith("s") and len(name) > 1 else f"{name}s"
