"""What a Python class gives its objects, and what its methods take of them that it does not give."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from spotter.bindings import FUNCTIONS, OPEN, bound_by, called, last_names
from spotter.metrics.module_facts import Member, Members
from spotter.metrics.trees import At, Tree, below

# what gives objects attributes under names that do not stand there, or another class
LIVING = re.compile(r"\b__getattr\w*__\b|\b__dict__\b|\b__class__\b|\b__new__\b|\b(setattr|vars|locals|exec|delattr)\(")
PLAIN = frozenset(("dataclass", "total_ordering", "final"))  # decorators that take no names away and give none
OWN = frozenset(dir(object)) | {"__dict__", "__module__", "__weakref__", "__annotations__", "__slots__", "__name__"}


def given_of(tree: Tree) -> Iterator[str]:
    """The attributes that a file gives objects from outside."""
    for at in tree.nodes:
        match at.node:
            case ast.Attribute(value, name, ast.Store() | ast.Del()) if not _is_receiver(value, at):
                yield name
            case ast.Call(args=[_, ast.Constant(str(name)), *_]) if called(at.node) in ("setattr", "object"):
                yield name
            case _:
                pass


def members_of(tree: Tree, times: Mapping[str, int], text: str) -> Iterator[Members]:
    """The classes at the margin that a file binds once."""
    classes = [node for node in tree.tree.body if isinstance(node, ast.ClassDef) and times[node.name] == 1]
    inside: dict[ast.ClassDef | None, list[At]] = {node: [] for node in classes}
    for at in tree.nodes if classes else ():
        if at.owner in inside:
            inside[at.owner].append(at)
    is_open = bool(OPEN.search(text))
    lines = text.split("\n")
    for node in classes:
        own = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        marks = [mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list]
        odd = [f"{k.arg}=" for k in node.keywords if last_names([k.value]) != ["ABCMeta"]]
        plain = PLAIN.issuperset(last_names(marks)) and not odd
        names = {*_bound(node), *(name for at in inside[node] for name in _stored(at))}
        bases = [ast.unparse(base.value if isinstance(base, ast.Subscript) else base) for base in node.bases]
        is_living = is_open or not plain or bool(LIVING.search(own))
        taken = () if is_living else tuple(_taken(tree, inside[node], names))
        yield Members(
            node.name,
            node.lineno,
            (*bases, *odd, *(f"@{mark}" for mark in last_names(marks))),
            tuple(sorted(names)),
            is_living,
            taken,
        )


def _bound(node: ast.ClassDef) -> Iterator[str]:
    """The names that the statements of a class bind, or hold as text, such as slots."""
    pending: list[ast.AST] = [*node.body]
    while pending:
        one = pending.pop()
        yield from bound_by(one)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.isidentifier():
            yield one.value
        pending += () if isinstance(one, (*FUNCTIONS, ast.ClassDef, ast.Lambda)) else below(one)


def _stored(at: At) -> Iterator[str]:
    """The attributes that a method gives its object or its class, and those that it asks for by their text."""
    match at.node:
        case ast.Attribute(value, name, ast.Store()) if _is_receiver(value, at):
            yield name
        case ast.Call(args=[value, ast.Constant(str(name)), *_]) if _is_receiver(value, at):
            yield name
        case _:
            pass


def _taken(tree: Tree, inside: list[At], names: set[str]) -> Iterator[Member]:
    """The first place of each attribute that methods take of their object and that its class does not give it."""
    seen = names | OWN
    for at in inside:
        match at.node:
            case ast.Attribute(ast.Name("self") as value, name, ast.Load()) if name not in seen and _is_receiver(
                value, at
            ):
                if "attribute" not in at.silent and not tree.is_known(at.node):
                    seen.add(name)
                    yield Member(name, at.function, tree.named(at.node))
            case _:
                pass


def _is_receiver(value: ast.expr, at: At) -> bool:
    """Whether a name is the first parameter of the method around it, and of no function in between."""
    if not isinstance(value, ast.Name) or at.owner is None or not at.around:
        return False
    method, *inner = at.around
    if not isinstance(method, FUNCTIONS) or method not in at.owner.body:
        return False
    first = [argument.arg for argument in _parameters(method)][:1]
    own = first == [value.id] and "staticmethod" not in last_names(method.decorator_list)
    return own and not any(argument.arg == value.id for one in inner for argument in _parameters(one))


def _parameters(function: ast.AST) -> list[ast.arg]:
    """The parameters of a function, those that may be passed by their place first."""
    assert isinstance(function, (*FUNCTIONS, ast.Lambda))
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
