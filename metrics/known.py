"""What is known of nil at one point of a function."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from spotter.metrics.facts import Subject
from spotter.metrics.span import Span

Stands = Literal["branch", "choice", "exit", "refusal"]


@dataclass(frozen=True, slots=True)
class Guard:
    """The condition under which a path is missing, and whether it is surely nil then or may be empty as well.

    It stands before a branch, before one of two to choose from, or before an exit that all other values take, which may
    be an error. What is called where the path is there may take it where it is not.
    """

    span: Span
    nil: bool
    stands: Stands
    called: frozenset[str] = frozenset()


@dataclass(slots=True)
class Known:
    """What holds at a point: paths that are not nil, what locals stand for, what the truth of a local implies.

    Absent are the paths that are surely missing, by the condition that says so.
    """

    paths: set[str] = field(default_factory=set)
    bound: dict[str, Subject] = field(default_factory=dict)
    implied: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    absent: dict[str, Guard] = field(default_factory=dict)

    def plus(self, paths: Iterable[str]) -> Known:
        """A copy that knows more paths."""
        more = set(paths)
        absent = {path: guard for path, guard in self.absent.items() if path not in more}
        return Known(self.paths | more, dict(self.bound), dict(self.implied), absent)

    def forget(self, path: str) -> None:
        """A path gets a new value: what was known of it and of all below it goes."""
        below = (f"{path}.", f"{path}[", f"{path}(")
        self.paths = {p for p in self.paths if p != path and not p.startswith(below)}
        self.bound.pop(path, None)
        self.implied.pop(path, None)
        self.arrive(path)

    def arrive(self, path: str) -> None:
        """What was missing at a path, or below it, may be there."""
        if self.absent:
            below = (f"{path}.", f"{path}[", f"{path}(")
            self.absent = {p: g for p, g in self.absent.items() if p != path and not p.startswith(below)}

    def forget_named(self, name: str) -> None:
        """An attribute of some object gets a new value: it may be missing no more under another path."""
        self.absent = {path: guard for path, guard in self.absent.items() if path.rpartition(".")[2] != name}

    def keep(self, steady: frozenset[str]) -> None:
        """Other code has run: of what is missing, only these are sure to be missing still."""
        if self.absent:
            self.absent = {path: guard for path, guard in self.absent.items() if path in steady}


def joined(one: Known | None, two: Known | None) -> Known | None:
    """What holds where two ways meet; None is a way that never arrives."""
    if one is None or two is None:
        return one or two
    bound = {name: subject for name, subject in one.bound.items() if two.bound.get(name) == subject}
    implied = {name: paths for name, paths in one.implied.items() if two.implied.get(name) == paths}
    absent = {path: guard for path, guard in one.absent.items() if two.absent.get(path) == guard}
    return Known(one.paths & two.paths, bound, implied, absent)
