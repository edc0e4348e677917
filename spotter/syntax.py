"""From text to lexical tokens: tree-sitter's leaves, error-tolerant, the same for every language."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from spotter.languages import grammar, languages

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

    from spotter.languages import Facts
    from spotter.source import Source


class Token(NamedTuple):
    """One lexical token. Offsets count code points from 0, lines and columns from 1; ends are exclusive."""

    text: str
    kind: str
    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method: its dotted name inside the file, its lines, and its tokens [first, last)."""

    name: str
    start_line: int
    end_line: int
    first: int
    last: int


@dataclass(frozen=True)
class Syntax:
    """A parsed source: its tree, its unreadable lines, and once they are asked for, its leaves."""

    source: Source
    tree: Tree
    text_bytes: bytes
    error_lines: tuple[int, ...]

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens without the comments."""
        return self._lexed[0]

    @property
    def comments(self) -> tuple[Token, ...]:
        """The comments."""
        return self._lexed[1]

    @property
    def functions(self) -> tuple[Function, ...]:
        """The functions that hold a token."""
        return self._lexed[2]

    @cached_property
    def _lexed(self) -> tuple[tuple[Token, ...], tuple[Token, ...], tuple[Function, ...]]:
        facts = languages()[self.source.language]
        place = _Places(self.source.text, self.text_bytes)
        tokens: list[Token] = []
        comments: list[Token] = []
        spans: list[tuple[str, int, int]] = []
        for node in _leaves(self.tree, facts, spans):
            if node.start_byte != node.end_byte:
                (comments if node.type in facts.comment_kinds else tokens).append(place.token(node))
        starts = [token.start for token in tokens]
        functions = []
        for name, first_byte, last_byte in spans:
            first = bisect_left(starts, place.offset(first_byte))
            last = bisect_left(starts, place.offset(last_byte))
            if first < last:
                functions.append(Function(name, tokens[first].line, tokens[last - 1].end_line, first, last))
        return tuple(tokens), tuple(comments), tuple(functions)


def parse(source: Source) -> Syntax:
    """Parse a source as far as it goes; lines that the grammar could not place are in error_lines."""
    from tree_sitter import Parser

    data = source.text.encode("utf-8", "surrogatepass")
    tree = Parser(grammar(source.language)).parse(data)
    errors = tuple(sorted(set(_error_lines(tree)))) if tree.root_node.has_error else ()
    return Syntax(source, tree, data, errors)


def enclosing(syntax: Syntax, line: int) -> Function | None:
    """The innermost function around a line, or None at module level."""
    around = [f for f in syntax.functions if f.start_line <= line <= f.end_line]
    return max(around, key=lambda f: f.start_line, default=None)


def _leaves(tree: Tree, facts: Facts, spans: list[tuple[str, int, int]]) -> Iterator[Node]:
    """Leaves in order; a string without interpolation is one. Fills spans with functions: (dotted name, bytes)."""
    cursor = tree.walk()
    scopes: list[str | None] = []
    while True:
        node = cursor.node
        assert node is not None
        kind = node.type
        whole = kind in facts.whole_kinds and not any(c.type in facts.interpolation_kinds for c in node.children)
        if not whole and node.child_count:
            function = kind in facts.function_kinds
            scopes.append(_scope_name(node, facts) if function or kind in facts.class_kinds else None)
            if function:
                spans.append((".".join(filter(None, scopes)), node.start_byte, node.end_byte))
            cursor.goto_first_child()
            continue
        yield node
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            scopes.pop()


def _scope_name(node: Node, facts: Facts) -> str:
    """The name of a function or class: its own, or else the last part of what it is given to."""
    name = node.child_by_field_name("name")
    if name is None and (parent := node.parent) is not None:
        given = (parent.child_by_field_name(field) for field in facts.name_fields)
        name = next((target for target in given if target is not None and target.end_byte <= node.start_byte), None)
    return name.text.decode("utf-8", "replace").rpartition(".")[2] if name is not None and name.text else "<anonymous>"


def _error_lines(tree: Tree) -> Iterator[int]:
    pending = [tree.root_node]
    while pending:
        node = pending.pop()
        if node.is_error or node.is_missing:
            yield node.start_point[0] + 1
        elif node.has_error:
            pending.extend(node.children)


class _Places:
    """Byte offsets of the UTF-8 form -> offsets, lines and columns in code points."""

    def __init__(self, text: str, data: bytes) -> None:
        self._text = text
        self._starts = [0]
        self._starts.extend(i + 1 for i, char in enumerate(text) if char == "\n")
        self._offsets: list[int] | None = None
        if len(data) != len(text):
            self._offsets = [i for i, char in enumerate(text) for _ in range(_width(char))]
            self._offsets.append(len(text))

    def offset(self, byte: int) -> int:
        return byte if self._offsets is None else self._offsets[byte]

    def token(self, node: Node) -> Token:
        start, end = self.offset(node.start_byte), self.offset(node.end_byte)
        line = bisect_right(self._starts, start)
        end_line = bisect_right(self._starts, end)
        column, end_column = start - self._starts[line - 1] + 1, end - self._starts[end_line - 1] + 1
        return Token(self._text[start:end], node.type, start, end, line, column, end_line, end_column)


def _width(char: str) -> int:
    code = ord(char)
    return 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4
