"""One pressure: a cause, the sites it presses on, and the place where it is reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Certainty = Literal["resolved", "inferred", "ambiguous"]
Relation = Literal["defines", "calls", "reads", "writes", "checks", "causes", "copies", "co-updates"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A span of a file, in code points from 1, the end exclusive, and the dotted name of its function ("" outside)."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    function: str


@dataclass(frozen=True, slots=True, order=True)
class PressureSite:
    """A site that a cause presses on, and how sure the link is."""

    place: Place
    relation: Relation
    certainty: Certainty
    message: str


@dataclass(frozen=True, slots=True)
class Pressure:
    """A cause and its sites. The weight counts the decisions (or copies) that would go if the cause were mended.

    The cause is a key that is equal wherever the same thing is meant: "state:pkg/a.py:Session.token",
    "condition:G.is_directed()", "clones:1f3a…". A deviant is the one place that breaks the pattern: its
    p_error is the share of the sites that keep it, shrunk for few sites. Where the place is a name, another one may be
    expected there.
    """

    rule: str
    cause: str
    place: Place
    message: str
    sites: tuple[PressureSite, ...]
    weight: float
    deviant: bool = False
    p_error: float | None = None
    expected: str = ""
