"""Every node of a tree of Python with what stands around it, and what its file says of the names in it."""

from __future__ import annotations

import ast
import builtins
import sys
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import NamedTuple

from spotter.bindings import FUNCTIONS, bound_in, expects, last_names
from spotter.signatures import Function

TYPES = {name: one for name, one in vars(builtins).items() if isinstance(one, type)}
EXCEPTIONS = frozenset(name for name, one in TYPES.items() if issubclass(one, Exception))
QUESTIONS = frozenset(("isinstance", "issubclass", "hasattr", "callable", "len", "any", "all", "type", "bool"))
ANSWERS = frozenset(("get", "strip", "lower", "upper", "startswith", "endswith", "isdigit"))  # methods that only ask
CHANGES = (ast.Call, ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom, ast.Lambda)


class Around(NamedTuple):
    """What a node stands in.

    The class whose own method it is of, and that method; whether it awaits; whether an exception there may be meant;
    and whether of the node only its truth is asked.
    """

    parent: ast.AST | None = None
    owner: ast.ClassDef | None = None
    function: Function | None = None
    guarded: bool = False
    tested: bool = False


class Names(NamedTuple):
    """What a file binds once: its classes, its functions, whole modules; and how often it gives something to each name.

    With all modules that it imports, the attributes that it gives to anything, and its texts that may be names.
    """

    classes: Mapping[str, ast.ClassDef]
    functions: Mapping[str, Function]
    modules: Mapping[str, str]
    times: Mapping[str, int]
    imported: frozenset[str]
    given: frozenset[str]
    texts: frozenset[str]

    def bases(self, owner: ast.ClassDef) -> Iterator[str]:
        """The names of all classes above one, as far as they are of this file or named there; "" for one without."""
        pending, seen = [owner], {owner.name}
        while pending:
            bases = pending.pop().bases
            for name in last_names(base.value if isinstance(base, ast.Subscript) else base for base in bases):
                if name not in seen:
                    seen.add(name)
                    yield name
                    pending += [self.classes[name]] if name in self.classes else []


def names_of(tree: ast.Module) -> Names:
    """What a module binds."""
    nodes = list(ast.walk(tree))
    times = Counter(bound_in(nodes))
    once = [node for node in tree.body if getattr(node, "name", "") and times[getattr(node, "name", "")] == 1]
    classes = {node.name: node for node in once if isinstance(node, ast.ClassDef)}
    functions = {node.name: node for node in once if isinstance(node, FUNCTIONS)}
    bound = Counter(_modules(nodes))
    modules = {name: module for (name, module), count in bound.items() if times[name] == count}
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    given = {node.attr for node in nodes if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)}
    named = frozenset(text for text in texts if text.isidentifier())
    return Names(classes, functions, modules, times, frozenset(imported), frozenset(given), named)


def _modules(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """The names that are given whole modules, each time with the module."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name if alias.asname else alias.name.split(".")[0]
                yield alias.asname or module, module
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


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
            pending += [(child, inner._replace(tested=True) if child in tested else inner) for child in children]


def _within(node: ast.AST, outer: Around) -> Around:
    """What stands around the children of a node."""
    if isinstance(node, FUNCTIONS):
        return Around(node, outer.owner, node, guarded=expects(node, EXCEPTIONS))
    if isinstance(node, ast.ClassDef):
        return Around(node, node, None, guarded=outer.guarded)
    return Around(node, outer.owner, outer.function, guarded=outer.guarded or expects(node, EXCEPTIONS))


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
