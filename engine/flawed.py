"""The flawed tokens of a file: what is not bound, does not fit, does nothing, or cannot be otherwise."""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from spotter.bindings import OPEN
from spotter.engine.around import Around, around
from spotter.engine.bound_names import Names, names_of
from spotter.engine.flaws import Flaw, Place
from spotter.engine.foregone import foregone
from spotter.engine.idle import idle
from spotter.engine.library import absent
from spotter.engine.library_calls import misfitting
from spotter.engine.misfits import misfits
from spotter.engine.misused import misused
from spotter.engine.repeated import repeated
from spotter.engine.unbound import GIVEN, unbound
from spotter.engine.unfilled import unfilled, unfitting
from spotter.engine.unparted import unparted
from spotter.engine.unread import unread
from spotter.engine.values import values
from spotter.source import Source, is_generated
from spotter.syntax import Syntax

if TYPE_CHECKING:
    from pyflakes.messages import Message

T = TypeVar("T")
# of a file
SILENT = re.compile(
    r"(flake8|ruff): *noqa|pylint: *(skip-file|disable=.*\b(undefined-variable|E0602|pointless-statement|W0104"
    r"|comparison-(with-itself|of-constants)|using-constant-test|literal-comparison|logging-[\w-]+|bad-super-call)\b)"
)
# of a line whose author knows
KNOWN = re.compile(r"noqa|undefined|pylint: *disable|\b(type|pyright|ty|pyrefly): *ignore", re.IGNORECASE)
LONE = re.compile(r"\r(?!\n)")  # one line to a grammar, two to Python
CELL = re.compile(r"^# *(%%|In ?\[|COMMAND -{5})", re.MULTILINE)  # how a script parts its cells
HABIT = 8  # times that a file may do the same, and not mean it
NEAR = 20  # tokens within which the one is that is looked for
QUIET = Lock()  # filters of warnings are the whole process's
Rule = Callable[[ast.AST, Around, Names], Iterator[Place]]
RULES: dict[type[ast.AST], tuple[Rule, ...]] = {
    ast.AsyncFunctionDef: (unread,),
    ast.AsyncWith: (unread,),
    ast.Attribute: (foregone, absent, values),
    ast.BinOp: (unfilled, values),
    ast.BoolOp: (repeated, foregone),
    ast.Call: (misfitting, misused, repeated, unfilled, values),
    ast.Compare: (repeated, foregone, values),
    ast.Constant: (foregone,),
    ast.ExceptHandler: (misused, unread),
    ast.Expr: (idle,),
    ast.For: (misused, unread, values),
    ast.FunctionDef: (unread,),
    ast.If: (repeated, unread),
    ast.IfExp: (repeated,),
    ast.ImportFrom: (absent,),
    ast.List: (unparted,),
    ast.Raise: (misused, unfilled),
    ast.Set: (unparted,),
    ast.Subscript: (misused, values),
    ast.Try: (unread,),
    ast.Tuple: (foregone, unparted),
    ast.While: (unread,),
    ast.With: (unread,),
    ast.comprehension: (values,),
}


def flaws_of(syntax: Syntax) -> dict[int, Flaw]:
    """The flawed tokens of Python that parses; none where a comment says that its author knows."""
    text = syntax.source.text
    if syntax.source.language != "python" or LONE.search(text):
        return {}
    try:
        with QUIET, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        lines = text.replace("\r\n", "\n").split("\n")
        found = _found(tree, syntax.source, lines)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    if not found or any(SILENT.search(comment.text) for comment in syntax.comments):
        return {}
    tokens = {(token.line, token.column): i for i, token in enumerate(syntax.tokens)}
    starts = list(tokens)
    told = {comment.line for comment in syntax.comments if KNOWN.search(comment.text)}
    spans = _statements(tree) if told else {}
    flaws: dict[int, Flaw] = {}
    for place in found:
        before = lines[place.line - 1].encode("utf-8", "surrogatepass")[: place.column].decode("utf-8", "ignore")
        at = place.line, len(before) + 1
        token = _next(syntax, bisect_left(starts, at), place) if place.after else tokens.get(at)
        first, last = spans.get(place.line, (place.line, place.line))
        if token is None or not told.isdisjoint(range(first, last + 1)):
            continue
        if place.text in ("", syntax.tokens[token].text):
            flaws.setdefault(token, _with_comma(place, syntax.tokens[token - 1].text))
    return flaws


def _statements(tree: ast.Module) -> dict[int, tuple[int, int]]:
    """The first and last line of the statement on each line: of one that has others in it only up to these."""
    found: dict[int, tuple[int, int]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = max(node.lineno, body[0].lineno - 1) if isinstance(body, list) else node.end_lineno or node.lineno
            found |= dict.fromkeys(range(node.lineno, last + 1), (node.lineno, last))
    return found


def _next(syntax: Syntax, token: int, place: Place) -> int | None:
    """The first token from this one on in which the text of a place stands."""
    near = range(token, min(len(syntax.tokens), token + NEAR))
    return next((i for i in near if place.text in ("", syntax.tokens[i].text)), None)


def _found(tree: ast.Module, source: Source, lines: Sequence[str]) -> list[Place]:
    """The places that the rules find; those of names where all of them can be known.

    A program that wrote a file may well have said things twice. What stands in a cell other cells may name, and show.
    """
    messages = _all_of(_messages(tree))
    found: list[Place] = []
    if not OPEN.search(source.text):
        found = _all_of(misfits(tree)) + ([] if source.cells else _all_of(unbound(tree, messages)))
    if is_generated(source.text):
        return found
    names, shown = names_of(tree, lines, unfitting(messages)), bool(source.cells or CELL.search(source.text))
    return found + _all_of(_one_by_one(tree, names, shown=shown))


def _messages(tree: ast.Module) -> Iterator[Message]:
    """What pyflakes says of a file."""
    from pyflakes.checker import Checker

    yield from Checker(tree, builtins=GIVEN).messages


def _one_by_one(tree: ast.Module, names: Names, *, shown: bool) -> Iterator[Place]:
    """What the rules about one node and what is around it find, but for what a file does again and again."""
    found: list[Place] = []
    for node, outer in around(tree):
        for rule in RULES.get(type(node), ()):
            if not (shown and rule is idle):
                found += rule(node, outer, names)
    times = Counter(place.flaw.why for place in found)
    yield from (place for place in found if times[place.flaw.why] <= HABIT)


def _all_of(found: Iterator[T]) -> list[T]:
    """All that a rule finds; nothing in code that is nested deeper than Python goes."""
    try:
        return list(found)
    except RecursionError:
        return []


def _with_comma(place: Place, before: str) -> Flaw:
    """An argument that is to be inserted is parted from what stands before it."""
    flaw = place.flaw
    if place.text != ")" or flaw.mend is None or flaw.mend[0] != "insert":
        return flaw
    parted = {"(": "", ",": " "}.get(before, ", ")
    return flaw._replace(mend=("insert", parted + flaw.mend[1]))
