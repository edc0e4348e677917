"""Lexical tokens as the network reads them: texts, classes and layout in parallel, one position a token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spotter.languages import languages
from spotter.syntax import Syntax, Token

NAME, STRING, NUMBER, OTHER = range(4)
CLASSES = {
    "identifier": NAME,
    "property_identifier": NAME,
    "private_property_identifier": NAME,
    "shorthand_property_identifier": NAME,
    "shorthand_property_identifier_pattern": NAME,
    "statement_identifier": NAME,
    "type_identifier": NAME,
    "field_identifier": NAME,
    "this": NAME,
    "string": STRING,
    "string_content": STRING,
    "string_fragment": STRING,
    "template_string": STRING,
    "integer": NUMBER,
    "float": NUMBER,
    "number": NUMBER,
}
MAX_RANK = 7


@dataclass(frozen=True, slots=True)
class Lexemes:
    """T lexical tokens. The rank is the indentation level of a line's first token, counted from 0, else -1."""

    texts: tuple[str, ...]
    classes: tuple[int, ...]
    ranks: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.texts)

    def cut(self, first: int, last: int) -> Lexemes:
        """The tokens [first, last)."""
        return Lexemes(self.texts[first:last], self.classes[first:last], self.ranks[first:last])


def lexemes_of(syntax: Syntax) -> Lexemes:
    """The tokens of a parsed source, with string quotes made alike."""
    tokens = syntax.tokens
    return Lexemes(
        tuple(normal(token.text) for token in tokens),
        tuple(CLASSES.get(token.kind, OTHER) for token in tokens),
        tuple(_ranks(tokens, languages()[syntax.source.language].braces)),
    )


def normal(text: str) -> str:
    """A plain 'string' in double quotes, long ones cut to 100 characters; every other text as it is."""
    if len(text) > 100:
        text = text[:60] + text[-40:]
    if text[0] == "'" and text[-1] == "'" and len(text) > 1 and text[1] != "'" and '"' not in text:
        return f'"{text[1:-1]}"'
    return text


def _ranks(tokens: Sequence[Token], braces: bool) -> list[int]:
    """The indentation level of each logical line's first token; -1 elsewhere and inside brackets.

    Where braces hold blocks, what stands in them is no less a line.
    """
    ranks = []
    columns: list[int] = []
    opened: list[str] = []
    line = 0
    for token in tokens:
        if token.line > line and (not opened or (braces and opened[-1] == "{" and token.text not in CONTINUES)):
            while columns and columns[-1] > token.column:
                columns.pop()
            if not columns or columns[-1] < token.column:
                columns.append(token.column)
            ranks.append(min(len(columns) - 1, MAX_RANK))
        else:
            ranks.append(-1)
        line = token.end_line
        if token.text in OPENERS:
            opened.append(token.text)
        elif token.text in CLOSERS and opened:
            opened.pop()
    return ranks


CONTINUES = frozenset((".", "?.", "?", ":", "&&", "||", "??", "+", "-", "*", "/", "|", "&", "=", "==", "===", ")", "]"))
OPENERS = frozenset(("(", "[", "{", "${"))
CLOSERS = frozenset(")]}")
