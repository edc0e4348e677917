"""What a function makes itself, so that its type is known, and then uses as nothing of that type can be used."""

from __future__ import annotations

import ast
import difflib
import operator
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial

from spotter.bindings import FUNCTIONS, bound_by, called
from spotter.engine.around import Around
from spotter.engine.bound_names import Names
from spotter.engine.flaws import Flaw, Place, flaw_at, flaw_behind, flaw_of_name
from spotter.signatures import Function

Sign = tuple[str, Callable[..., object]]
# one value of each type that is told apart
SAMPLES: dict[type, object] = {
    bool: True, bytes: b"a", dict: {1: 1}, float: 1.0, frozenset: frozenset((1,)), int: 1, list: [1], set: {1},
    str: "a", tuple: (1,),
}  # fmt: skip
MADE: dict[type[ast.expr], type] = {
    ast.Dict: dict, ast.DictComp: dict, ast.JoinedStr: str, ast.List: list, ast.ListComp: list, ast.Set: set,
    ast.SetComp: set, ast.Tuple: tuple,
}  # fmt: skip
CALLED: dict[str, type] = {**{one.__name__: one for one in SAMPLES}, "len": int, "repr": str, "sorted": list}
MAKERS = {kind: frozenset(name for name, made in CALLED.items() if made is kind) for kind in SAMPLES}
NUMBERS = frozenset((bool, float, int))
SIGNS: dict[type[ast.AST], Sign] = {
    ast.Add: ("+", operator.add),
    ast.Div: ("/", operator.truediv),
    ast.Eq: ("==", operator.eq),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Mult: ("*", operator.mul),
    ast.NotEq: ("!=", operator.ne),
    ast.Sub: ("-", operator.sub),
}
# what Python 2 had, or later ones have
OTHER_VERSIONS = frozenset((
    "bit_count", "decode", "encode", "from_number", "has_key", "is_integer", "iteritems", "iterkeys", "itervalues",
    "next", "viewitems", "viewkeys", "viewvalues",
))  # fmt: skip
OTHERS = {"add": ("append",), "append": ("add",), "push": ("append", "add")}  # of which one may think instead
ASKING = frozenset(("hasattr", "isinstance"))  # what an author is not sure of
NEAR = 0.7  # of the letters, as difflib counts them
NUMBER = Flaw("is a number, which has no items")
MADE_NUMBER = Flaw("gives a number, which has no items")


def values(node: ast.AST, around: Around, names: Names) -> Iterator[Place]:
    """The place of what raises an exception, or compares what is never equal; none where an exception may be meant."""
    if around.guarded:
        return
    kind = partial(kind_of, function=around.function, names=names)
    match node:
        case ast.Attribute(value=value, attr=name) if name not in OTHER_VERSIONS and (made := kind(value)) is not None:
            if not hasattr(made, name) and name not in names.texts:
                yield flaw_of_name(node, _absent(made, name))
        case ast.Call(func=ast.Name() as func) if (made := kind(func)) is not None:
            yield flaw_at(func, Flaw(f"is {_one(made)} here, which cannot be called"))
        case ast.Call(func=func) if not isinstance(func, ast.Call) and (made := kind(func)) is not None:
            why = f"calls {_one(made)}, which is no function"
            yield flaw_behind(func, "(", Flaw(why, ("insert", "*" if made in (float, int) else ",")))
        case ast.BinOp(left, sign, right) | ast.Compare(left, [sign], [right]) if type(sign) in SIGNS:
            yield from _pair(left, SIGNS[type(sign)], right, kind)
        case ast.For(iter=those) | ast.comprehension(iter=those) if kind(those) in NUMBERS:
            yield flaw_at(those, MADE_NUMBER if isinstance(those, ast.Call) else NUMBER)
        case ast.Subscript(value=value) if kind(value) in NUMBERS:
            yield flaw_at(value, MADE_NUMBER if isinstance(value, ast.Call) else NUMBER)


