"""Anti-unification (Plotkin 1970): the most specific template of which two shapes are instances.

What differs becomes a hole; the same pair of parts becomes the same hole. A hole may stand for an expression, not
for a statement, a selector or an operator: those cannot be parameters.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from spotter.metrics.shapes import Shape

HOLE = "?"
_FIXED = frozenset(".!~")


@dataclass(slots=True)
class Template:
    """A template under construction: its holes by what they stand for, its fixed nodes, its fixed names."""

    holes: dict[str, int] = field(default_factory=dict)
    fixed: int = 0
    names: set[str] = field(default_factory=set)


def unify(one: Shape, two: Shape, most_holes: int) -> tuple[Shape, Template] | None:
    """The template of two shapes, or None where it would need more holes than given or one that is no parameter."""
    template = Template()
    shape = _unify(one, two, template, most_holes)
    return None if shape is None else (shape, template)


def mass(shape: Shape) -> int:
    """The number of nodes."""
    pending, count = [shape], 0
    while pending:
        node = pending.pop()
        count += 1
        if isinstance(node, list):
            pending.extend(node[1:])
    return count


def _unify(one: Shape, two: Shape, template: Template, most_holes: int) -> Shape | None:
    if isinstance(one, str) and one == two:
        template.fixed += 1
        if one[0] in ".=#":
            template.names.add(one)
        return one
    if isinstance(one, list) and isinstance(two, list) and one[0] == two[0] and len(one) == len(two):
        template.fixed += 1
        below: list[Shape] = [one[0]]
        for left, right in zip(one[1:], two[1:], strict=True):
            shape = _unify(left, right, template, most_holes)
            if shape is None:
                return None
            below.append(shape)
        return below
    if not (_fills(one) and _fills(two)):
        return None
    hole = template.holes.setdefault(f"{one}|{two}", len(template.holes))
    return f"{HOLE}{hole}" if len(template.holes) <= most_holes else None


def _fills(shape: Shape) -> bool:
    """True where a part can be an argument: an expression that is no list of arguments and binds nothing."""
    if isinstance(shape, str):
        return shape[0] not in _FIXED and shape != "$self"
    kind = shape[0]
    return isinstance(kind, str) and not kind.startswith("@") and kind not in _NO_ARGUMENT and mass(shape) <= 12


_NO_ARGUMENT = frozenset({"argument_list", "keyword_argument", "for_in_clause", "if_clause", "assignment", "pair"})
