"""Statements that do nothing: what they find out or make is dropped."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from spotter.bindings import called
from spotter.engine.around import EXCEPTIONS, Around, Names
from spotter.engine.flaws import Flaw, Place, flaw_at, flaw_behind

ASSIGN = Flaw("compares, and nothing is done with the answer", ("replace", "="))
COMPARE = Flaw("compares, and nothing is done with the answer")
RAISE = Flaw("makes an exception that is not raised", ("insert", "raise"))
AWAIT = Flaw("calls a coroutine that is not awaited", ("insert", "await"))
FILLED = Flaw("makes a text, and nothing is done with it")
SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.In: "in",
}
TARGET = ast.Name | ast.Attribute | ast.Subscript
STRIPS = frozenset(("strip", "lstrip", "rstrip"))


def idle(node: ast.AST, around: Around, names: Names) -> Iterator[Place]:
    """The place of what is dropped; none where an exception may be meant."""
    if not isinstance(node, ast.Expr) or around.guarded:
        return
    match node.value:
        case ast.Compare(left=left, ops=[op]) if type(op) in SIGNS:
            assigns = isinstance(op, ast.Eq) and isinstance(left, TARGET)
            yield flaw_behind(left, SIGNS[type(op)], ASSIGN if assigns else COMPARE)
        case ast.Call(func=ast.Name(name)) if _is_exception(name, names):
            yield flaw_at(node, RAISE)
        case ast.Call(func=ast.Name(name)) if isinstance(names.functions.get(name), ast.AsyncFunctionDef):
            yield from _unawaited(node, around)
        case ast.Call(func=ast.Attribute(ast.Name("self"), name)) if _is_coroutine(name, around, names):
            yield from _unawaited(node, around)
        case ast.BinOp(left=ast.Constant(str()), op=ast.Mod()):
            yield flaw_at(node, FILLED)
        case ast.Call(func=ast.Attribute(value=value), args=args, keywords=[]) as call:
            if _only_makes(called(call), args, value):
                yield flaw_at(node, _given_back(value))


def _unawaited(node: ast.Expr, around: Around) -> Iterator[Place]:
    """A call that is not awaited; none where an object goes, which can wait for nothing."""
    if isinstance(around.function, ast.AsyncFunctionDef):
        yield flaw_at(node, AWAIT)
    elif around.function is not None and around.function.name != "__del__":
        yield flaw_at(node, AWAIT._replace(mend=None))


def _is_exception(name: str, names: Names) -> bool:
    """Whether a name is an exception of Python, or a class of the file that is made of one."""
    if name in EXCEPTIONS:
        return not names.times.get(name)
    return name in names.classes and any(base in EXCEPTIONS for base in names.bases(names.classes[name]))


def _is_coroutine(name: str, around: Around, names: Names) -> bool:
    own = around.owner.body if around.owner is not None else []
    methods = [one for one in own if isinstance(one, ast.AsyncFunctionDef) and one.name == name]
    return len(methods) == 1 and not methods[0].decorator_list and names.times.get(name) == 1


def _only_makes(method: str, args: list[ast.expr], value: ast.expr) -> bool:
    """Whether a method makes a text out of another one, by its name and what it is given."""
    texts = [isinstance(argument, ast.Constant) and isinstance(argument.value, str) for argument in args]
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str) and method == "format"
    if method in STRIPS:
        return len(args) == sum(texts) == 1 and isinstance(value, TARGET)
    return method == "replace" and len(args) == 2 and any(texts) and isinstance(value, TARGET)


def _given_back(value: ast.expr) -> Flaw:
    if isinstance(value, TARGET):
        return FILLED._replace(mend=("insert", f"{ast.unparse(value)} ="))
    return FILLED
