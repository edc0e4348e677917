"""Guards that can be dropped, found in the plain syntax by Python's own parser, so that no metric judges itself.

A site is the one test of a method for an attribute of its class that `__init__` or the class makes None, where the
method uses that attribute behind the test and nowhere gives it a value, where at least MIN_OTHERS other methods test
it too, and where no method of the class, or of one below it in the file, uses it untested: there is a pattern to break.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from spotter.metrics.plant_sites import Site

MIN_OTHERS = 4

Method = ast.FunctionDef | ast.AsyncFunctionDef


def guards(tree: ast.Module) -> Iterator[Site]:
    """Tests without which an attribute is used that nearly all methods of its class test."""
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    for node in classes:
        yield from _guards_of_class(node, _below(node, classes))


def _below(node: ast.ClassDef, classes: list[ast.ClassDef]) -> list[ast.ClassDef]:
    """A class and those of its file that inherit from it by name."""
    family = [node]
    for parent in family:
        children = [c for c in classes if any(isinstance(b, ast.Name) and b.id == parent.name for b in c.bases)]
        family += [child for child in children if child not in family]
    return family


def _untested(family: list[ast.ClassDef]) -> set[str]:
    """The attributes that some method uses before it tests them, and gives no value."""
    methods = [item for node in family for item in node.body if isinstance(item, Method) and item.name != "__init__"]
    return {name for one in methods for name in _used_first(one) - _given(one)}


def _used_first(method: Method) -> set[str]:
    used, tested = _used(method.body), _first(_tested(method))
    return {name for name, line in used.items() if line < tested.get(name, line + 1)}


def _guards_of_class(node: ast.ClassDef, family: list[ast.ClassDef]) -> Iterator[Site]:
    methods = [item for item in node.body if isinstance(item, Method)]
    makers = (method for method in methods if method.name == "__init__")
    empty = {name for maker in (*makers, *node.body) for name in _made_none(maker)} - {""} - _untested(family)
    others = [method for method in methods if method.name != "__init__"]
    testers: dict[str, set[str]] = defaultdict(set)
    for method in others:
        for name in {name for name, _ in _tested(method)} & empty:
            testers[name].add(method.name)
    for method in others:
        tested = [name for name, _ in _tested(method)]
        for test, name, now in _droppable(method.body):
            if len(testers[name]) > MIN_OTHERS and tested.count(name) == 1 and name not in _written(method):
                end_line, end_column = test.end_lineno or test.lineno, test.end_col_offset or test.col_offset
                place = (test.lineno, test.col_offset, end_line, end_column)
                yield Site(*place, now, method.name)


def _droppable(body: list[ast.stmt]) -> Iterator[tuple[ast.expr, str, str]]:
    """Tests behind which an attribute is used: in their branch, or after a way out for those without a value."""
    for index, statement in enumerate(body):
        if isinstance(statement, ast.If) and not statement.orelse:
            name, present = _asked(statement.test)
            leaves = isinstance(statement.body[-1], ast.Return | ast.Raise)
            if name and present and name in _used(statement.body):
                yield statement.test, name, "True"
            elif name and not present and leaves and name in _used(body[index + 1 :]):
                yield statement.test, name, "False"
        for field in ("body", "orelse", "finalbody"):
            yield from _droppable(getattr(statement, field, []) if not isinstance(statement, Method) else [])


def _tested(method: Method) -> Iterator[tuple[str, int]]:
    """Every attribute that a method asks for, once for each time, with its line."""
    for node in ast.walk(method):
        tests = [node.test] if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert) else []
        for test in (*tests, *(node.values if isinstance(node, ast.BoolOp) else ())):
            name, _ = _asked(test)
            if name:
                yield name, test.lineno


def _asked(test: ast.expr) -> tuple[str, bool]:
    """The attribute that a test asks for, "" for none, and whether it comes out true for a value."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        name, present = _asked(test.operand)
        return name, not present
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and _is_none(test.comparators[0]):
        return _own(test.left), isinstance(test.ops[0], ast.IsNot | ast.NotEq)
    return _own(test), True


def _made_none(maker: ast.stmt) -> Iterator[str]:
    """The attributes that `__init__`, or a statement of a class itself, makes None."""
    if isinstance(maker, Method) and maker.name != "__init__":
        return
    for node in ast.walk(maker):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _is_none(node.value):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                yield target.id if isinstance(target, ast.Name) and node is maker else _own(target)


def _written(method: Method) -> set[str]:
    return {_own(n) for n in ast.walk(method) if isinstance(n, ast.Attribute) and not isinstance(n.ctx, ast.Load)}


def _given(method: Method) -> set[str]:
    """The attributes that a method gives a value, which None is not."""
    stores = Counter(_own(n) for n in ast.walk(method) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store))
    emptied = (n.targets for n in ast.walk(method) if isinstance(n, ast.Assign) and _is_none(n.value))
    stores.subtract(_own(target) for targets in emptied for target in targets)
    return {name for name, count in stores.items() if count > 0}


def _used(body: list[ast.stmt]) -> dict[str, int]:
    """The attributes below which something is read, or that are called, each with its first line."""
    below: list[ast.expr] = []
    for node in (inner for statement in body for inner in ast.walk(statement)):
        if isinstance(node, ast.Attribute | ast.Subscript):
            below.append(node.value)
        elif isinstance(node, ast.Call):
            below.append(node.func)
    return _first((_own(node), node.lineno) for node in below)


def _first(spots: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The first line of each name."""
    found: dict[str, int] = {}
    for name, line in spots:
        if name:
            found[name] = min(line, found.get(name, line))
    return found


def _own(node: ast.expr) -> str:
    """The name of an attribute of self, "" for anything else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return node.attr
    return ""


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
