"""Fixes of other people: the same mistake and its mending, under other names."""

from __future__ import annotations

import builtins
from collections import Counter
from random import Random

from spotter.engine.features import BARE, roles_of
from spotter.engine.lexemes import NAME, Lexemes

FIXED = frozenset(dir(builtins)) | {"self", "cls", "args", "kwargs", "_"}
FIXED |= frozenset((  # what scripts have of their own
    "this", "arguments", "Array", "Boolean", "Buffer", "Date", "Error", "JSON", "Map", "Math", "Number", "Object",
    "Promise", "RegExp", "Set", "String", "Symbol", "TypeError", "console", "document", "exports", "global",
    "globalThis", "module", "process", "require", "window",
))  # fmt: skip
SHARE = 0.5  # of the names that could be other ones


def renamed(before: Lexemes, after: Lexemes, donor: Lexemes, rng: Random) -> tuple[Lexemes, Lexemes]:
    """Both sides of a fix with some of their local names replaced, each everywhere, by such names of other code.

    Names that the fix itself adds or takes away stay.
    """
    times = Counter(before.texts), Counter(after.texts)
    free = sorted(name for name in local_names(donor) if not any(name in known for known in times))
    rng.shuffle(free)
    table: dict[str, str] = {}
    for name in sorted(local_names(before) & local_names(after)):
        if free and times[0][name] == times[1][name] > 1 and rng.random() < SHARE:
            table[name] = free.pop()

    def other(side: Lexemes) -> Lexemes:
        return Lexemes(tuple([table.get(text, text) for text in side.texts]), side.classes, side.ranks)

    return other(before), other(after)


def local_names(lexemes: Lexemes) -> set[str]:
    """Names that stand alone wherever they stand, and that the language does not give."""
    bare: set[str] = set()
    others: set[str] = set()
    for text, role, kind in zip(lexemes.texts, roles_of(lexemes), lexemes.classes, strict=True):
        if kind == NAME:
            (bare if role == BARE else others).add(text)
    return bare - others - FIXED
