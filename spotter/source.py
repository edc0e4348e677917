"""A source: text in a known language, under a known name."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Cell:
    """A notebook's code cell: its number among all cells, and its lines [first, last] in the source's text, from 1."""

    number: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Source:
    """One file's text. The path is posix, relative to the repository; the language a folder of metrics/languages.

    What lies aside, such as "minified", is checked only where a person names it.
    """

    path: str
    text: str
    language: str
    cells: tuple[Cell, ...] = ()
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file or folder that could not be measured, and why: what is wrong and what to do, in one line.

    Requested means that a person or a change named it, so that a check must not pass without it.
    """

    path: str
    reason: str
    requested: bool = False
    aside: str = ""


def words(text: str) -> list[str]:
    """The words of a text as names are made of them, in code, texts and comments, in order."""
    return _WORD.findall(text)


def is_word(text: str) -> bool:
    """Whether a text is one such word."""
    return _WORD.fullmatch(text) is not None
