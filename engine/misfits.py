"""Calls that the function of this file which they call cannot take, so that whoever reaches them gets a TypeError."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from spotter.engine.flaws import EXPECT, FUNCTIONS, Flaw, Place, bound_by, called

Function = ast.FunctionDef | ast.AsyncFunctionDef
RECEIVER = "self"
MARKS = {"staticmethod": 0, "classmethod": 1}  # decorators, and how many parameters are given with them
MAKERS = frozenset(("__init__", "__new__", "__class__", "__metaclass__"))


@dataclass(frozen=True, slots=True)
class Signature:
    """What a call of a function may pass: by place, by name, or either; and what it has to."""

    name: str
    placed: tuple[str, ...]
    named: frozenset[str]
    needed: tuple[str, ...]
    rest: bool
    others: bool

    def misfit(self, call: ast.Call) -> Place | None:
        """What a call passes too much or too little, the first of it."""
        spread = next((i for i, argument in enumerate(call.args) if isinstance(argument, ast.Starred)), None)
        names = [keyword.arg for keyword in call.keywords]
        lines = call.lineno, call.end_lineno or call.lineno
        for keyword in call.keywords if not self.others else ():
            if keyword.arg is not None and keyword.arg not in self.named:
                flaw = Flaw(f"is no parameter of `{self.name}`")
                return Place(keyword.lineno, keyword.col_offset, keyword.arg, flaw, lines)
        if len(call.args[:spread]) > len(self.placed) and not self.rest:
            first = call.args[len(self.placed)]
            flaw = Flaw(f"is an argument more than `{self.name}` takes")
            return Place(first.lineno, first.col_offset, "", flaw, lines)
        given = {*self.placed[: len(call.args)], *names}
        missing = [name for name in self.needed if name not in given]
        if missing and spread is None and None not in names and call.end_col_offset:
            passed = missing[0] if missing[0] in self.placed and not names else f"{missing[0]}={missing[0]}"
            flaw = Flaw(f"ends a call of `{self.name}` without `{missing[0]}`", ("insert", passed))
            return Place(lines[1], call.end_col_offset - 1, ")", flaw, lines)
        return None


def misfits(tree: ast.Module) -> Iterator[Place]:
    """The first place of each call in Python that does not fit.

    Called is a function of the module, a class there without other bases, or a method of the receiver's own class, each
    of them bound but once in the file, and not decorated.
    """
    times = Counter(_bound(tree))
    steady = not times["__class__"]
    plain = {name: one for name, one in _plain(tree, steady) if times[name] == 1} if "*" not in times else {}
    for call, methods in _calls(tree):
        match call.func:
            case ast.Name(name):
                signature = plain.get(name)
            case ast.Attribute(ast.Name(receiver), name) if receiver == RECEIVER:
                signature = methods.get(name) if times[name] == 1 and steady else None
            case _:
                continue
        if signature is not None and (misfit := signature.misfit(call)) is not None:
            yield misfit


def _plain(tree: ast.Module, steady: bool) -> Iterator[tuple[str, Signature]]:
    """The functions of a module, and where its classes stay as they are those by what makes their objects."""
    for node in tree.body:
        if isinstance(node, FUNCTIONS) and not node.decorator_list:
            yield node.name, _signature(node, 0)
        elif isinstance(node, ast.ClassDef) and steady and not (node.decorator_list or node.keywords or _bases(node)):
            makers = [name for name in _bound(node) if name in MAKERS]
            made = (method for method in node.body if isinstance(method, FUNCTIONS) and method.name == "__init__")
            if makers == ["__init__"] and (maker := next(made, None)) and not maker.decorator_list:
                yield node.name, _signature(maker, 1, node.name)


def _bases(node: ast.ClassDef) -> list[ast.expr]:
    return [base for base in node.bases if not (isinstance(base, ast.Name) and base.id == "object")]


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, Mapping[str, Signature]]]:
    """Every call whose TypeError nobody expects, with the methods of the receiver around it."""
    pending: list[tuple[ast.AST, Mapping[str, Signature]]] = [(tree, {})]
    while pending:
        node, methods = pending.pop()
        if _expects(node) or (isinstance(node, ast.JoinedStr) and sys.version_info < (3, 12)):
            continue  # before 3.12 what stands in an f-string has no place that can be trusted
        if isinstance(node, ast.Call):
            yield node, methods
        if isinstance(node, ast.ClassDef):
            own = _methods(node)
            pending += [(child, own if _has_receiver(child) else {}) for child in node.body]
        else:
            inner = {} if isinstance(node, ast.Lambda) and RECEIVER in _parameters(node) else methods
            pending += [(child, inner) for child in ast.iter_child_nodes(node)]


def _has_receiver(method: ast.stmt) -> bool:
    """Whether a method's first parameter is the receiver, and nothing in it is called so again."""
    if not isinstance(method, FUNCTIONS) or _parameters(method)[:1] != [RECEIVER] or _given(method) != 1:
        return False
    return Counter(_bound(method))[RECEIVER] == 1


