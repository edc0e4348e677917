"""The names that nothing in their file binds, so that whoever reaches them gets a NameError: as pyflakes finds them."""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from collections.abc import Iterator

from spotter.syntax import Syntax

MOST = 3  # names: where more are missing, something puts them there
TWICE = 2  # times that one may stand: what is used again and again is put there
# What a program around the file gives it: gettext, IPython, Databricks; and what Python 2 knew.
GIVEN = ("_", "ngettext", "get_ipython", "display", "dbutils", "spark", "reveal_type", "reveal_locals")
GIVEN_BEFORE = (
    *("apply", "basestring", "buffer", "cmp", "coerce", "execfile", "file", "intern", "long", "raw_input", "reduce"),
    *("reload", "unichr", "unicode", "xrange"),
)
KNOWN = re.compile(r"noqa|undefined|\b(type|pyright|ty|pyrefly): *ignore", re.IGNORECASE)  # its author knows


def unbound(syntax: Syntax) -> Iterator[int]:
    """The tokens of such names in Python that parses, but for annotations, which nothing evaluates.

    None where a file has many of them, of a name that stands there again and again, nor where a comment says that its
    author knows.
    """
    if syntax.source.language != "python":
        return
    if not (undefined := list(_undefined(syntax.source.text, syntax.source.path))):
        return
    places = {(token.line, token.column, token.text): i for i, token in enumerate(syntax.tokens)}
    missed = map(places.get, undefined)
    found = [token for token in missed if token is not None and not _annotates(syntax, token)]
    times = Counter(syntax.tokens[token].text for token in found)
    told = {comment.line for comment in syntax.comments if KNOWN.search(comment.text)}
    for token in found if len(times) <= MOST else ():
        if times[syntax.tokens[token].text] <= TWICE and syntax.tokens[token].line not in told:
            yield token


def _undefined(text: str, path: str) -> Iterator[tuple[int, int, str]]:
    """Lines and columns in code points, both from 1, with the names that stand there."""
    from pyflakes.checker import Checker
    from pyflakes.messages import UndefinedName

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = Checker(ast.parse(text), path, builtins=(*GIVEN, *GIVEN_BEFORE)).messages
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    lines = text.split("\n")
    for one in found:
        if isinstance(one, UndefinedName):
            before = lines[one.lineno - 1].encode()[: one.col].decode("utf-8", "ignore")
            yield one.lineno, len(before) + 1, one.message_args[0]


def _annotates(syntax: Syntax, token: int) -> bool:
    """Whether a token is part of an annotation."""
    start = len(syntax.source.text[: syntax.tokens[token].start].encode("utf-8", "surrogatepass"))
    node = syntax.tree.root_node.descendant_for_byte_range(start, start)
    while node is not None and node.type != "type":
        node = node.parent
    return node is not None
