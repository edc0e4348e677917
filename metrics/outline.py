"""A source as a tree of roles: what the queries of its language name, and nothing that only its grammar knows."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from spotter.languages import grammar, query_text
from spotter.metrics.words import words_of
from spotter.watchdog import TooMuchError

if TYPE_CHECKING:
    from tree_sitter import Query, Tree

    from spotter.syntax import Syntax

MAX_DEPTH = 120
MOST_ERRORS = 50_000  # children of one error: two seconds of a query, and four times as much for twice as many
SKIP = "skip"  # a node that is left out, with all below it
INLINE = "inline"  # a node whose children take its place, and its slot where they have none
OWN = "own"  # an attribute that stands without its receiver
_SCOPES = frozenset({"function", "class"})
DENIED = "denied"  # the slot of a test that is denied
_BREAK = re.compile(rb"\n")
_INSIDE = re.compile(rb"[\w\x80-\xff]")  # a word


class Node:
    """A named node: its role and its slot in the parent ("" without one), its bytes, its children.

    What it said is its text where that does not stand in the source.
    """

    __slots__ = ("_inside", "children", "end", "kind", "role", "said", "slot", "start")

    def __init__(self, role: str, slot: str, kind: str, start: int, end: int) -> None:
        self.role = role
        self.slot = slot
        self.kind = kind
        self.start = start
        self.end = end
        self.said: str | None = None
        self._inside: list[Node] | None = None
        self.children: list[Node] = []

    def at(self, slot: str) -> Node | None:
        """The first child in a slot."""
        for child in self.children:
            if child.slot == slot:
                return child
        return None

    def inside(self) -> list[Node]:
        """Every node below, in order of the text, without the bodies of nested functions and classes.

        Functions and classes, which many ask, keep the answer.
        """
        if self._inside is not None:
            return self._inside
        found = []
        pending = self.children[::-1]
        while pending:
            node = pending.pop()
            found.append(node)
            if node.children and node.role not in _SCOPES:
                pending.extend(reversed(node.children))
        if self.role in _SCOPES:
            self._inside = found
        return found

    def changed(self) -> None:
        """What stands inside has changed: the answer that was kept holds no more."""
        self._inside = None


class Outline:
    """The tree of roles of one source, and the lines whose nesting was too deep to read."""

    __slots__ = ("_ascii", "_data", "_starts", "cut_lines", "root")

    def __init__(self, root: Node, data: bytes, cut_lines: tuple[int, ...]) -> None:
        self.root = root
        self.cut_lines = cut_lines
        self._data = data
        self._ascii = data.decode("ascii") if data.isascii() else None
        self._starts = [0, *(match.end() for match in _BREAK.finditer(data))]

    def text(self, node: Node) -> str:
        """The text of a node as it stands in the source, or as it would stand there in full."""
        if node.said:
            return node.said
        if self._ascii is not None:
            return self._ascii[node.start : node.end]
        return self._data[node.start : node.end].decode("utf-8", "replace")

    def find(self, word: str) -> int:
        """The byte at which a word begins where it first stands for itself; -1 where it does not."""
        wanted, at = word.encode(), -1
        while (at := self._data.find(wanted, at + 1)) >= 0:
            beside = self._data[max(0, at - 1) : at] + self._data[at + len(wanted) : at + len(wanted) + 1]
            if not _INSIDE.search(beside):
                break
        return at

    def line(self, byte: int) -> int:
        """The line of a byte, from 1."""
        return bisect_right(self._starts, byte)

    def span(self, node: Node) -> tuple[int, int, int, int]:
        """Line, column, end line, end column: code points from 1, the end exclusive."""
        line, end_line = self.line(node.start), self.line(node.end)
        return line, self._column(line, node.start), end_line, self._column(end_line, node.end)

    def _column(self, line: int, byte: int) -> int:
        start = self._starts[line - 1]
        return 1 + (byte - start if self._ascii is not None else len(self._data[start:byte].decode("utf-8", "replace")))


def outline_of(syntax: Syntax) -> Outline:
    """Give every named node its role. What is nested deeper than MAX_DEPTH is left out, and its line noted.

    Raises TooMuchError where the grammar cannot place MOST_ERRORS tokens in one go: queries take the square of them.
    """
    # the nodes that are grafted in are of this file's class
    from spotter.metrics.grafts import denied, give_callee, give_receiver, stands_alone, statement

    if syntax.error_lines:
        _refuse_long(syntax.tree)
    roles, slots = _roles(syntax)
    receiver = next(iter(words_of(syntax.source.language).implicit), "")
    cursor = syntax.tree.walk()
    top = syntax.tree.root_node
    root = Node(roles.get(top.id, ""), slots.get(top.id, ""), top.type, top.start_byte, top.end_byte)
    outline = Outline(root, syntax.text_bytes, ())
    above, cut, calls = [root], [], []
    if not cursor.goto_first_child():
        return outline
    while True:
        current = cursor.node
        assert current is not None
        name = current.id
        role, slot = roles.get(name, ""), slots.get(name, "")
        if (slot or (current.is_named and not current.is_extra)) and role != SKIP:
            node = Node(role, slot, current.type, current.start_byte, current.end_byte)
            if role == INLINE:
                for child in current.named_children if slot else ():
                    slots.setdefault(child.id, slot)
                node = above[-1]
            else:
                if role == OWN:
                    give_receiver(node, receiver, outline.text(node).lstrip("@"))
                elif role == "call":
                    calls.append(node)
                placed = statement(node) if stands_alone(node, above[-1]) else node
                above[-1].children.append(denied(node) if slot == DENIED else placed)
            if len(above) >= MAX_DEPTH and current.child_count:
                cut.append(current.start_point[0] + 1)
            elif cursor.goto_first_child():
                above.append(node)
                continue
        while not cursor.goto_next_sibling():
            cursor.goto_parent()
            above.pop()
            if not above:
                for call in calls:
                    give_callee(call)
                outline.cut_lines = tuple(sorted(set(cut)))
                return outline


def _refuse_long(tree: Tree) -> None:
    pending = [tree.root_node]
    while pending:
        node = pending.pop()
        if node.is_error and node.child_count > MOST_ERRORS:
            raise TooMuchError
        if node.has_error:
            pending.extend(node.children)


def _roles(syntax: Syntax) -> tuple[dict[int, str], dict[int, str]]:
    from tree_sitter import QueryCursor

    roles: dict[int, str] = {}
    slots: dict[int, str] = {}
    query = _query(syntax.source.language)
    cursor = QueryCursor(query)
    cursor.set_max_start_depth(MAX_DEPTH)
    found = cursor.captures(syntax.tree.root_node)
    for name in _captures(query):
        role, _, slot = name.partition(".")
        for node in found.get(name, ()):
            if slot:
                slots.setdefault(node.id, slot)
            elif roles.get(node.id, "name") == "name":
                roles[node.id] = role
    return roles, slots


@cache
def _query(language: str) -> Query:
    from tree_sitter import Query

    return Query(grammar(language), query_text(language))


@cache
def _captures(query: Query) -> tuple[str, ...]:
    """The captures in the order in which the query first names them: the first that takes a node keeps it.

    Those that begin with an underscore only serve its predicates.
    """
    names = (query.capture_name(index) for index in range(query.capture_count))
    return tuple(name for name in names if not name.startswith("_"))


def body_of(branch: Node | None) -> list[Node]:
    """The statements of a branch: those of its block, or the one that stands there without a block."""
    if branch is None:
        return []
    return branch.children if branch.role in ("block", "else", "") else [branch]


def other_of(node: Node) -> Node | None:
    """What stands in the `else` of an `if`: a block, a statement, or a further `if`."""
    for child in node.children:
        if child.role == "else":
            return child.at("body") or child
    return node.at("else")


def steps_of(node: Node) -> list[Node]:
    """An `if` and every further one that is asked where it does not hold, `else if` counted like `elif`."""
    other = other_of(node)
    further = steps_of(other) if other is not None and other.role == "if" else []
    return [node, *(child for child in node.children if child.role == "elif"), *further]


def cases_of(match: Node) -> Iterator[Node]:
    """The cases of a match, and not those of a match inside."""
    pending = match.children[::-1]
    while pending:
        node = pending.pop()
        if node.role in ("case", "default"):
            yield node
        elif node.role in ("", "block"):
            pending.extend(node.children[::-1])


def is_text(node: Node) -> bool:
    """True for a statement that is only a string, such as a docstring."""
    return node.role == "statement" and all(child.role == "string" for child in node.children)
