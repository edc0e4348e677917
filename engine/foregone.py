"""Conditions whose answer is known before they are asked."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from spotter.bindings import FUNCTIONS, last_names
from spotter.engine.around import Around, same, steady
from spotter.engine.bound_names import Names
from spotter.engine.flaws import Flaw, Place, flaw_at, flaw_behind, flaw_of_name

TRUE = Flaw("is a text, which is always true")
NUMBER = Flaw("is a number other than 0, which is always true")
TUPLE = Flaw("begins a tuple that is not empty, which is always true")
ANY = Flaw("joins conditions one of which is always true", ("replace", "and"))
NONE = Flaw("joins conditions that are never true together", ("replace", "or"))
IDENTICAL = Flaw("asks whether something is the same object as a literal", ("replace", "=="))
DIFFERENT = Flaw("asks whether something is the same object as a literal")
UNCALLED = Flaw("is a method that is not called, and so always true")
KINDS = ("isalnum", "isalpha", "isdecimal", "isdigit", "islower", "isnumeric", "isspace", "isupper")
TELLS = frozenset((*KINDS, "startswith", "endswith"))  # methods of texts
CASES = frozenset(("lower", "upper"))
DISPLAYS = ast.Tuple | ast.List | ast.Set | ast.Dict


def foregone(node: ast.AST, around: Around, names: Names) -> Iterator[Place]:
    """Where such a condition is so."""
    match node:
        case ast.Constant(str(text)) if text and _beside(around) and not _says(node, around):
            yield flaw_at(node, TRUE)
        case ast.Constant(int(number)) if number not in (0, 1) and _beside(around):
            yield flaw_at(node, NUMBER)
        case ast.Tuple(elts=parts) if around.tested and not all(isinstance(one, ast.Starred) for one in parts):
            yield Place(node.lineno, node.col_offset, "(", TUPLE)
        case ast.BoolOp(op=op, values=[first, *_]) if len(_alternatives(node)) == len(node.values):
            yield flaw_behind(first, "or" if isinstance(op, ast.Or) else "and", ANY if isinstance(op, ast.Or) else NONE)
        case ast.Compare(left=left, ops=ops, comparators=others):
            for a, sign, b in zip([left, *others], ops, others, strict=False):
                if isinstance(sign, ast.Is | ast.IsNot) and (_literal(a) or _literal(b)):
                    yield flaw_behind(a, "is", IDENTICAL if isinstance(sign, ast.Is) else DIFFERENT)
            if isinstance(left, ast.Attribute) and left.attr in CASES and all(map(_texts, others)):
                yield from _uncalled(left, around, names)
        case ast.Attribute() if around.tested:
            yield from _uncalled(node, around, names)


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


def _says(node: ast.AST, around: Around) -> bool:
    """Whether a text ends conditions that must all be true, as one writes what fails."""
    return (
        isinstance(around.parent, ast.BoolOp)
        and isinstance(around.parent.op, ast.And)
        and around.parent.values[-1] is node
    )


def _uncalled(node: ast.Attribute, around: Around, names: Names) -> Iterator[Place]:
    """A method of texts, or a plain one of this class, and nothing else in the file, that nobody calls around it."""
    if node.attr in TELLS | CASES:
        known = not names.times.get(node.attr) and "argparse" not in names.imported
    else:
        known = (
            last_names([node.value]) == ["self"] and names.times.get(node.attr) == 1 and _is_plain(node.attr, around)
        )
    if known and not _is_called(node.attr, around):
        yield flaw_of_name(node, UNCALLED._replace(mend=("replace", f"{node.attr}()")))


def _is_plain(name: str, around: Around) -> bool:
    own = around.owner.body if around.owner is not None else []
    return any(isinstance(one, FUNCTIONS) and one.name == name and not one.decorator_list for one in own)


def _is_called(name: str, around: Around) -> bool:
    """Whether a function also calls what it asks for, as one does with what may be missing."""
    below = ast.walk(around.function) if around.function is not None else ()
    calls = (one.func for one in below if isinstance(one, ast.Call))
    return any(isinstance(one, ast.Attribute) and one.attr == name for one in calls)
