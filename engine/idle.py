"""Statements that do nothing: what they find out or make is dropped."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from spotter.bindings import bound_in, called
from spotter.engine.around import EXCEPTIONS, Around
from spotter.engine.bound_names import Names
from spotter.engine.flaws import Flaw, Place, flaw_at, flaw_behind
from spotter.engine.library_calls import called_name
from spotter.engine.misused import STRIPS
from spotter.signatures import Function

ASSIGN = Flaw("compares, and nothing is done with the answer", ("replace", "="))
COMPARE = Flaw("compares, and nothing is done with the answer")
RAISE = Flaw("makes an exception that is not raised", ("insert", "raise"))
AWAIT = Flaw("calls a coroutine that is not awaited", ("insert", "await"))
NAMED = Flaw("is named, and nothing is done with it", sure=False)
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
COROUTINES = frozenset(f"asyncio.{name}" for name in ("open_connection", "sleep", "to_thread", "wait", "wait_for"))
MAKERS = frozenset(("__init__", "__new__"))
TIMED = re.compile(r"(time|timeit|bench|benchmark|track|peakmem)(_|$)")
CLAIMS = frozenset(("expect", "Assert", "that"))
HARDWARE = frozenset(("cocotb", "magma", "myhdl", "amaranth", "migen"))


def idle(node: ast.AST, around: Around, names: Names) -> Iterator[Place]:
    """The place of what is dropped; none where an exception may be meant, or where hardware is described."""
    if not isinstance(node, ast.Expr) or around.guarded or not HARDWARE.isdisjoint(names.imported):
        return
    match node.value:
        case ast.Compare(left=left, ops=[op]) if type(op) in SIGNS and not _is_timed(around) and not _is_claim(left):
            assigns = isinstance(op, ast.Eq) and isinstance(left, TARGET) and left.col_offset == node.col_offset
            yield flaw_behind(left, SIGNS[type(op)], ASSIGN if assigns else COMPARE)
        case ast.Call(func=path) if (name := called_name(path, names)) in COROUTINES:
            if name not in names.texts and name.rpartition(".")[2] not in names.given:
                yield from _unawaited(node, around)
        case ast.Call(func=ast.Name(name)) if _is_exception(name, names):
            yield flaw_at(node, RAISE)
        case ast.Call(func=ast.Name(name)) if _is_coroutine([names.functions.get(name)]):
            yield from _unawaited(node, around)
        case ast.Call(func=ast.Attribute(ast.Name("self"), name)) if names.times.get(name) == 1:
            own = around.owner.body if around.owner is not None else []
            if _is_coroutine([one for one in own if getattr(one, "name", "") == name]):
                yield from _unawaited(node, around)
        case ast.BinOp(left=ast.Constant(str()), op=ast.Mod()):
            yield flaw_at(node, FILLED)
        case ast.Name(name) if (function := around.function) is not None and not function.name.startswith("test"):
            if name in bound_in(ast.walk(function)) and name not in _given(function):  # else it may be there to be seen
                yield flaw_at(node, NAMED)
        case ast.Call(func=ast.Attribute(value=value, attr=method), args=args, keywords=[]):
            if (flaw := _made(method, args, value, names)) is not None:
                yield flaw_at(node, flaw)


def _given(function: Function) -> Iterator[str]:
    """The names of all parameters of a function, which may be there to be asked for."""
    yield from (one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg))


def _is_timed(around: Around) -> bool:
    """Whether a function does something for the time that it takes."""
    return around.function is not None and TIMED.match(around.function.name) is not None


def _is_claim(node: ast.expr) -> bool:
    """Whether what is compared says itself what is to come of it."""
    return called(node) in CLAIMS


def _unawaited(node: ast.Expr, around: Around) -> Iterator[Place]:
    """A call that is not awaited; none where an object goes, which can wait for nothing."""
    if isinstance(around.function, ast.AsyncFunctionDef):
        yield flaw_at(node, AWAIT)
    elif around.function is not None and around.function.name != "__del__":
        yield flaw_at(node, AWAIT._replace(mend=None))


def _is_exception(name: str, names: Names) -> bool:
    """Whether a name is an exception of Python, or a class of the file that is one and does nothing when it is made."""
    if name in EXCEPTIONS:
        return not names.times.get(name)
    lineage = names.lineage(name)
    makes = any(getattr(part, "name", "") in MAKERS for part in names.inside(lineage))
    return not makes and any(one in EXCEPTIONS for one in lineage)


def _is_coroutine(functions: Sequence[ast.AST | None]) -> bool:
    """Whether this is one function, that nothing decorates, and whose call is to be awaited."""
    match functions:
        case [ast.AsyncFunctionDef(decorator_list=[]) as function]:
            return not any(isinstance(below, ast.Yield) for below in ast.walk(function))
        case _:
            return False


def _made(method: str, args: Sequence[ast.expr], value: ast.expr, names: Names) -> Flaw | None:
    """What a method makes out of a text, by its name and what it is given."""
    texts = [isinstance(argument, ast.Constant) and isinstance(argument.value, str) for argument in args]
    if isinstance(value, ast.Constant):
        return FILLED if isinstance(value.value, str) and method == "format" else None
    if not isinstance(value, TARGET) or names.times.get(method) or _is_other(value, names):
        return None
    if (method in STRIPS and len(args) == 1 and all(texts)) or (method == "replace" and len(args) == 2 and any(texts)):
        return FILLED._replace(mend=("insert", f"{ast.unparse(value)} ="), sure=all(texts))
    return None


def _is_other(value: ast.expr, names: Names) -> bool:
    """Whether a name is no text: a module, or the object of a method."""
    return isinstance(value, ast.Name) and (value.id in names.modules or value.id in ("self", "cls"))
