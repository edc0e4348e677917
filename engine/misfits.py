"""Calls that the function of this file which they call cannot take, so that whoever reaches them gets a TypeError."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping

from spotter.bindings import FUNCTIONS, bound_in, expects, last_names
from spotter.engine.flaws import Flaw, Place
from spotter.findings import Edit
from spotter.signatures import Function, Misfit, Signature, parameters, passed_by, signature_of, signatures

RECEIVER = "self"
MARKS = {"staticmethod": 0, "classmethod": 1}  # decorators, and how many parameters are given with them
ERRORS = frozenset(("TypeError",))
CHECKS = frozenset(("ValueError", "ValidationError"))  # of a model


def misfits(tree: ast.Module) -> Iterator[Place]:
    """The first place of each call in Python that does not fit.

    Called is a function of the module, a class there without other bases, or a method of the receiver's own class, each
    of them bound but once in the file, and not decorated.
    """
    times = Counter(bound_in(ast.walk(tree)))
    steady = not (times["__class__"] or times["__dict__"])
    known = (one for one, _ in signatures(tree, steady=steady) if times[one.name] == 1)
    plain = {one.name: one for one in known} if "*" not in times else {}
    for call, methods, is_checked in _calls(tree):
        match call.func:
            case ast.Name(name):
                signature = plain.get(name)
            case ast.Attribute(ast.Name(receiver), name) if receiver == RECEIVER:
                signature = methods.get(name) if times[name] == 1 and steady else None
            case _:
                continue
        if signature is None or (is_checked and signature.is_checked):
            continue
        if (misfit := signature.misfit(passed_by(call))) is not None:
            yield _place(misfit)


def _place(misfit: Misfit) -> Place:
    line, column, _, _ = misfit.where
    left_over: tuple[Edit, str] | None = None if misfit.text else ("delete", "")
    flaw = Flaw(misfit.why, ("insert", misfit.mend) if misfit.mend else left_over)
    return Place(line, column, misfit.text, flaw)


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, Mapping[str, Signature], bool]]:
    """Every call whose TypeError nobody expects, with the methods of the receiver around it; whether a model's error is
    expected.
    """
    pending: list[tuple[ast.AST, Mapping[str, Signature], bool]] = [(tree, {}, False)]
    while pending:
        node, methods, is_checked = pending.pop()
        if expects(node, ERRORS) or (isinstance(node, ast.JoinedStr) and sys.version_info < (3, 12)):
            continue  # before 3.12 what stands in an f-string has no place that can be trusted
        is_checked = is_checked or expects(node, CHECKS)
        if isinstance(node, ast.Call):
            yield node, methods, is_checked
        if isinstance(node, ast.ClassDef):
            own = _methods(node)
            pending += [(child, own if _has_receiver(child) else {}, is_checked) for child in node.body]
        else:
            inner = {} if isinstance(node, ast.Lambda) and RECEIVER in parameters(node) else methods
            pending += [(child, inner, is_checked) for child in ast.iter_child_nodes(node)]


def _has_receiver(method: ast.stmt) -> bool:
    """Whether a method's first parameter is the receiver, and nothing in it is called so again."""
    if not isinstance(method, FUNCTIONS) or parameters(method)[:1] != [RECEIVER] or _given(method) != 1:
        return False
    return Counter(bound_in(ast.walk(method)))[RECEIVER] == 1


def _methods(owner: ast.ClassDef) -> Mapping[str, Signature]:
    """The methods of a class, but for those that others override; of one that is abstract or that may change none."""
    functions = [node for node in owner.body if isinstance(node, FUNCTIONS)]
    told = [*last_names(owner.bases), *(name for function in functions for name in last_names(function.decorator_list))]
    if owner.decorator_list or owner.keywords or any(re.match("Protocol$|ABC$|abstract", name) for name in told):
        return {}
    given = ((function, _given(function)) for function in functions if not _stub(function))
    return {function.name: signature_of(function, number) for function, number in given if number is not None}


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
