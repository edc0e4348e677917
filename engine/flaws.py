"""Flaws: what is wrong with a token of Python that raises an exception whenever it is reached."""

from __future__ import annotations

from typing import NamedTuple

from spotter.findings import Edit


class Flaw(NamedTuple):
    """What is wrong, as a clause of which the token is the subject, and the edit that mends it where one is plain."""

    why: str
    mend: tuple[Edit, str] | None = None


UNBOUND = Flaw("is not bound here")


class Place(NamedTuple):
    """Where a flaw is: its line from 1, its column from 0 in bytes of UTF-8, and what stands there, "" for anything.

    The lines, first and last, are those of what it is a flaw of.
    """

    line: int
    column: int
    text: str
    flaw: Flaw
    lines: tuple[int, int]
