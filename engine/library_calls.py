"""Calls that Python's library takes in no version, so that whoever comes there gets a TypeError."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from spotter.bindings import FUNCTIONS
from spotter.engine.around import Around
from spotter.engine.bound_names import Names
from spotter.engine.flaws import Flaw, Place, flaw_at
from spotter.engine.library import library
from spotter.engine.values import kind_of
from spotter.signatures import Signature, passed_by, signature_of

MODULE = Flaw("is a module, which cannot be called")


@cache
def forms() -> Mapping[str, tuple[str, ...]]:
    """The parameters of each form that a call may have, by the dotted name of what it calls."""
    rows = Path(__file__).with_name("library_calls.tsv").read_text(encoding="utf-8").splitlines()
    return {row[0]: tuple(row[1:]) for row in (row.split("\t") for row in rows)}


@cache
def signatures_of(name: str) -> tuple[Signature, ...]:
    """What a call of this name may pass, in each form; none of what is not known."""
    trees = (ast.parse(f"def called({form}): ...") for form in forms().get(name, ()))
    told = name.replace("()", "")
    return tuple(signature_of(tree.body[0], 0, told) for tree in trees if isinstance(tree.body[0], FUNCTIONS))


def misfitting(node: ast.AST, around: Around, names: Names) -> Iterator[Place]:
    """Where a call passes what no form takes, by the last form; none where an exception may be meant."""
    if not isinstance(node, ast.Call) or around.guarded or _is_annotation(node, around.parent):
        return
    name = called_name(node.func, names) or method_name(node.func, around, names)
    if name.rpartition(".")[2] in names.given or name in names.texts:
        return  # another function may be put in its place
    misfits = [form.misfit(passed_by(node)) for form in signatures_of(name)] if name in forms() else []
    if misfits and misfits[-1] is not None and None not in misfits:
        (line, column, _, _), text, why, _ = misfits[-1]
        yield Place(line, column, text, Flaw(why))
    elif isinstance(node.func, ast.Name) and node.func.id == name and name in library():
        inner = f"{name}.{name}"
        yield flaw_at(node.func, MODULE._replace(mend=("replace", inner) if inner in forms() else None))


def _is_annotation(node: ast.expr, parent: ast.AST | None) -> bool:
    """Whether an expression says a type, which nothing may ever ask for."""
    return node in (getattr(parent, "annotation", None), getattr(parent, "returns", None))


def called_name(node: ast.expr, names: Names) -> str:
    """The dotted name of what is called, as the file imports it; "" for what no name tells.

    A builtin's name that something else is given may mean either.
    """
    match node:
        case ast.Name(name) if not names.times.get(name):
            return name if name in forms() and not names.times.get("*") else ""
        case ast.Name(name):
            return "" if name in forms() else names.modules.get(name, "")
        case ast.Attribute(value=value, attr=name) if above := called_name(value, names):
            return f"{above}.{name}"
        case _:
            return ""


def method_name(node: ast.expr, around: Around, names: Names) -> str:
    """The name of a method of an object whose type is known, "" for all else."""
    if not isinstance(node, ast.Attribute) or (kind := kind_of(node.value, around.function, names)) is None:
        return ""
    return f"{kind.__name__}().{node.attr}"
