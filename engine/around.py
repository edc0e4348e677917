"""Every node of a tree of Python with what stands around it, and what may be asked of it."""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Container, Iterator
from typing import NamedTuple

from spotter.bindings import FUNCTIONS, called, expects
from spotter.signatures import Function

TYPES = {name: one for name, one in vars(builtins).items() if isinstance(one, type)}
EXCEPTIONS = frozenset(name for name, one in TYPES.items() if issubclass(one, Exception))
QUESTIONS = frozenset(("isinstance", "issubclass", "hasattr", "callable", "len", "type", "bool"))
ANSWERS = frozenset(("strip", "lower", "upper", "startswith", "endswith", "isdigit"))  # methods that only ask
EXPECTS = re.compile(r"raises|warn|deprecated|assert|produces", re.IGNORECASE)  # what a block is about
CHANGES = (ast.Call, ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom, ast.Lambda)


class Around(NamedTuple):
    """What a node stands in.

    The class around it, and the function; whether an exception there may be meant; and whether of the node only its
    truth is asked.
    """

    parent: ast.AST | None = None
    owner: ast.ClassDef | None = None
    function: Function | None = None
    guarded: bool = False
    tested: bool = False


def around(tree: ast.Module) -> Iterator[tuple[ast.AST, Around]]:
    """Every node, but for those in f-strings before Python 3.12, which have no place there that can be trusted."""
    pending: list[tuple[ast.AST, Around]] = [(tree, Around())]
    while pending:
        node, outer = pending.pop()
        if isinstance(node, ast.JoinedStr) and sys.version_info < (3, 12):
            continue
        yield node, outer
        children = [child for child in ast.iter_child_nodes(node) if child._fields]
        if children:
            tested, inner = _tested(node, outer), _within(node, outer)
            tried = node.body if isinstance(node, ast.Try | ast.TryStar) and node.handlers else ()
            for child in children:
                guarded = inner.guarded or child in tried
                pending.append((child, inner._replace(tested=child in tested, guarded=guarded)))


def _within(node: ast.AST, outer: Around) -> Around:
    """What stands around the children of a node; of those that are tried the caller knows."""
    if isinstance(node, FUNCTIONS):
        return Around(node, outer.owner, node, guarded=expects(node, EXCEPTIONS))
    if isinstance(node, ast.ClassDef):
        return Around(node, node, None, guarded=outer.guarded)
    if isinstance(node, ast.With | ast.AsyncWith):
        said = any(EXPECTS.search(called(item.context_expr)) for item in node.items)
        return Around(node, outer.owner, outer.function, guarded=outer.guarded or said or expects(node, EXCEPTIONS))
    meant = isinstance(node, ast.Call) and expects(node, EXCEPTIONS)
    return Around(node, outer.owner, outer.function, guarded=outer.guarded or meant)


def _tested(node: ast.AST, outer: Around) -> Container[ast.AST]:
    """The children of which only their truth is asked."""
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
            return (test,)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return (operand,)
        case ast.comprehension(ifs=tests):
            return tests
        case ast.BoolOp(values=values) if outer.tested:
            return values
        case _:
            return ()


def same(one: ast.AST, other: ast.AST) -> bool:
    """Whether two nodes are written alike."""
    return type(one) is type(other) and ast.dump(one) == ast.dump(other)


def steady(node: ast.AST) -> bool:
    """Whether to evaluate a node changes nothing, as far as its names tell."""
    return all(not isinstance(below, CHANGES) or _asks(below) for below in ast.walk(node))


def _asks(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(name)):
            return name in QUESTIONS
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in ANSWERS
        case _:
            return False
