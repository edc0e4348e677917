"""What a Python module offers to those that import it, and what a file takes from modules: by its tree, for sure."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import Lock
from typing import NamedTuple

from spotter.bindings import FUNCTIONS, OPEN, bound_by, bound_in, expects, last_names
from spotter.metrics.facts import Offer, Offered, Reference, Span
from spotter.signatures import Where, passed_by, signatures, where_of
from spotter.syntax import Syntax

# what makes another object of a module, or asks for its names as they come
LIVING = re.compile(r"\bsys\.modules\b|\bModuleType\b|\b__getattr__\b")
# of a line whose author knows
KNOWN = re.compile(r"pylint: *disable|\b(type|pyright|ty|pyrefly): *ignore", re.IGNORECASE)
MODULE = re.compile(r"[a-z_][a-z0-9_]*|_.*")  # what a module that is built or compiled later may be called
ERRORS = {
    "import": frozenset(("ImportError", "ModuleNotFoundError")),
    "attribute": frozenset(("AttributeError",)),
    "call": frozenset(("TypeError",)),
}
ALL = frozenset(ERRORS)
GUARDS = (*FUNCTIONS, ast.Try, ast.TryStar, ast.With, ast.AsyncWith, ast.Call)
BLOCKS = (*FUNCTIONS, ast.ClassDef, ast.Lambda)
QUIET = Lock()  # filters of warnings are the whole process's


class Taken(NamedTuple):
    """What a file takes under a name of its own: a name of a module, by its dotted name with the leading dots.

    Without a name it is the module itself.
    """

    module: str
    name: str

    @property
    def whole(self) -> str:
        """What is taken, as a module."""
        return joined(self.module, self.name) if self.name else self.module


def joined(module: str, name: str) -> str:
    """A module below another one, by its dotted name with the leading dots."""
    return f"{module}{'' if module.endswith('.') else '.'}{name}"


def parted(whole: str) -> tuple[str, str]:
    """The module above another one, and its name there; the first is "" where none is."""
    above, _, name = whole.rpartition(".")
    return (above if above.strip(".") or not name else whole.removesuffix(name)) if "." in whole else "", name


class At(NamedTuple):
    """A node, the functions around it, the innermost last and by its dotted name, and the forms that are silent."""

    node: ast.AST
    around: tuple[ast.AST, ...]
    function: str
    silent: frozenset[str]


def references_of(syntax: Syntax) -> tuple[Offer | None, tuple[Reference, ...], tuple[tuple[str, str], ...]]:
    """What a file of Python offers, None where that cannot be told, and what it takes of modules and sets there."""
    source = syntax.source
    if source.language != "python" or not source.path.endswith(".py"):
        return None, (), ()
    try:
        with QUIET, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source.text)
        found = tuple(_read(tree))
        times = Counter(bound_in(at.node for at in found))
        references = tuple(_Reader(syntax, times, found).references())
        return _offer(found, times, tree, source.text), references, tuple(sorted(set(_sets(found))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None, (), ()


def _read(tree: ast.Module) -> Iterator[At]:
    """Every node that may have a meaning here, each before those below it."""
    pending = [(At(tree, (), "", frozenset()), "")]
    while pending:
        at, scope = pending.pop()
        yield at
        node, around, function, silent = at
        if isinstance(node, GUARDS):
            silent = silent.union(form for form, errors in ERRORS.items() if expects(node, errors))
        quiet: tuple[object, ...] = (getattr(node, "annotation", None), getattr(node, "returns", None))
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            scope = f"{scope}.{node.name}" if scope else node.name
            if not isinstance(node, ast.ClassDef):
                around, function = (*around, node), scope
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in last_names(ast.walk(node.test)):
            quiet = (*node.body,)
        elif isinstance(node, ast.JoinedStr) and sys.version_info < (3, 12):
            silent = ALL  # what stands there has no place that can be trusted
        below = reversed([*_below(node)])
        pending += [(At(child, around, function, ALL if child in quiet else silent), scope) for child in below]


def _below(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes right below another one, but for contexts and operators."""
    for field in node._fields:
        value = getattr(node, field, None) if field not in ("ctx", "op", "ops") else None
        if isinstance(value, list):
            yield from (item for item in value if isinstance(item, ast.AST))
        elif isinstance(value, ast.AST):
            yield value


def _offer(found: Iterable[At], times: Mapping[str, int], tree: ast.Module, text: str) -> Offer | None:
    """What a module offers: the names that its statements bind, or tell others to bind, and that functions give it."""
    if OPEN.search(text) or LIVING.search(text):
        return None
    names: set[str] = set()
    stars, handed = [], []
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        names.update(bound_by(node))
        if isinstance(node, ast.ImportFrom):
            for name, taken in _taken(node):
                if name == "*":
                    stars.append(taken.module)
                elif times[name] == 1:
                    handed.append((name, *taken))
        if isinstance(node, ast.Call):
            names.update(keyword.arg for keyword in node.keywords if keyword.arg)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            names.add(node.value)
        pending += getattr(node, "decorator_list", ()) if isinstance(node, BLOCKS) else _below(node)
    names.update(name for at in found if isinstance(at.node, ast.Global) for name in at.node.names)
    known = signatures(tree, steady=not times["__class__"]) if "*" not in times else ()
    calls = (Offered(one, line) for one, line in known if times[one.name] == 1)
    return Offer(tuple(sorted(names - {"*"})), tuple(sorted(stars)), tuple(sorted(handed)), tuple(calls))


