"""Flaws raise an exception whenever they are reached: unbound names, calls that their function cannot take."""

from __future__ import annotations

import ast
import re
import warnings

from spotter.engine.misfits import misfits
from spotter.engine.unbound import unbound
from spotter.syntax import Syntax

KNOWN = re.compile(r"noqa|undefined|\b(type|pyright|ty|pyrefly): *ignore", re.IGNORECASE)  # its author knows


def flaws_of(syntax: Syntax) -> dict[int, str]:
    """The flawed tokens of Python that parses, each with what is wrong; none where a comment says that it is known."""
    if syntax.source.language != "python":
        return {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(syntax.source.text)
        found = [*unbound(tree, syntax.source.path), *misfits(tree)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    if not found:
        return {}
    lines = syntax.source.text.split("\n")
    tokens = {(token.line, token.column): i for i, token in enumerate(syntax.tokens)}
    told = {comment.line for comment in syntax.comments if KNOWN.search(comment.text)}
    flaws = {}
    for line, column, text, why in found:
        before = lines[line - 1].encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore")
        token = tokens.get((line, len(before) + 1))
        if token is not None and line not in told and text in ("", syntax.tokens[token].text):
            flaws[token] = why
    return flaws
