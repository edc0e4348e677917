"""Names that a module of Python's library has in no version, so that whoever asks for them gets an exception."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from spotter.engine.around import Around
from spotter.engine.bound_names import Names
from spotter.engine.flaws import Flaw, Place, flaw_of_name

MICRO = frozenset(("machine", "micropython", "network", "pyb", "board", "utime"))  # of a Python for small machines
MOCKED = re.compile(r"assert_|call|return_value|side_effect|(reset|method|configure|attach|mock)_")  # what mocks have
NEAR = 0.8  # of the letters, as difflib counts them
# what is often asked of a module, and of which of its parts it is
INNER = {
    "datetime": ("datetime", ("combine", "fromisoformat", "fromtimestamp", "now", "strptime", "today", "utcnow")),
    "os": ("path", ("abspath", "basename", "dirname", "exists", "expanduser", "isdir", "isfile", "join", "splitext")),
}


@cache
def library() -> Mapping[str, frozenset[str]]:
    """What the modules of the library that code asks most have, on any platform."""
    rows = Path(__file__).with_name("library.tsv").read_text(encoding="utf-8").splitlines()
    return {module: frozenset(names.split()) for module, names in (row.split("\t") for row in rows)}


def absent(node: ast.AST, around: Around, names: Names) -> Iterator[Place]:
    """Where a name is asked of such a module; none that the file asks about, or gives the module itself."""
    if around.guarded or not MICRO.isdisjoint(names.imported):
        return
    match node:
        case ast.Attribute(value=value, attr=name, ctx=ast.Load()):
            module = _module(value, names)
            if module in library() and _is_absent(module, name, names):
                yield flaw_of_name(node, _flaw(module, name))
        case ast.ImportFrom(module=str(module), names=aliases, level=0) if module in library():
            for alias in aliases:
                if alias.name != "*" and _is_absent(module, alias.name, names):
                    yield Place(alias.lineno, alias.col_offset, alias.name, _flaw(module, alias.name))


def _module(node: ast.expr, names: Names) -> str:
    """The module that a path of names means, "" for all else."""
    match node:
        case ast.Name(name):
            return names.modules.get(name, "")
        case ast.Attribute(value=ast.Name(name), attr=inner):
            return f"{names.modules.get(name, '')}.{inner}"
        case _:
            return ""


def _is_absent(module: str, name: str, names: Names) -> bool:
    known = name in library()[module] or f"{module}.{name}" in names.imported or name in names.given
    added = module == "logging" and name.isupper()  # a level
    mocked = module in names.texts or (not library()[module] and MOCKED.match(name) is not None)
    return not (known or added or mocked or name.startswith("_") or name in names.texts)


def _flaw(module: str, name: str) -> Flaw:
    part, inner = INNER.get(module, ("", ()))
    near = difflib.get_close_matches(name, sorted(library()[module]), 1, NEAR)
    mend = f"{part}.{name}" if name in inner else near[0] if near else ""
    return Flaw(f"is no name that Python's `{module}` has", ("replace", mend) if mend else None)
