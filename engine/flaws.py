"""Flaws: what is wrong with a token of Python that raises an exception whenever it is reached."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from spotter.findings import Edit

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# what may bind any name of a module, or give every module one
OPEN = re.compile(
    r"\bglobals\(|\bexec(file)?\(|\b(vars|locals)\(\)\s*[.\[]|\bmodules\[__name__\]|\b(__builtins?__|builtins)\b"
    r"|\bglobal_enum\b|\b_convert_\b|\brun_(line|cell)_magic\b|\bMAGIC +%run\b"
)


EXPECT = frozenset(("raises", "assertRaises", "assertRaisesRegex", "suppress"))  # what is called about exceptions


class Flaw(NamedTuple):
    """What is wrong, as a clause of which the token is the subject, and the edit that mends it where one is plain."""

    why: str
    mend: tuple[Edit, str] | None = None


UNBOUND = Flaw("is not bound here")


class Place(NamedTuple):
    """Where a flaw is: its line from 1, its column from 0 in bytes of UTF-8, and what stands there, "" for anything.

    The lines, first and last, are those of what it is a flaw of.
    """

    line: int
    column: int
    text: str
    flaw: Flaw
    lines: tuple[int, int]


def called(node: ast.AST) -> str:
    """The last name of what a call calls, "" for all else."""
    return getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""


def bound_by(node: ast.AST) -> Iterator[str]:
    """The names that a node itself gives something to; "*" for those of a whole module."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
            yield name
        case ast.alias(name=name, asname=other):
            yield (other or name).split(".")[0]
        case ast.ExceptHandler(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case _:
            pass