def _methods(owner: ast.ClassDef) -> Mapping[str, Signature]:
    """The methods of a class, but for those that others override; of one that is abstract or that may change none."""
    functions = [node for node in owner.body if isinstance(node, FUNCTIONS)]
    told = [*_names(owner.bases), *(name for function in functions for name in _names(function.decorator_list))]
    if owner.decorator_list or owner.keywords or any(re.match("Protocol$|ABC$|abstract", name) for name in told):
        return {}
    given = ((function, _given(function)) for function in functions if not _stub(function))
    return {function.name: _signature(function, number) for function, number in given if number is not None}


def _names(nodes: Iterable[ast.expr]) -> list[str]:
    """The last names of paths."""
    return [getattr(node, "attr", getattr(node, "id", "")) for node in nodes]


def _given(function: Function) -> int | None:
    """How many parameters of a method are given; None where a decorator may have made another function of it."""
    if not function.decorator_list:
        return 0 if function.name == "__new__" else 1
    names = [mark.id if isinstance(mark, ast.Name) else "" for mark in function.decorator_list]
    return MARKS.get(names[0]) if len(names) == 1 else None


def _stub(function: Function) -> bool:
    """Whether a function does nothing but say or refuse something, so that others do it in its place."""
    return all(_says(node) for node in function.body)


def _says(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value) | ast.Return(value) | ast.Assign(value=value):
            says = isinstance(value, ast.Constant | ast.JoinedStr | ast.List | ast.Tuple | ast.Dict) or value is None
            return says or (isinstance(value, ast.Name) and value.id == "NotImplemented")
        case _:
            return isinstance(node, ast.Pass | ast.Raise | ast.Assert)


def _parameters(function: Function | ast.Lambda) -> list[str]:
    """The parameters that may be passed by their place."""
    return [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]


def _signature(function: Function, given: int, name: str = "") -> Signature:
    """What a call may pass to a function whose first parameters are given."""
    arguments = function.args
    placed = tuple(_parameters(function)[given:])
    later = {a.arg: default for a, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)}
    needed = placed[: max(0, len(placed) - len(arguments.defaults))]
    return Signature(
        name or function.name,
        placed,
        frozenset(placed).difference(a.arg for a in arguments.posonlyargs) | later.keys(),
        (*needed, *(name for name, default in later.items() if default is None)),
        arguments.vararg is not None,
        arguments.kwarg is not None,
    )


def _expects(node: ast.AST) -> bool:
    """Whether a TypeError below a node may be meant, and is caught."""
    if isinstance(node, ast.Try | ast.TryStar):
        return any(handler.type is None or _catches(handler.type) for handler in node.handlers)
    if isinstance(node, ast.Call):
        return called(node) in EXPECT
    if isinstance(node, ast.With | ast.AsyncWith):
        return any(_expects(item.context_expr) for item in node.items)
    return isinstance(node, FUNCTIONS) and any("TypeError" in ast.dump(mark) for mark in node.decorator_list)


def _catches(kind: ast.expr) -> bool:
    """Whether what a handler names may be a TypeError: that, a base of it, or a name of others."""
    names = _names(node for node in ast.walk(kind) if isinstance(node, ast.expr))
    return any(name == "TypeError" or (name and not name.endswith(("Error", "Interrupt", "Exit"))) for name in names)


def _bound(tree: ast.AST) -> Iterator[str]:
    """Every name that code gives something to, wherever, and attributes too.

    "*" stands for all names of another module, "__class__" for the attributes of a class that is changed later.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr="__init__" | "__new__" | "__class__", ctx=ast.Store()):
                yield "__class__"
            case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Call(args=[_, ast.Constant(str(name)), _]) if called(node) in ("setattr", "__setattr__"):
                yield name
            case ast.Call(args=[_, _, _]) if called(node) in ("setattr", "__setattr__"):
                yield "__class__"
            case ast.Attribute(attr="__dict__"):
                yield "__class__"
            case _:
                yield from bound_by(node)
