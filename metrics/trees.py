"""Python's own tree of a file in one walk: its nodes with what is around them, what they import, where they stand."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from spotter.bindings import FUNCTIONS, expects, last_names
from spotter.metrics.span import Span
from spotter.signatures import Where
from spotter.syntax import Syntax

ERRORS = {
    "import": frozenset(("ImportError", "ModuleNotFoundError")),
    "attribute": frozenset(("AttributeError",)),
    "call": frozenset(("TypeError",)),
    "model": frozenset(("ValueError", "ValidationError")),  # of what checks what it is given
}
ALL = frozenset(ERRORS)
TRIED = ("import", "model")  # forms that one tries, whatever else stands there
WIDE = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)
ANY = frozenset(("", "BaseException", "Exception"))  # what catches every exception
PROBE = 2  # statements at most that try something out
GUARDS = (*FUNCTIONS, ast.Try, ast.TryStar, ast.With, ast.AsyncWith, ast.Call)
PLATFORM = re.compile(r"\bversion_info\b|\bPY[23]\b|\bplatform\b|\bos\.name\b")  # on which some code never runs
PLATFORMS = frozenset(("version_info", "PY2", "PY3", "platform", "os"))  # one of which a file says then
# of a line whose author knows
KNOWN = re.compile(r"pylint: *disable|\b(type|pyright|ty|pyrefly): *ignore", re.IGNORECASE)
KNOWING = frozenset(("disable", "ignore"))
QUIET = Lock()  # filters of warnings are the whole process's


class At(NamedTuple):
    """A node, the class at the margin and the functions around it, the innermost last and by its dotted name.

    The first of these may be a method of that class.

    Silent are the forms whose exception is expected there, or does not come: what only a type checker imports is wrong
    all the same.
    """

    node: ast.AST
    owner: ast.ClassDef | None
    around: tuple[ast.AST, ...]
    is_method: bool
    function: str
    silent: frozenset[str]


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


@dataclass(frozen=True, slots=True)
class Tree:
    """A file of Python: its tree, its lines, those whose author knows, and its words.

    The nodes come each before those below it, without constants and names that are only read. Texts are the names that
    stand as text in each class at the margin.
    """

    tree: ast.Module
    nodes: tuple[At, ...]
    texts: Mapping[ast.ClassDef | None, Set[str]]
    lines: tuple[str, ...]
    known: frozenset[int]
    words: Set[str]

    def is_known(self, node: ast.stmt | ast.expr) -> bool:
        """Whether a comment beside a node says that its author knows."""
        return not self.known.isdisjoint(range(node.lineno, (node.end_lineno or node.lineno) + 1))

    def span(self, where: Where) -> Span:
        """Where something stands."""
        line, column, end_line, end_column = where
        return Span(line, self._column(line, column), end_line, self._column(end_line, end_column))

    def named(self, node: ast.Attribute) -> Span:
        """Where the name of an attribute stands."""
        end, column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self.span((end, column - size(node.attr), end, column))

    def _column(self, line: int, column: int) -> int:
        """A column in bytes from 0 as one in code points from 1."""
        if self.lines[line - 1].isascii():
            return column + 1
        before = self.lines[line - 1].encode("utf-8", "surrogatepass")[:column]
        return len(before.decode("utf-8", "ignore")) + 1


def tree_of(syntax: Syntax, words: Set[str]) -> Tree | None:
    """The tree of a file with these words; None of what is no module of Python, or does not parse."""
    if syntax.source.language != "python" or not syntax.source.path.endswith(".py"):
        return None
    try:
        with QUIET, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(syntax.source.text)
        texts: defaultdict[ast.ClassDef | None, set[str]] = defaultdict(set)
        nodes = tuple(_walk(tree, texts, by_platform=not PLATFORMS.isdisjoint(words)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    text = syntax.source.text
    comments = syntax.comments if not KNOWING.isdisjoint(words) and KNOWN.search(text) else ()
    known = frozenset(comment.line for comment in comments if KNOWN.search(comment.text))
    return Tree(tree, nodes, texts, tuple(re.split("\r\n?|\n", text)), known, words)  # lines as Python counts them


def taken(node: ast.AST) -> Iterator[tuple[str, Taken]]:
    """What an import takes, by the names that it has in the file."""
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        yield from ((alias.asname or alias.name, Taken(module, alias.name)) for alias in node.names)
    elif isinstance(node, ast.Import):
        whole = (alias for alias in node.names if alias.asname or "." not in alias.name)
        yield from ((alias.asname or alias.name, Taken(alias.name, "")) for alias in whole)


def below(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes right below another one, but for contexts and operators."""
    for field in node._fields:
        value = getattr(node, field, None) if field not in ("ctx", "op", "ops") else None
        if isinstance(value, list):
            yield from (item for item in value if isinstance(item, ast.AST))
        elif isinstance(value, ast.AST):
            yield value


def size(text: str) -> int:
    """How long a text is in bytes."""
    return len(text.encode())


def _is_net(node: ast.AST, errors: Set[str]) -> bool:
    """Whether what catches any exception stands around so much that it expects none in particular."""
    if not isinstance(node, ast.Try | ast.TryStar):
        return False
    probes = len(node.body) <= PROBE and not any(isinstance(one, WIDE) for one in node.body)
    caught = {name for one in node.handlers if one.type is not None for name in last_names(ast.walk(one.type))}
    known = all(name in ANY or name.endswith("Error") for name in caught)  # another may stand for any
    return not probes and known and errors.isdisjoint(caught)


def _walk(tree: ast.Module, texts: Mapping[ast.ClassDef | None, set[str]], *, by_platform: bool) -> Iterator[At]:
    margin = {node for node in tree.body if isinstance(node, ast.ClassDef)}
    methods = {one for node in margin for one in node.body}
    pending = [(At(tree, None, (), False, "", frozenset()), "")]
    while pending:
        at, scope = pending.pop()
        yield at
        node, owner, around, is_method, function, silent = at
        if isinstance(node, GUARDS):
            meant = (form for form, errors in ERRORS.items() if expects(node, errors))
            silent = silent.union(form for form in meant if form in TRIED or not _is_net(node, ERRORS[form]))
        quiet: tuple[object, ...] = (getattr(node, "annotation", None), getattr(node, "returns", None))
        hush = ALL
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            scope = f"{scope}.{node.name}" if scope else node.name
            if not isinstance(node, ast.ClassDef):
                is_method = is_method if around else node in methods
                around, function = (*around, node), scope
            elif node in margin:
                owner = node
        elif isinstance(node, ast.Lambda):
            around = (*around, node)  # of a class itself it is no method
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in last_names(ast.walk(node.test)):
            quiet, hush = (*node.body,), ALL - {"import"}
        elif isinstance(node, ast.If) and by_platform and PLATFORM.search(ast.unparse(node.test)):
            quiet = (*node.body, *node.orelse)
        elif isinstance(node, ast.JoinedStr) and sys.version_info < (3, 12):
            silent = ALL  # what stands there has no place that can be trusted
        for one in reversed([*below(node)]):
            if isinstance(one, ast.Constant):
                if owner is not None and isinstance(one.value, str) and one.value.isidentifier():
                    texts[owner].add(one.value)
            elif not (isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)):
                forms = silent | hush if one in quiet else silent
                pending.append((At(one, owner, around, is_method, function, forms), scope))
