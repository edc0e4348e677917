"""Conditions whose answer is known before they are asked."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from spotter.bindings import FUNCTIONS
from spotter.engine.around import Around, Names, same, steady
from spotter.engine.flaws import Flaw, Place, flaw_at, flaw_behind

TRUE = Flaw("is a text, which is always true")
NUMBER = Flaw("is a number other than 0, which is always true")
TUPLE = Flaw("begins a tuple that is not empty, which is always true")
ANY = Flaw("joins conditions one of which is always true", ("replace", "and"))
NONE = Flaw("joins conditions that are never true together", ("replace", "or"))
IDENTICAL = Flaw("asks whether something is the same object as a literal", ("replace", "=="))
DIFFERENT = Flaw("asks whether something is the same object as a literal")
UNCALLED = Flaw("follows a method that is not called", ("insert", "()"))
KINDS = ("isalnum", "isalpha", "isdecimal", "isdigit", "islower", "isnumeric", "isspace", "isupper")
TELLS = frozenset((*KINDS, "startswith", "endswith"))  # methods of texts
CASES = frozenset(("lower", "upper"))
DISPLAYS = ast.Tuple | ast.List | ast.Set | ast.Dict


def foregone(node: ast.AST, around: Around, names: Names) -> Iterator[Place]:
    """Where such a condition is so."""
    match node:
        case ast.Constant(str(text)) if text and _beside(around):
            yield flaw_at(node, TRUE)
        case ast.Constant(int(number)) if number not in (0, 1) and _beside(around):
            yield flaw_at(node, NUMBER)
        case ast.Tuple(elts=[_, *_]) if around.tested:
            yield Place(node.lineno, node.col_offset, "(", TUPLE, (node.lineno, node.end_lineno or node.lineno))
        case ast.BoolOp(op=op, values=[first, *_]) if len(_alternatives(node)) == len(node.values):
            yield flaw_behind(first, "or" if isinstance(op, ast.Or) else "and", ANY if isinstance(op, ast.Or) else NONE)
        case ast.Compare(left=left, ops=ops, comparators=others):
            for a, sign, b in zip([left, *others], ops, others, strict=False):
                if isinstance(sign, ast.Is | ast.IsNot) and (_literal(a) or _literal(b)):
                    yield flaw_behind(a, "is", IDENTICAL if isinstance(sign, ast.Is) else DIFFERENT)
            if isinstance(left, ast.Attribute) and left.attr in CASES and all(map(_texts, others)):
                yield flaw_behind(left, "", UNCALLED)
        case ast.Attribute() if around.tested and _is_method(node, around, names):
            yield flaw_behind(node, "", UNCALLED)


def _beside(around: Around) -> bool:
    """Whether a literal stands among conditions."""
    return around.tested and isinstance(around.parent, ast.BoolOp)


def _alternatives(node: ast.BoolOp) -> set[object]:
    """The literals that one value is compared with, all of them: none is it in an `or`, each in an `and`."""
    wanted = ast.NotEq if isinstance(node.op, ast.Or) else ast.Eq
    found: set[object] = set()
    left = getattr(node.values[0], "left", None)
    for value in node.values:
        match value:
            case ast.Compare(left=one, ops=[op], comparators=[ast.Constant() as literal]):
                exact = not isinstance(literal.value, float)  # what is no number is compared so
                if exact and isinstance(op, wanted) and left is not None and same(one, left) and steady(one):
                    found.add(literal.value)
    return found


def _literal(node: ast.expr) -> bool:
    """Whether an expression makes an object that nothing else has."""
    match node:
        case ast.Constant(value):
            return isinstance(value, str | bytes | int | float) and not isinstance(value, bool)
        case _:
            return isinstance(node, DISPLAYS)


def _texts(node: ast.expr) -> bool:
    """Whether a literal is a text, or some."""
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return bool(parts) and all(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in parts)


def _is_method(node: ast.Attribute, around: Around, names: Names) -> bool:
    """Whether an attribute is a method of texts, or a plain one of this class, and nothing else in the file."""
    if node.attr in TELLS:
        return not names.times.get(node.attr)
    if around.owner is None or not isinstance(node.value, ast.Name) or node.value.id != "self":
        return False
    own = [one for one in around.owner.body if isinstance(one, FUNCTIONS) and one.name == node.attr]
    return names.times.get(node.attr) == 1 and any(not one.decorator_list for one in own)
