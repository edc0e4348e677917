"""What a Python class gives its objects, and what its methods take of them that it does not give."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain

from spotter.bindings import FUNCTIONS, OPEN, bound_by, called, last_names
from spotter.metrics.module_facts import Member, Members, Offered
from spotter.metrics.trees import At, Tree, below, taken
from spotter.signatures import parameters, signature_of

# what gives objects attributes under names that do not stand there, or another class
LIVING = re.compile(
    r"\b__(get|set|del)attr\w*__\b|\b__(dict|new|set_name)__\b|\b__class__\s*=(?!=)"
    r"|\b(setattr|vars|locals|exec|delattr|store_attr)\s*\(|\bextra\W{1,5}([\w.]*Extra\.)?allow\b"
    r"|\bmodel_config\s*(:[^=\n]*)?=\s*(?!(\w*ConfigDict|dict)\(|\{)|\bclass Config\(|\bConfig\s*="
)
LIBRARY = frozenset(("dataclasses", "functools", "typing", "typing_extensions"))
# decorators of theirs that take no names away and give none
PLAIN = frozenset((
    "dataclass", "dataclasses.dataclass", "total_ordering", "functools.total_ordering", "final", "typing.final",
))  # fmt: skip
# decorators of methods whose object is that of the class
METHODS = frozenset(
    (
        *("property", "cached_property", "setter", "getter", "deleter", "abstractmethod", "override"),
        *("contextmanager", "asynccontextmanager", "cache", "lru_cache"),
    )
)
ASKING = frozenset(("isinstance", "issubclass", "super", "cast", "TypeVar"))  # what changes no class that it is given
# what does nothing to an object that it is given
HARMLESS = ASKING.union(
    ("len", "id", "repr", "str", "hash", "type", "iter", "next", "bool", "print", "hasattr", "getattr")
)
MARKS = {"": 1, "staticmethod": 0, "classmethod": 1}  # decorators, and how many parameters are given with them
SAYING = frozenset(("abstractmethod", "final", "override"))  # those that leave a method as it is
PRIVATE = re.compile(r"__.*__|_[A-Za-z0-9]+__\w+|_abc_impl|_is_protocol|_is_runtime_protocol")


def given_of(tree: Tree) -> Iterator[str]:
    """The attributes that a file gives objects from outside, and functions that are made to be methods.

    `Name()` is a class that is passed on, to which others may do anything, and `*` what gives any object any name.
    """
    for at in tree.nodes:
        node = at.node
        match node:
            case ast.Attribute(value, "__dict__") if not is_receiver(value, at):
                yield "*"
            case ast.Attribute(value, name, ast.Store() | ast.Del()) if not is_receiver(value, at):
                yield name
            case ast.FunctionDef(name=name) if at.owner is None and [p.arg for p in node.args.args[:1]] == ["self"]:
                yield name
            case ast.Call():
                yield from _asked(node)
                yield from _passed(node, at)
            case _:
                pass


def _asked(call: ast.Call) -> Iterator[str]:
    """The attribute that somebody asks for by its name, and so is not sure of."""
    match call:
        case ast.Call(args=[_, ast.Constant(str(name)), *_]) if called(call) in ("hasattr", "getattr"):
            yield name
        case _:
            pass


def _passed(call: ast.Call, at: At) -> Iterator[str]:
    name = called(call)
    if name in ("setattr", "__setattr__", "object") and len(call.args) > 1:
        constant = next((one.value for one in call.args[:2] if isinstance(one, ast.Constant)), None)
        if isinstance(constant, str):
            yield constant
        elif name != "object" and not is_receiver(call.args[0], at):
            yield "*"
    elif name == "vars" or any(keyword.arg == "namespace" for keyword in call.keywords):
        yield "*"
    passed = [*call.args, *(keyword.value for keyword in call.keywords)] if name not in ASKING else []
    for one in passed:
        if isinstance(one, ast.Tuple | ast.List):
            passed += one.elts
        elif isinstance(one, ast.Name | ast.Attribute) and last_names([one])[0].lstrip("_")[:1].isupper():
            yield f"{last_names([one])[0]}()"


def members_of(tree: Tree, times: Mapping[str, int], text: str) -> Iterator[Members]:
    """The classes at the margin that a file binds once."""
    classes = [node for node in tree.tree.body if isinstance(node, ast.ClassDef) and times[node.name] == 1]
    if not classes:
        return
    inside: dict[ast.ClassDef | None, list[At]] = {node: [] for node in classes}
    for at in tree.nodes:
        if at.owner in inside:
            inside[at.owner].append(at)
    is_open = bool(OPEN.search(text))
    imports = (at.node for at in tree.nodes if isinstance(at.node, ast.ImportFrom))
    others = {name for node in imports if node.module not in LIBRARY for name, _ in taken(node)}
    lines = text.split("\n")
    for node in classes:
        own = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        marks = [mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list]
        odd = [f"{k.arg}=" for k in node.keywords if last_names([k.value]) != ["ABCMeta"]]
        plain = PLAIN.issuperset(map(ast.unparse, marks)) and others.isdisjoint(last_names(marks)) and not odd
        given = Counter(chain(_bound(node), *map(_stored, inside[node])))
        names = {*given, *tree.texts.get(node, ())}
        bases = [ast.unparse(base.value if isinstance(base, ast.Subscript) else base) for base in node.bases]
        is_living = is_open or not plain or bool(LIVING.search(own)) or any(map(_hands_on, inside[node]))
        missing = () if is_living else tuple(_taken(tree, inside[node], names))
        kept = (*bases, *odd, *(f"@{mark}" for mark in last_names(marks)))
        methods = () if is_living else tuple(_methods(node, given))
        yield Members(node.name, node.lineno, kept, tuple(sorted(names)), is_living, missing, methods)


def _methods(node: ast.ClassDef, times: Mapping[str, int]) -> Iterator[Offered]:
    """What the methods of a class take that are there once, and that nothing may have made other functions of."""
    for method in node.body:
        if isinstance(method, FUNCTIONS) and times[method.name] == 1:
            marks = {mark.id if isinstance(mark, ast.Name) else "?" for mark in method.decorator_list} - SAYING
            given = MARKS.get("".join(marks)) if len(marks) < 2 else None
            if given is not None and len(parameters(method)) >= given:
                yield Offered(signature_of(method, given, f"{node.name}.{method.name}"), method.lineno)


def _bound(node: ast.ClassDef) -> Iterator[str]:
    """The names that the statements of a class bind."""
    pending: list[ast.AST] = [*node.body]
    while pending:
        one = pending.pop()
        yield from bound_by(one)
        pending += () if isinstance(one, (*FUNCTIONS, ast.ClassDef, ast.Lambda)) else below(one)


def _hands_on(at: At) -> bool:
    """Whether a method passes its object to what may give it anything."""
    if not isinstance(at.node, ast.Call) or called(at.node) in HARMLESS:
        return False
    passed = (*at.node.args, *(keyword.value for keyword in at.node.keywords))
    return any(isinstance(one, ast.Name) and is_receiver(one, at) for one in passed)


def _stored(at: At) -> Iterator[str]:
    """The attributes that a method gives its object or its class."""
    if isinstance(at.node, ast.Attribute) and isinstance(at.node.ctx, ast.Store) and is_receiver(at.node.value, at):
        yield at.node.attr


def _taken(tree: Tree, inside: list[At], names: set[str]) -> Iterator[Member]:
    """The first place of each attribute that methods take of their object and that its class does not give it.

    Not of methods that others may call on another object, or that call one `self` themselves.
    """
    stores = {at.around[0] for at in inside if at.around and isinstance(at.node, ast.Name) and at.node.id == "self"}
    seen = set(names)
    for at in inside:
        node = at.node
        if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Load) or node.attr in seen:
            continue
        if not isinstance(node.value, ast.Name) or node.value.id != "self" or not is_receiver(node.value, at):
            continue
        if at.around[0] in stores or not METHODS.issuperset(last_names(getattr(at.around[0], "decorator_list", ()))):
            continue
        if "attribute" not in at.silent and not PRIVATE.fullmatch(node.attr) and not tree.is_known(node):
            seen.add(node.attr)
            yield Member(node.attr, at.function, tree.named(node))


def is_receiver(value: ast.expr, at: At) -> bool:
    """Whether a name is the first parameter of the method around it, and of no function in between."""
    if not isinstance(value, ast.Name) or at.owner is None or not at.around or not at.is_method:
        return False
    method, *inner = at.around
    first = [argument.arg for argument in _parameters(method)][:1]
    own = first == [value.id] and "staticmethod" not in last_names(getattr(method, "decorator_list", ()))
    return own and not any(argument.arg == value.id for one in inner for argument in _parameters(one))


def _parameters(function: ast.AST) -> list[ast.arg]:
    """The parameters of a function, those that may be passed by their place first."""
    assert isinstance(function, (*FUNCTIONS, ast.Lambda))
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
