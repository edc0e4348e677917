"""Conditions that can be dropped, found in the plain syntax by Python's own parser, so that no metric judges itself.

A site is a part of an `and` or an `or` that all functions of a package which ask the other part ask with it, at least
MIN_KEEPERS of them: there is a pattern to break. What compares with None or asks for a type, and a value that only
makes sure that another can be asked, is none: narrowing is another rule's business. Nor is the default of a value.
"""

from __future__ import annotations

import ast
import copy
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import permutations

from spotter.metrics.plant_sites import Site, site_of

MIN_KEEPERS = 4
MOST_PARTS = 6
HOLE = "_"
_DENIED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.NotEq: ast.Eq, ast.IsNot: ast.Is, ast.NotIn: ast.In}
_NAMING = re.compile(r"[A-Za-z]\w+")
_TYPES = re.compile(r"\b(None|isinstance|issubclass|hasattr|callable|type)\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef
Part = tuple[bool, str]


@dataclass
class _Asked:
    """Who asks a part at all, and who asks two parts together: the chains, and where the second part is in them."""

    alone: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    together: dict[tuple[Part, Part], dict[tuple[str, str], list[tuple[ast.BoolOp, int]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )


def conjuncts(trees: Mapping[str, ast.Module]) -> Iterator[tuple[str, Site]]:
    """Parts of conditions without which another part stands alone in one function of a package, each with its path."""
    asked = _Asked()
    for path, tree in trees.items():
        for name, function in _functions(tree, ""):
            _ask(asked, (path, name), function)
    for (kept, dropped), functions in asked.together.items():
        if len(functions) >= MIN_KEEPERS and asked.alone[kept[1]] == set(functions) and _pattern(kept, dropped):
            for (path, name), chains in functions.items():
                if len(chains) == 1:
                    chain, index = chains[0]
                    rest = [value for place, value in enumerate(chain.values) if place != index]
                    left = rest[0] if len(rest) == 1 else ast.BoolOp(chain.op, rest)
                    yield path, site_of(chain, f"({ast.unparse(left)})", name.rpartition(".")[2])


def _ask(asked: _Asked, where: tuple[str, str], function: Function) -> None:
    names = _Holes(_locals(function))
    owner = f"{where[0]}:{where[1].rpartition('.')[0]}:"
    for condition in _conditions(function):
        denied = isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.Or)
        values = condition.values if isinstance(condition, ast.BoolOp) else [condition]
        parts = [names.part(value, denied, owner) for value in values]
        for _, text in parts:
            asked.alone[text].add(where)
        if isinstance(condition, ast.BoolOp) and len(parts) <= MOST_PARTS:
            for (one, kept), (two, dropped) in permutations(enumerate(parts), 2):
                if one != two:
                    asked.together[kept, dropped][where].append((condition, two))


def _pattern(kept: Part, dropped: Part) -> bool:
    """Whether a part names something of its own, and the other one is no mere guard of it."""
    one, two = (text.rpartition(":")[2].replace("self", HOLE) for _, text in (kept, dropped))
    names = all(_NAMING.search(text) for text in (one, two))
    return names and not _TYPES.search(f"{one} {two}") and not re.match(rf"{re.escape(two)}[.\[(]", one) and one != two


def _functions(node: ast.AST, around: str) -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        name = f"{around}.{child.name}" if isinstance(child, Function | ast.ClassDef) else around
        if isinstance(child, Function):
            yield name, child
        yield from _functions(child, name)


def _inside(function: Function) -> Iterator[ast.AST]:
    """Every node of a function, without those of functions and classes inside it."""
    pending = list(ast.iter_child_nodes(function))
    while pending:
        node = pending.pop()
        if not isinstance(node, Function | ast.ClassDef):
            yield node
            pending.extend(ast.iter_child_nodes(node))


def _conditions(function: Function) -> Iterator[ast.expr]:
    """Every condition of a function that decides something, with the chains inside it, and every `and`."""
    found: dict[int, ast.expr] = {}
    for node in _inside(function):
        tests = [node.test] if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert) else []
        tests += node.ifs if isinstance(node, ast.comprehension) else []
        tests += [node] if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And) else []
        for test in tests:
            found[id(test)] = test
            found.update((id(inner), inner) for inner in ast.walk(test) if isinstance(inner, ast.BoolOp))
    yield from found.values()


def _locals(function: Function) -> set[str]:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    stored = (node for node in _inside(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    return {argument.arg for argument in every if argument} | {node.id for node in stored} - {"self"}


class _Holes(ast.NodeTransformer):
    """Conditions with the locals of their function as holes."""

    def __init__(self, names: set[str]) -> None:
        self._names = names - {"self"}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """A local becomes a hole."""
        return ast.Name(HOLE if node.id in self._names else node.id, ast.Load())

    def part(self, value: ast.expr, denied: bool, owner: str) -> Part:
        """A part without its denials, and whether it is denied; one about `self` is its class's own."""
        while isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not):
            value, denied = value.operand, not denied
        held = self.visit(copy.deepcopy(value))
        if isinstance(held, ast.Compare) and len(held.ops) == 1 and type(held.ops[0]) in _DENIED:
            held.ops, denied = [_DENIED[type(held.ops[0])]()], not denied
        text = ast.unparse(held)
        return denied, (owner if re.search(r"\bself\b", text) else "") + text
