"""Texts in a list that lack a comma between them, so that two of them are one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from spotter.engine.around import Around
from spotter.engine.bound_names import Names
from spotter.engine.flaws import Flaw, Place

JOINED = Flaw("continues the text before it, where all others stand by themselves", ("insert", ","))
FEWEST = 4  # texts in a list whose form says something
WORD = re.compile(r"[\w.:-]{1,70}")
SEAM = re.compile(r"""\w["']$""")
START = re.compile(r"""\s*[bBrRuUfF]{0,2}["']\w""")


def unparted(node: ast.AST, _: Around, names: Names) -> Iterator[Place]:
    """Where a text on a line of its own continues the one before it, in a list of words that have a line each."""
    if not isinstance(node, ast.List | ast.Tuple | ast.Set) or len(node.elts) < FEWEST:
        return
    texts = [one for one in node.elts if isinstance(one, ast.Constant) and _is_word(one.value)]
    if len(texts) == len(node.elts) == len({one.lineno for one in texts}):
        joined = [one for one in texts if one.end_lineno != one.lineno]
        if len(joined) == 1 and joined[0].end_lineno == joined[0].lineno + 1 and names.before(joined[0]) != "(":
            first, second = (names.lines[joined[0].lineno - 1 + i] for i in (0, 1))
            if SEAM.search(first.partition("#")[0].rstrip()) and START.match(second):
                yield Place(joined[0].lineno + 1, 0, "", JOINED, after=True)


def _is_word(value: object) -> bool:
    return isinstance(value, str) and WORD.fullmatch(value) is not None
