"""Values that nothing reads: what was to read them likely reads another one."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator, Sequence

from spotter.bindings import FUNCTIONS, called, last_names
from spotter.engine.around import Around
from spotter.engine.bound_names import Names
from spotter.engine.flaws import Flaw, Place, flaw_at
from spotter.signatures import Function, parameters

COUNTED = frozenset(("range", "xrange", "count", "repeat"))  # what is gone through for its length
OVERWRITTEN = Flaw("is given something else before it is read", sure=False)
BLOCKS = ("body", "orelse", "finalbody")
MADE = ast.Call | ast.BinOp | ast.Subscript | ast.Attribute  # values that are no mere beginnings
NEAR = 20  # statements within which a value is read
RECEIVERS = frozenset(("self", "cls"))


def unread(node: ast.AST, around: Around, names: Names) -> Iterator[Place]:
    """Where a loop never reads its item, an attribute gets another parameter than its own, or a local is overwritten.

    Not in a test, which may want no more than that something can be made.
    """
    function = node if isinstance(node, FUNCTIONS) else around.function
    if function is None or function.name.startswith("test"):
        return
    if isinstance(node, ast.For):
        yield from _unused(node)
    elif node is function:
        yield from _kept(function)
    for field in BLOCKS:
        block = getattr(node, field, None)
        if isinstance(block, list):
            yield from _overwritten(block, function, names)


def _unused(loop: ast.For) -> Iterator[Place]:
    """The first name of what a loop goes through in its body, if it reads no item."""
    if not isinstance(loop.target, ast.Name) or loop.target.id.startswith("_") or _is_counted(loop.iter):
        return
    item, loads = loop.target.id, [name for one in loop.body for name in _loads(one)]
    own = {name.id for name in _loads(loop.iter)} - RECEIVERS
    whole = [name for name in loads if name.id in own]
    if whole and all(name.id != item for name in loads) and not any(map(_picks, loop.body)):
        why = f"is used in a loop over it, of which no `{item}` is used"
        yield flaw_at(whole[0], Flaw(why, ("replace", item), sure=False))


def _kept(function: Function) -> Iterator[Place]:
    """What is given to an attribute of the name of a parameter that nothing reads."""
    read = {name.id for one in function.body for name in _loads(one)}
    unread = {*parameters(function)} - read
    for node in ast.walk(function) if unread else ():
        match node:
            case ast.Assign(targets=[ast.Attribute(ast.Name("self"), name)], value=ast.Name() as value):
                if (own := name.lstrip("_")) in unread and value.id in parameters(function):
                    why = f"is given to `{name}`, and the parameter `{own}` to nothing"
                    yield flaw_at(value, Flaw(why, ("replace", own), sure=False))


def _overwritten(block: Sequence[ast.stmt], function: Function, names: Names) -> Iterator[Place]:
    """What the second of two statements reads again, or else what it overwrites."""
    made = [i for i, one in enumerate(block) if isinstance(one, ast.Assign) and isinstance(one.value, MADE)]
    loads = [{name.id for name in _loads(one)} for one in block] if made else []
    pairs = [(block[i], second) for i in made if (second := _next_store(block, loads, i)) is not None]
    captured = {*_captured(function)} if pairs else set()
    for first, second in pairs:
        name = _only_name(first)
        if name in captured:
            continue
        calls = (one.func for one in ast.walk(second) if isinstance(one, ast.Call))
        read = {one.id for one in _loads(first)} - RECEIVERS - {*last_names(calls)} - names.modules.keys()
        again = [one for one in _loads(second.value) if one.id in read]
        if again:
            yield flaw_at(again[-1], Flaw(f"is read again here, and `{name}` never", ("replace", name), sure=False))
        else:
            yield flaw_at(second.targets[0], OVERWRITTEN)


def _only_name(node: ast.stmt) -> str:
    """The local that an assignment gives something, and nothing else; "" for all else."""
    match node:
        case ast.Assign(targets=[ast.Name(name)]) if not name.startswith("_"):
            return name
        case _:
            return ""


def _next_store(block: Sequence[ast.stmt], loads: Sequence[Container[str]], start: int) -> ast.Assign | None:
    """What gives the same name something else, where nothing before it reads the name or may go another way."""
    if not (name := _only_name(block[start])):
        return None
    for one, read in zip(block[start + 1 : start + NEAR], loads[start + 1 : start + NEAR], strict=True):
        if not isinstance(one, ast.Assign | ast.Expr) or name in read:
            return None
        if isinstance(one, ast.Assign) and _only_name(one) == name:
            return one
    return None


def _captured(function: Function) -> Iterator[str]:
    """The names that a function within, or one outside, may read at any time."""
    for node in ast.walk(function):
        if isinstance(node, ast.Global | ast.Nonlocal):
            yield from node.names
        elif node is not function and isinstance(node, (*FUNCTIONS, ast.Lambda)):
            yield from (below.id for below in _loads(node))


def _picks(node: ast.stmt) -> bool:
    """Whether something is picked by its number, as a loop that counts for itself does."""
    picked = (below.slice for below in ast.walk(node) if isinstance(below, ast.Subscript))
    return any(not isinstance(index, ast.Constant) for index in picked)


def _is_counted(those: ast.expr) -> bool:
    return called(those) in COUNTED


def _loads(node: ast.AST) -> list[ast.Name]:
    """The names that are read below a node, in order."""
    found = [below for below in ast.walk(node) if isinstance(below, ast.Name) and isinstance(below.ctx, ast.Load)]
    return sorted(found, key=lambda name: (name.lineno, name.col_offset))
