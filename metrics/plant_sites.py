"""Where a deviant can be planted, found in the plain syntax by Python's own parser, so that no metric judges itself.

A co-update is the one statement of a method that writes an attribute that all methods which write another one write
too, in the same block or around it; a rename is a name in the later of two statements that are copies but for that
name; a type is that of a constant which an attribute is given in many methods.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

MIN_KEEPERS = 4
MIN_NAMES = 4
MIN_NODES = 25

Method = ast.FunctionDef | ast.AsyncFunctionDef
_COLLECTIONS = frozenset({"list", "dict", "set", "tuple"})
_PUTS = frozenset({"append", "add", "insert", "extend", "update", "pop", "remove", "discard"})


@dataclass(frozen=True, slots=True)
class Site:
    """A piece of source (lines from 1, columns in bytes from 0), what is planted in its place, and its function."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    function: str


def co_updates(tree: ast.Module) -> Iterator[Site]:
    """Statements whose loss leaves two attributes apart that the methods of a class write together."""
    for cls in _classes(tree):
        written = {method.name: list(_spots(method)) for method in _methods(cls) if method.name != "__init__"}
        by_update: dict[tuple[str, str], set[str]] = defaultdict(set)
        for method_name, spots in written.items():
            for spot in spots:
                by_update[spot.name, spot.form].add(method_name)
        for (name, form), keepers in sorted(by_update.items()):
            if len(keepers) < MIN_KEEPERS:
                continue
            due = [_due(written[keeper], name, form) for keeper in sorted(keepers)]
            for other in sorted(set.intersection(*map(set, due))):
                for keeper, statements in zip(sorted(keepers), due, strict=True):
                    if sum(spot.name == other for spot in written[keeper]) == 1:
                        yield site_of(statements[other], "pass", keeper)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A statement that writes an attribute, the form of the write, and the blocks around it."""

    name: str
    form: str
    statement: ast.stmt
    blocks: tuple[int, ...]


def _spots(node: ast.AST, blocks: tuple[int, ...] = ()) -> Iterator[_Spot]:
    for field, value in ast.iter_fields(node):
        if field not in ("body", "orelse", "finalbody", "handlers", "cases") or not isinstance(value, list):
            continue
        inside = blocks if field in ("handlers", "cases") else (*blocks, id(value))
        for statement in value:
            if isinstance(statement, ast.stmt):
                for name, form in _writes(statement):
                    yield _Spot(name, form, statement, inside)
            yield from _spots(statement, inside)


def _due(spots: list[_Spot], name: str, form: str) -> dict[str, ast.stmt]:
    """What else is written wherever an update is made, by another statement of the same block or of one around it."""
    updates = [spot for spot in spots if (spot.name, spot.form) == (name, form)]
    return {
        spot.name: spot.statement
        for spot in spots
        if spot.name != name
        and any(update.blocks[: len(spot.blocks)] == spot.blocks for update in updates)
        and all(update.statement is not spot.statement for update in updates)
    }


def renames(tree: ast.Module) -> Iterator[Site]:
    """Names in the later of two neighbouring statements that are one but for a name."""
    for function in ast.walk(tree):
        body = getattr(function, "body", None)
        if not isinstance(body, list):
            continue
        for one, two in pairwise(body):
            first, second = list(ast.walk(one)), list(ast.walk(two))
            if len(first) < MIN_NODES or [type(n) for n in first] != [type(n) for n in second]:
                continue
            pairs = [
                (a.id, b.id, b)
                for a, b in zip(first, second, strict=True)
                if isinstance(a, ast.Name) and isinstance(b, ast.Name)
            ]
            changed = Counter((a, b) for a, b, _ in pairs if a != b)
            for (old, new), count in changed.items():
                if count >= MIN_NAMES and not any(a == old and b != new for a, b, _ in pairs):
                    yield from (site_of(node, old, "") for _, name, node in pairs if name == new)


def types(tree: ast.Module) -> Iterator[Site]:
    """Constants that an attribute is given in many methods, each of one type, made one of another type."""
    for cls in _classes(tree):
        given: dict[str, list[tuple[str, ast.Constant]]] = defaultdict(list)
        for method in _methods(cls):
            for node in ast.walk(method):
                if (
                    isinstance(node, ast.Assign)
                    and isinstance(node.value, ast.Constant)
                    and node.value.value is not None
                ):
                    for target in node.targets:
                        if (name := _own(target)) is not None:
                            given[name].append((method.name, node.value))
        for spots in given.values():
            kinds = {type(node.value) for _, node in spots}
            if len({name for name, _ in spots}) >= MIN_KEEPERS and len(kinds) == 1:
                for name, node in spots:
                    yield site_of(node, "0" if isinstance(node.value, str | bytes) else '"0"', name)


SITES: dict[str, Callable[[ast.Module], Iterator[Site]]] = {
    "SP212": types,
    "SP242": co_updates,
    "SP252": renames,
}


def planted(text: str, site: Site) -> str:
    """The source with the deviant in place."""
    lines = text.encode().splitlines(keepends=True)
    head = b"".join(lines[: site.line - 1]) + lines[site.line - 1][: site.column]
    tail = lines[site.end_line - 1][site.end_column :] + b"".join(lines[site.end_line :])
    return (head + site.text.encode() + tail).decode()


def _classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def _methods(cls: ast.ClassDef) -> Iterator[Method]:
    return (node for node in cls.body if isinstance(node, Method))


def _own(node: ast.AST) -> str | None:
    plain = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    return node.attr if plain and isinstance(node, ast.Attribute) else None


def _writes(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The attributes of self that a statement writes, each with the form of the write."""
    if isinstance(node, ast.Assign):
        empty = _is_empty(node.value)
        for target in node.targets:
            if (name := _own(target)) is not None and not empty:
                yield name, "set"
            elif isinstance(target, ast.Subscript) and (name := _own(target.value)) is not None:
                yield name, "put"
    elif isinstance(node, ast.AugAssign) and (name := _own(node.target)) is not None:
        yield name, "change"
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        name = _own(node.value.func.value)
        if name is not None and node.value.func.attr in _PUTS:
            yield name, node.value.func.attr


def _is_empty(value: ast.expr) -> bool:
    """Whether a value is one that an attribute is reset to: None, false, zero, the empty text or collection."""
    if isinstance(value, ast.Constant):
        return not value.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in _COLLECTIONS and not value.args and not value.keywords
    if isinstance(value, ast.Dict):
        return not value.keys
    return isinstance(value, ast.List | ast.Tuple | ast.Set) and not value.elts


def site_of(node: ast.stmt | ast.expr, text: str, function: str) -> Site:
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
    return Site(node.lineno, node.col_offset, end_line, end_column, text, function)