@lru_cache(maxsize=64)
def types_of(function: Function) -> Mapping[str, type]:
    """The locals of a function to which nothing of another type is ever given, if builtins mean what they are."""
    nodes = [inner for part in function.body for inner in ast.walk(part)]
    found: dict[str, list[type | None]] = {}
    for inner in _own(function):
        match inner:
            case ast.Assign(targets=[ast.Name(name)], value=value):
                found.setdefault(name, []).append(type_of(value))
            case ast.AnnAssign(ast.Name(name), value=ast.expr() as value):
                found.setdefault(name, []).append(type_of(value))
    alike = {name: kinds for name, kinds in found.items() if kinds[0] is not None and len(set(kinds)) == 1}
    if not alike:
        return {}
    times = Counter(name for inner in (*nodes, *ast.walk(function.args)) for name in bound_by(inner))
    free = {name for inner in nodes if isinstance(inner, ast.Global | ast.Nonlocal) for name in inner.names}
    free.update(name for inner in nodes if called(inner) in ASKING for name in _first(inner))
    return {n: kind for n, (kind, *more) in alike.items() if kind and times[n] == 1 + len(more) and n not in free}


def _own(function: Function) -> Iterator[ast.AST]:
    """What a function runs itself: nothing below other functions and classes."""
    pending: list[ast.AST] = [*function.body]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            pending += ast.iter_child_nodes(node)


def _first(call: ast.AST) -> Iterator[str]:
    """The name that a call gets first."""
    if isinstance(call, ast.Call):
        yield from (one.id for one in call.args[:1] if isinstance(one, ast.Name))


def type_of(node: ast.expr) -> type | None:
    """The type of an expression, where it is plain."""
    match node:
        case ast.Constant(value):
            return type(value) if type(value) in SAMPLES else None
        case ast.BinOp(left=ast.Constant(str()), op=ast.Mod()):
            return str
        case ast.Call(func=ast.Name(name)):
            return CALLED.get(name)
        case ast.Call(func=ast.Attribute(ast.Constant(str()), "format" | "join")):
            return str
        case _:
            return MADE.get(type(node))


def kind_of(value: ast.expr, function: Function | None, names: Names) -> type | None:
    """The type of an expression in the body of a function, where the file leaves it and what makes it to Python."""
    if isinstance(value, ast.Name):
        kind = types_of(function).get(value.id) if function and _is_inside(value, function) else None
    else:
        kind = type_of(value)
    if kind is None or "*" in names.times or not MAKERS[kind].isdisjoint(names.times):
        return None
    return kind


def _is_inside(node: ast.expr, function: Function) -> bool:
    """Whether a node stands in the body of a function, not in its head."""
    first = function.body[0]
    return (node.lineno, node.col_offset) >= (first.lineno, first.col_offset)


def _one(kind: type) -> str:
    return f"{'an' if kind is int else 'a'} `{kind.__name__}`"


def _absent(kind: type, name: str) -> Flaw:
    known = [one for one in dir(kind) if "_" not in one and one not in name and name not in one]
    meant = [*(one for one in OTHERS.get(name, ()) if one in known), *difflib.get_close_matches(name, known, 1, NEAR)]
    return Flaw(f"is nothing that {_one(kind)} has", ("replace", meant[0]) if meant else None)


def _pair(left: ast.expr, sign: Sign, right: ast.expr, kind: Callable[[ast.expr], type | None]) -> Iterator[Place]:
    """The sign between two values that it cannot join, or of which it always says the same."""
    if (first := kind(left)) is None or (second := kind(right)) is None or {first, second} <= NUMBERS:
        return
    text, join = sign
    if {first, second} == {bytes, str} and isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
        return  # asks which Python it is
    where = f"stands between {_one(first)} and {_one(second)}"
    try:
        joined = join(SAMPLES[first], SAMPLES[second])
    except TypeError:
        yield flaw_behind(left, text, Flaw(f"{where}, which raises a TypeError"))
        return
    if text in ("==", "!=") and joined is (text == "!=") and not {first, second} <= {set, frozenset}:
        yield flaw_behind(left, text, Flaw(f"{where}, which are never equal"))
