"""A function's shape: its body as a nested list, locals renamed by their first occurrence, call names kept.

A leaf is a string: `$3` a local, `%3` a parameter, `=x` a name from outside, `.x` a name that selects (an attribute,
a keyword, a callee), `!+` an operator, `#1` a literal, `~kind` anything else. A list is a role
(or a slot) with a kind, and its children; a statement is its kind behind an `@`. Beside a shape stand its statements in
the order in which they begin: line, column, last line, and what leaves them or
whether they hold others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from spotter.metrics.outline import Node, Outline, is_text
from spotter.metrics.scopes import BINDING, Scope, names_in, parameters_of
from spotter.metrics.words import Words

MIN_STATEMENTS = 4
MIN_LINES = 6

Shape = str | list["Shape"]

RETURNS, BREAKS, HOLDS = 1, 2, 4  # what returns or yields; what breaks off a loop around it; what holds statements

_KIND = re.compile(r'\["(@[^"]*)"')
_LEAVING = {"return": RETURNS, "yield": RETURNS, "leave": BREAKS}
_LOOPS = frozenset({"while", "for", "match"})

_STATEMENT = frozenset(
    {"statement", "if", "elif", "else", "while", "for", "try", "except", "finally", "with", "match", "case", "assert"}
    | {"return", "raise", "leave", "delete", "block", "pass", "function", "class", "decorated", "import"}
)
_PLAIN = frozenset({"statement", "return", "raise", "assert", "delete", "leave", "if", "for", "while", "with", "try"})


def shape_of(outline: Outline, words: Words, scope: Scope) -> tuple[str, str]:
    """The JSON of a function's lines of code with its shape, and that of its statements.

    Both are "" where the function is a stub, or too small to be a copy worth naming.
    """
    body = scope.node.at("body")
    if body is None or any(_bare(mark) in words.overloads for mark in scope.marks):
        return "", ""
    below = (node for node in scope.node.inside() if node.role in _PLAIN and node.start >= body.start)
    if sum(node is not body for node in below) < MIN_STATEMENTS:
        return "", ""
    if (code := _code_lines(outline, body)) < MIN_LINES:
        return "", ""
    shaper = _Shaper(outline, _bound(outline, scope.node), scope)
    shape = shaper.of(body)
    if words.typed and shape is not None:
        shape = ["@typed", ["types", *(f"!{text}" for text in _types(outline, words, scope.node))], shape]
    told = json.dumps([code, shape], ensure_ascii=False, separators=(",", ":"))
    return told, json.dumps(shaper.statements, separators=(",", ":"))


def skeleton_of(shape: str) -> str:
    """What near copies share: their statements in order, from the JSON of a shape."""
    return " ".join(_KIND.findall(shape))


def _types(outline: Outline, words: Words, function: Node) -> Iterator[str]:
    """The types of a signature, where a function can only stand for another one of the same types."""
    pending = [child for child in reversed(function.children) if child.slot in words.typed]
    while pending:
        node = pending.pop()
        named = node.slot == "name" or (node.role == "parameter" and not node.children)
        if not node.children and not named:
            yield outline.text(node)
        pending.extend(reversed(node.children))


def _code_lines(outline: Outline, body: Node) -> int:
    """The lines of a function's body that hold code: no docstring, no comment, no empty line."""
    rows: set[int] = set()
    pending = [node for node in body.children[:1] if not is_text(node)] + body.children[1:]
    while pending:
        node = pending.pop()
        first, last = outline.line(node.start), outline.line(node.end)
        rows.update((first, last) if node.children else range(first, last + 1))
        if first != last:
            pending.extend(node.children)
    return len(rows)


def _bound(outline: Outline, function: Node) -> frozenset[str]:
    """The names that a function and those inside it bind. What it sees of the functions around it is not its own."""
    names: set[str] = set()
    pending = [function]
    while pending:
        node = pending.pop()
        if node.role == "parameter" or node.slot in BINDING:
            names.update(names_in(outline, node))
        pending.extend(node.children)
    return frozenset(names)


def _bare(mark: str) -> str:
    return mark.split("(")[0].rpartition(".")[2]


class _Shaper:
    def __init__(self, outline: Outline, local: frozenset[str], scope: Scope) -> None:
        self._outline = outline
        self._receiver = scope.receiver
        self._own = scope.name.rpartition(".")[2]
        self._local = local
        self._parameters = {name for parameter in parameters_of(scope.node) for name in names_in(outline, parameter)}
        self._numbers: dict[str, int] = {}
        self._leaves = 0
        self.statements: list[tuple[int, int, int, int]] = []

    def of(self, node: Node) -> Shape | None:
        """The shape of a node; None for what does not count: annotations, docstrings, bare `pass`."""
        if node.slot in ("type", "returns") or node.role == "pass":
            return None
        if is_text(node):
            return None
        if node.role == "string" and any(child.role == "interpolation" for child in node.children):
            return [f"string:{node.kind}", *self._parts(node)]
        self._leaves |= _LEAVING.get(node.role, 0)
        if node.role in _STATEMENT:
            return self._statement(node)
        if not node.children or node.role == "string":
            return self._leaf(node)
        below = [shape for child in node.children if (shape := self.of(child)) is not None]
        return [node.role if node.role in ("and", "or") else f"{node.role or node.slot}:{node.kind}", *below]

    def _statement(self, node: Node) -> Shape:
        at, before, self._leaves = len(self.statements), self._leaves, _LEAVING.get(node.role, 0)
        line, column, end_line, _ = self._outline.span(node)
        self.statements.append((line, column, end_line, 0))
        below = [shape for child in node.children if (shape := self.of(child)) is not None]
        leaves = 0 if node.role == "function" else self._leaves & ~(BREAKS if node.role in _LOOPS else 0)
        self.statements[at] = (line, column, end_line, leaves | (HOLDS if node.role == "block" else 0))
        self._leaves = before | leaves
        return [f"@{node.kind}", *below]

    def _parts(self, string: Node) -> Iterator[Shape]:
        """The parts of a text: literal ones as written, and the values between them."""
        for child in string.children:
            if child.role != "interpolation":
                yield f"#{self._outline.text(child)}"
            elif (shape := self.of(child)) is not None:
                yield shape

    def _leaf(self, node: Node) -> str:
        text = self._outline.text(node).strip()
        if node.role == "string" or node.role in ("number", "truth", "nil"):
            return f"#{text}"
        if node.slot == "operator":
            return f"!{text}"
        if node.role != "name":
            return f"~{node.kind}"
        if node.slot == "name":
            return f".{text}"
        if text == self._receiver:
            return "$self"
        if text in self._local:
            sign = "%" if text in self._parameters else "$"
            return f"{sign}{self._numbers.setdefault(text, len(self._numbers))}"
        if text == self._own:
            return "$own"
        return f".{text}" if node.slot == "callee" else f"={text}"
