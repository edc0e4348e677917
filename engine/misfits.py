"""Calls that the function of this file which they call cannot take, so that whoever reaches them gets a TypeError."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from spotter.engine.flaws import FUNCTIONS, Flaw, Place

Function = ast.FunctionDef | ast.AsyncFunctionDef
BOUND = frozenset(("staticmethod", "classmethod"))
EXPECTS = frozenset(("raises", "assertRaises", "assertRaisesRegex"))  # tests that want the exception


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
        for keyword in call.keywords if not self.others else ():
            if keyword.arg is not None and keyword.arg not in self.named:
                flaw = Flaw(f"is no parameter of `{self.name}`")
                return Place(keyword.lineno, keyword.col_offset, keyword.arg, flaw)
        if len(call.args[:spread]) > len(self.placed) and not self.rest:
            first = call.args[len(self.placed)]
            flaw = Flaw(f"is an argument more than `{self.name}` takes")
            return Place(first.lineno, first.col_offset, "", flaw)
        given = {*self.placed[: len(call.args)], *names}
        missing = [name for name in self.needed if name not in given]
        if missing and spread is None and None not in names and call.end_lineno and call.end_col_offset:
            passed = missing[0] if missing[0] in self.placed and not names else f"{missing[0]}={missing[0]}"
            flaw = Flaw(f"ends a call of `{self.name}` without `{missing[0]}`", ("insert", passed))
            return Place(call.end_lineno, call.end_col_offset - 1, ")", flaw)
        return None


def misfits(tree: ast.Module) -> Iterator[Place]:
    """The first place of each call in Python that does not fit.

    Called is a function of the module, a class there without bases, or a method of the receiver's own class, each of
    them bound but once in the file, and not decorated.
    """
    times = Counter(_bound(tree))
    plain = {name: signature for name, signature in _plain(tree) if times[name] == 1}
    for call, methods in _calls(tree):
        match call.func:
            case ast.Name(name):
                signature = plain.get(name)
            case ast.Attribute(ast.Name(receiver), name):
                signature = methods.get((receiver, name)) if times[name] == 1 else None
            case _:
                continue
        if signature is not None and (misfit := signature.misfit(call)) is not None:
            yield misfit


def _plain(tree: ast.Module) -> Iterator[tuple[str, Signature]]:
    """The functions of a module, and its classes by what makes their objects."""
    for node in tree.body:
        if isinstance(node, FUNCTIONS) and not node.decorator_list:
            yield node.name, _signature(node, 0)
        elif isinstance(node, ast.ClassDef) and not (node.decorator_list or node.bases or node.keywords):
            methods = {method.name: method for method in node.body if isinstance(method, FUNCTIONS)}
            if "__new__" not in methods and (maker := methods.get("__init__")) and not maker.decorator_list:
                yield node.name, _signature(maker, 1, node.name)


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, Mapping[tuple[str, str], Signature]]]:
    """Every call whose TypeError nobody expects, with the methods of the receiver around it, by its name and theirs."""
    pending: list[tuple[ast.AST, Mapping[tuple[str, str], Signature]]] = [(tree, {})]
    while pending:
        node, methods = pending.pop()
        if isinstance(node, ast.Call):
            yield node, methods
        if isinstance(node, ast.ClassDef):
            pending += [(child, _methods(node, child)) for child in node.body]
        elif not _expects(node):
            pending += [(child, methods) for child in ast.iter_child_nodes(node)]


def _methods(owner: ast.ClassDef, method: ast.stmt) -> Mapping[tuple[str, str], Signature]:
    """The methods of a class by the receiver that one of them has; of one that is there to be overridden none."""
    if not isinstance(method, FUNCTIONS) or not method.args.args or _marks(method) & BOUND:
        return {}
    receiver = method.args.args[0].arg
    found: dict[tuple[str, str], Signature] = {}
    for other in owner.body:
        if isinstance(other, FUNCTIONS) and len(_marks(other)) == len(other.decorator_list) and not _stub(other):
            static = "staticmethod" in _marks(other)
            found[receiver, other.name] = _signature(other, 0 if static else 1)
    return found


def _marks(function: Function) -> set[str]:
    """The decorators of a function that leave open only whether its first parameter is given."""
    return {d.id for d in function.decorator_list if isinstance(d, ast.Name)} & BOUND


def _stub(function: Function) -> bool:
    """Whether a function does nothing but refuse, so that others do it in its place."""
    says = (node.value if isinstance(node, ast.Expr) else node for node in function.body)
    return all(isinstance(node, ast.Constant | ast.Pass | ast.Raise) for node in says)


def _signature(function: Function, given: int, name: str = "") -> Signature:
    """What a call may pass to a function whose first parameters are given."""
    arguments = function.args
    alone = [a.arg for a in arguments.posonlyargs]
    placed = tuple([*alone, *(a.arg for a in arguments.args)][given:])
    later = {a.arg: default for a, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)}
    needed = placed[: max(0, len(placed) - len(arguments.defaults))]
    return Signature(
        name or function.name,
        placed,
        frozenset(placed).difference(alone) | later.keys(),
        (*needed, *(name for name, default in later.items() if default is None)),
        arguments.vararg is not None,
        arguments.kwarg is not None,
    )


def _expects(node: ast.AST) -> bool:
    """Whether what stands in a statement may raise a TypeError on purpose."""
    if isinstance(node, ast.Try):
        return any(handler.type is None or "TypeError" in ast.dump(handler.type) for handler in node.handlers)
    if isinstance(node, ast.With | ast.AsyncWith):
        calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
        return any(getattr(call.func, "attr", getattr(call.func, "id", "")) in EXPECTS for call in calls)
    return False


def _bound(tree: ast.Module) -> Iterator[str]:
    """Every name that the file gives something to, wherever, and attributes too."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.arg(arg=name):
                yield name
            case ast.alias(name=name, asname=other):
                yield (other or name).split(".")[0]
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case _:
                pass
