"""How alike names are, by their words."""

from __future__ import annotations

import re

_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def alike(one: str, two: str) -> float:
    """How alike two names are: 1 for the same name, less for a share of the same words."""
    if one.strip("_") == two.strip("_"):
        return 1.0
    mine, theirs = ({piece.lower() for piece in _PIECE.findall(name)} for name in (one, two))
    return 0.8 * len(mine & theirs) / max(len(mine), len(theirs), 1)
