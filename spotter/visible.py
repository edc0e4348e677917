"""Text from code under review, made safe to print: what a terminal or a reader would not see is shown as an escape."""

from __future__ import annotations

import unicodedata

# control, format (bidirectional marks too), line and paragraph separators, lone surrogates
HIDDEN = frozenset(("Cc", "Cf", "Zl", "Zp", "Cs"))


def visible(text: str) -> str:
    """The text with invisible characters as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if unicodedata.category(char) not in HIDDEN else _escape(char) for char in text)


def columns(text: str) -> int:
    """The columns a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _escape(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode()
