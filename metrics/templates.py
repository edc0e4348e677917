"""Anti-unification (Plotkin 1970): the most specific template of which two shapes are instances.

What differs becomes a hole; the same pair of parts becomes the same hole. A hole may stand for an expression that a
caller could give, not for a statement, a selector, an operator or a local: those cannot be parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spotter.metrics.shapes import Shape

MOST_IN_HOLE = 12
MOST_SAID = 40
_FIXED = frozenset(".!~")
_NO_ARGUMENT = frozenset({"arguments", "keyword", "for_in", "filter", "assign", "pair", "pattern"})


@dataclass(frozen=True, slots=True)
class Hole:
    """What a template leaves open: the two parts as a reader knows them, "" for locals, the receiver, long ones."""

    one: str
    two: str


@dataclass(frozen=True, slots=True)
class Template:
    """A shape with holes (`?0`, `?1`), the count of its fixed nodes and the names and literals among them."""

    shape: Shape
    holes: tuple[Hole, ...]
    fixed: int
    names: frozenset[str]


def unify(one: Shape, two: Shape, most_holes: int, known: tuple[Hole, ...] = ()) -> Template | None:
    """The template of two shapes, or None where it would need more holes than that, or one that is no parameter.

    The first may be a template itself, with its known holes.
    """
    unifier = _Unifier(most_holes, known)
    shape = unifier.unify(one, two)
    if shape is None:
        return None
    return Template(shape, tuple(unifier.holes.values()), unifier.fixed, frozenset(unifier.names))


def mass(shape: Shape) -> int:
    """The number of nodes."""
    pending, count = [shape], 0
    while pending:
        node = pending.pop()
        count += 1
        if isinstance(node, list):
            pending.extend(node[1:])
    return count


class _Unifier:
    def __init__(self, most_holes: int, known: tuple[Hole, ...]) -> None:
        self._most = most_holes
        self._known = known
        self._numbers: dict[str, str] = {}
        self.holes: dict[str, Hole] = {}
        self.fixed = 0
        self.names: set[str] = set()

    def unify(self, one: Shape, two: Shape) -> Shape | None:
        if isinstance(one, str) and one == two and one[0] != "?":
            self.fixed += 1
            if one[0] in ".=#":
                self.names.add(one)
            return one
        if isinstance(one, list) and isinstance(two, list) and one[0] == two[0] and len(one) == len(two):
            self.fixed += 1
            below: list[Shape] = [one[0]]
            for left, right in zip(one[1:], two[1:], strict=True):
                shape = self.unify(left, right)
                if shape is None:
                    return None
                below.append(shape)
            return below
        free = _fills(one, "$%") or _fills(two, "$%")
        return self._hole(one, two) if free and _fills(one, "$") and _fills(two, "$") else None

    def _hole(self, one: Shape, two: Shape) -> Shape | None:
        pair = f"{one}|{two}"
        if pair not in self.holes:
            if f"{two}|{one}" in self.holes:  # the same parts in another order
                return None
            if len(self.holes) == self._most:
                return None
            first = self._known[int(one[1:])].one if isinstance(one, str) and one[0] == "?" else _said(one)
            self.holes[pair] = Hole(first, _said(two))
            self._numbers[pair] = f"?{len(self._numbers)}"
        return self._numbers[pair]


def _fills(shape: Shape, bound: str) -> bool:
    """True where a caller can give a part: an expression that binds nothing and mentions no name of a bound kind."""
    if isinstance(shape, str):
        return shape[0] not in _FIXED and (shape[0] not in bound or shape == "$self")
    kind = shape[0]
    if (
        not isinstance(kind, str)
        or kind.startswith("@")
        or kind.partition(":")[0] in _NO_ARGUMENT
        or mass(shape) > MOST_IN_HOLE
    ):
        return False
    return not any(leaf[0] in bound and leaf != "$self" for leaf in _leaves(shape))


def _leaves(shape: Shape) -> Iterator[str]:
    if isinstance(shape, str):
        yield shape
    else:
        for part in shape[1:]:
            yield from _leaves(part)


def _said(shape: Shape) -> str:
    if isinstance(shape, list):
        parts = [_said(part) for part in shape[1:]] if str(shape[0]).startswith("member:") else []
        return ".".join(parts) if all(parts) else ""
    return shape[1:] if shape[0] in "=#." and len(shape) <= MOST_SAID else ""