def _sets(found: Sequence[At]) -> Iterator[tuple[str, str]]:
    """The modules that a file gives something, and under which name, "*" for any."""
    taken: dict[str, set[str]] = defaultdict(set)
    for at in found:
        for name, one in _taken(at.node):
            taken[name].add(one.whole)
    for at in found:
        match at.node:
            case ast.Attribute(ast.Name(module), "__dict__"):
                name = "*"
            case ast.Attribute(ast.Name(module), name, ast.Store() | ast.Del()):
                pass
            case ast.Call(func=ast.Name("setattr" | "delattr" | "vars"), args=[ast.Name(module), *_]):
                name = "*"
            case _:
                continue
        yield from ((whole, name) for whole in taken.get(module, ()))


def _taken(node: ast.AST) -> Iterator[tuple[str, Taken]]:
    """What an import takes, by the names that it has in the file."""
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        yield from ((alias.asname or alias.name, Taken(module, alias.name)) for alias in node.names)
    elif isinstance(node, ast.Import):
        whole = (alias for alias in node.names if alias.asname or "." not in alias.name)
        yield from ((alias.asname or alias.name, Taken(alias.name, "")) for alias in whole)


class _Reader:
    """Finds what a file takes of modules, where no exception about it is expected."""

    def __init__(self, syntax: Syntax, times: Mapping[str, int], found: Sequence[At]) -> None:
        self._lines = re.split("\r\n?|\n", syntax.source.text)  # as Python counts them
        self._told = {comment.line for comment in syntax.comments if KNOWN.search(comment.text)}
        self._folders = frozenset(syntax.source.path.split("/")[:-1])
        self._found = found
        calls = [at.node for at in found if isinstance(at.node, ast.Call)]
        self._calls = {call.func: call for call in calls}
        self._called = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
        self._names: dict[ast.AST | None, dict[str, Taken]] = defaultdict(dict)  # by the function that imports them
        for node, around, *_ in found:
            near = ((name, taken) for name, taken in _taken(node) if times[name] == 1 and self._near(taken.module))
            self._names[around[-1] if around else None].update(near)

    def references(self) -> Iterator[Reference]:
        """Every reference in order, but for those that pass nothing and were made before."""
        seen: set[tuple[str, str, str]] = set()
        for at in self._found:
            for one in self._of(at):
                passed = one.passed if "call" not in at.silent else None
                key = one.form, one.module, one.name
                if one.form not in at.silent and (passed or (key not in seen and one.form != "call")):
                    seen.add(key)
                    yield one._replace(passed=passed)

    def _of(self, at: At) -> Iterator[Reference]:
        """What a node takes of modules."""
        node = at.node
        call = self._calls.get(node) if isinstance(node, ast.expr) else None
        match node:
            case ast.ImportFrom() if node.level or not _is_standard(node.module or ""):
                for alias, (name, taken) in zip(node.names, _taken(node), strict=True):
                    if name != "*" and not self._is_told(node):
                        end = alias.col_offset + _size(alias.name)
                        where = self._span((alias.lineno, alias.col_offset, alias.lineno, end))
                        sure = name in self._called or not MODULE.fullmatch(alias.name)
                        yield Reference("import", *taken, at.function, where, sure)
            case ast.Name(name) if call is not None and (own := self._named(name, at)) and own.name:
                where, passed = self._span(where_of(node)), passed_by(call).moved(self._span)
                if not self._is_told(call):
                    yield Reference("call", *own, at.function, where, True, passed)
            case ast.Attribute(ast.Name(name), attr, ast.Load()) if own := self._named(name, at):
                end, column = node.end_lineno or node.lineno, node.end_col_offset or 0
                where = self._span((end, column - _size(attr), end, column))
                if not self._is_told(call or node):
                    sure = call is not None or not MODULE.fullmatch(attr)
                    given = passed_by(call).moved(self._span) if call is not None else None
                    yield Reference("attribute", own.whole, attr, at.function, where, sure, given)
            case _:
                pass

    def _named(self, name: str, at: At) -> Taken | None:
        """What a name means that is imported around a node."""
        around = (*reversed(at.around), None)
        return next((self._names[scope][name] for scope in around if name in self._names[scope]), None)

    def _near(self, module: str) -> bool:
        """Whether a module may be one of the file's own package."""
        return module.startswith(".") or (module.split(".")[0] in self._folders and not _is_standard(module))

    def _is_told(self, node: ast.stmt | ast.expr) -> bool:
        return not self._told.isdisjoint(range(node.lineno, (node.end_lineno or node.lineno) + 1))

    def _span(self, where: Where) -> Span:
        line, column, end_line, end_column = where
        return Span(line, self._column(line, column), end_line, self._column(end_line, end_column))

    def _column(self, line: int, column: int) -> int:
        """A column in bytes from 0 as one in code points from 1."""
        before = self._lines[line - 1].encode("utf-8", "surrogatepass")[:column]
        return len(before.decode("utf-8", "ignore")) + 1


def _is_standard(module: str) -> bool:
    return module.split(".")[0] in sys.stdlib_module_names


def _size(text: str) -> int:
    return len(text.encode())
