"""What Python code binds, and which exceptions it expects, by its tree: for what has to know either for sure."""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterable, Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# what may bind any name of a module, or give every module one
OPEN = re.compile(
    r"\bglobals\s*\(|\bexec(file)?\s*\(|\b(vars|locals)\s*\(\s*\)\s*[.\[]|\bmodules\[__name__\]|\b(__builtins?__|builtins)\b"
    r"|\bglobal_enum\b|\b_convert_\b|\brun_(line|cell)_magic\b|\bMAGIC +%run\b"
)
FAILING = frozenset(("expectedFailure", "xfail"))  # decorators of tests that are to fail
EXPECT = frozenset(("raises", "assertRaises", "assertRaisesRegex", "suppress"))  # what is called about exceptions


def called(node: ast.AST) -> str:
    """The last name of what a call calls, "" for all else."""
    return getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""


def last_names(nodes: Iterable[ast.AST]) -> list[str]:
    """The last names of paths, "" for all else."""
    return [getattr(node, "attr", getattr(node, "id", "")) for node in nodes]


def bound_by(node: ast.AST) -> Iterator[str]:
    """The names that a node itself gives something to; "*" for those of a whole module."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
            yield name
        case ast.alias(name=name, asname=other):
            yield (other or name).split(".")[0]
        case ast.ExceptHandler(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case _:
            pass


def bound_in(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Every name that nodes of a tree give something to, and attributes too.

    "*" stands for all names of another module, "__class__" for the attributes of a class that is changed later, and
    "__dict__" for those of an object.
    """
    for node in nodes:
        match node:
            case ast.Attribute(attr="__init__" | "__new__" | "__class__", ctx=ast.Store()):
                yield "__class__"
            case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Call(args=[_, ast.Constant(str(name)), _]) if called(node) in ("setattr", "__setattr__"):
                yield name
            case ast.Call(args=[_, _, _]) if called(node) in ("setattr", "__setattr__"):
                yield "__class__"
            case ast.Attribute(attr="__dict__"):
                yield "__dict__"
            case _:
                yield from bound_by(node)


def expects(node: ast.AST, errors: Container[str]) -> bool:
    """Whether an exception of these names below a node may be meant, and is caught."""
    if isinstance(node, ast.Try | ast.TryStar):
        return any(handler.type is None or _catches(handler.type, errors) for handler in node.handlers)
    if isinstance(node, ast.Call):
        return called(node) in EXPECT
    if isinstance(node, ast.With | ast.AsyncWith):
        return any(expects(item.context_expr, errors) for item in node.items)
    marks = node.decorator_list if isinstance(node, FUNCTIONS) else []
    return any(name in errors or name in FAILING for mark in marks for name in last_names(ast.walk(mark)))


def _catches(kind: ast.expr, errors: Container[str]) -> bool:
    """Whether what a handler names may be one of the errors: one of them, a base of it, or a name of others."""
    names = last_names(ast.walk(kind))
    return any(name in errors or (name and not name.endswith(("Error", "Interrupt", "Exit"))) for name in names)
