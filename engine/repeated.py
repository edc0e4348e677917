"""What is asked or taken twice where it can make no difference: one of the two was likely meant to be another."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise

from spotter.engine.around import Around, same, steady
from spotter.engine.bound_names import Names
from spotter.engine.flaws import Flaw, Place, flaw_of_name

TWICE = Flaw("is asked a second time here")
LATE = Flaw("is asked before already, so that this branch is never taken")
EITHER = Flaw("is chosen either way", sure=False)
ITSELF = Flaw("is compared with itself")
AXIS = "is passed twice in a row"
AXES = {"x": "y", "w": "h", "width": "height", "row": "column", "lat": "lon"}
COMPARISONS = frozenset(("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"))
LEAF = ast.Attribute | ast.Name | ast.Constant


def repeated(node: ast.AST, around: Around, _: Names) -> Iterator[Place]:
    """The last name or literal of what stands there again."""
    match node:
        case ast.BoolOp(values=values) if not _is_choice(node, around):
            yield from (flaw_of_name(last_leaf(value), TWICE) for value in _again(values))
        case ast.If() if not _is_elif(node, around):
            yield from (flaw_of_name(last_leaf(test), LATE) for test in _again(list(_tests(node))))
        case ast.IfExp(test=test, body=body, orelse=other) if same(body, other) and steady(test):
            yield flaw_of_name(last_leaf(other), EITHER)
        case ast.Call(args=args):
            yield from _one_axis(args)
        case ast.Compare(left=left, ops=signs, comparators=others) if steady(node):
            for a, sign, b in zip([left, *others], signs, others, strict=False):
                if same(a, b) and (flaw := _itself(a, sign, around)) is not None:
                    yield flaw_of_name(first_leaf(b), flaw)


def _one_axis(args: Sequence[ast.expr]) -> Iterator[Place]:
    """The one of two neighbouring arguments that should have the other of two coordinates."""
    for one, other in pairwise(args):
        if isinstance(one, ast.Attribute) and isinstance(other, ast.Attribute) and same(one, other):
            if one.attr in AXES:
                yield flaw_of_name(other, Flaw(AXIS, ("replace", AXES[one.attr]), sure=False))
            elif one.attr in AXES.values():
                first = next(axis for axis in AXES if AXES[axis] == one.attr)
                yield flaw_of_name(one, Flaw(AXIS, ("replace", first), sure=False))


def last_leaf(node: ast.expr) -> ast.expr:
    """The name, attribute or literal that ends last."""
    return max(_leaves(node), key=lambda leaf: (leaf.end_lineno or 0, leaf.end_col_offset or 0), default=node)


def first_leaf(node: ast.expr) -> ast.expr:
    """The name, attribute or literal that ends first."""
    return min(_leaves(node), key=lambda leaf: (leaf.end_lineno or 0, leaf.end_col_offset or 0), default=node)


def _itself(node: ast.expr, sign: ast.cmpop, around: Around) -> Flaw | None:
    """What a comparison with itself says: much between two objects, something among conditions, where no number is one.

    An attribute that differs from itself is no number, and an item that equals itself may be none.
    """
    owner = node.value if isinstance(node, ast.Subscript) and isinstance(sign, ast.Eq) else node
    if not isinstance(owner, ast.Attribute):
        return None
    if around.function is not None and around.function.name in COMPARISONS:
        return ITSELF if isinstance(sign, ast.Eq) or around.function.name == "__ne__" else None
    return ITSELF._replace(sure=False) if isinstance(sign, ast.Eq) and isinstance(around.parent, ast.BoolOp) else None


def _leaves(node: ast.expr) -> list[ast.expr]:
    return [below for below in ast.walk(node) if isinstance(below, LEAF)]


def _again(nodes: Sequence[ast.expr]) -> Iterator[ast.expr]:
    """What stands there again, where nothing may have changed between."""
    seen: set[str] = set()
    for node in nodes if all(map(steady, nodes)) else ():
        text = ast.dump(node)
        if text in seen and not isinstance(node, ast.Constant):
            yield node
        seen.add(text)


def _is_choice(node: ast.BoolOp, around: Around) -> bool:
    """Whether it is the `a and a` of `a and a or b`, as one wrote before Python had conditional expressions."""
    return isinstance(node.op, ast.And) and isinstance(around.parent, ast.BoolOp)


def _is_elif(node: ast.If, around: Around) -> bool:
    return isinstance(around.parent, ast.If) and around.parent.orelse == [node]


def _tests(node: ast.If) -> Iterator[ast.expr]:
    """The conditions of a chain."""
    yield node.test
    while len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        node = node.orelse[0]
        yield node.test
