"""What is known of nil at one point of a function."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from spotter.metrics.facts import Subject


@dataclass(slots=True)
class Known:
    """What holds at a point: paths that are not nil, what locals stand for, what the truth of a local implies."""

    paths: set[str] = field(default_factory=set)
    bound: dict[str, Subject] = field(default_factory=dict)
    implied: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)

    def plus(self, paths: Iterable[str]) -> Known:
        """A copy that knows more paths."""
        return Known(self.paths | set(paths), dict(self.bound), dict(self.implied))

    def forget(self, path: str) -> None:
        """A path gets a new value: what was known of it and of all below it goes."""
        below = (f"{path}.", f"{path}[", f"{path}(")
        self.paths = {p for p in self.paths if p != path and not p.startswith(below)}
        self.bound.pop(path, None)
        self.implied.pop(path, None)


def joined(one: Known | None, two: Known | None) -> Known | None:
    """What holds where two ways meet; None is a way that never arrives."""
    if one is None or two is None:
        return one or two
    bound = {name: subject for name, subject in one.bound.items() if two.bound.get(name) == subject}
    implied = {name: paths for name, paths in one.implied.items() if two.implied.get(name) == paths}
    return Known(one.paths & two.paths, bound, implied)
