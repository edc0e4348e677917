"""Similar code: functions that are one template with a few holes, where the holes should be parameters."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from spotter.metrics.facts import FileFacts, FunctionFacts
from spotter.metrics.nil import place
from spotter.metrics.pressure import Pressure, PressureSite
from spotter.metrics.shapes import Shape
from spotter.metrics.templates import Template, mass, unify

RULE = "SP251"
MOST_HOLES = 4
MIN_MASS = 60
MIN_NAMES = 4
MIN_SAVED = 10
MOST_FAMILIES = 60


@dataclass(slots=True)
class Family:
    """Functions that share a template, and the template of the last two."""

    members: list[tuple[FileFacts, FunctionFacts]]
    shape: Shape
    template: Template | None = None
    holes: set[str] = field(default_factory=set)


def similarity_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every family of near copies, the one that saves most lines first."""
    buckets: dict[str, list[tuple[FileFacts, FunctionFacts, Shape]]] = defaultdict(list)
    for file in files:
        if file.generated or file.test:
            continue
        for function in file.functions:
            if function.shape and mass(shape := json.loads(function.shape)) >= MIN_MASS:
                buckets[_skeleton(shape)].append((file, function, shape))
    found = [
        pressure
        for bucket in buckets.values()
        if len(bucket) > 1
        for family in _families(bucket)
        if (pressure := _pressure(family)) is not None
    ]
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


def _families(bucket: list[tuple[FileFacts, FunctionFacts, Shape]]) -> Iterator[Family]:
    families: list[Family] = []
    for file, function, shape in bucket:
        for family in families[:MOST_FAMILIES]:
            if (joint := unify(family.shape, shape, MOST_HOLES)) is not None and _likely(joint[1]):
                family.members.append((file, function))
                family.shape, family.template = joint
                break
        else:
            families.append(Family([(file, function)], shape))
    return (family for family in families if family.template is not None)


def _likely(template: Template) -> bool:
    return len(template.names) >= MIN_NAMES and template.fixed >= 12 * len(template.holes)


def _skeleton(shape: Shape) -> str:
    """What near copies share: the statements in order, and every name that selects."""
    parts: list[str] = []
    pending = [shape]
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            continue
        kind = node[0]
        if isinstance(kind, str) and kind.startswith("@"):
            parts.append(kind)
        pending.extend(reversed(node[1:]))
    return " ".join(parts)


def _pressure(family: Family) -> Pressure | None:
    members = sorted(family.members, key=lambda item: (item[0].path, item[1].start_line))
    (file, first), rest = members[0], members[1:]
    saved = sum(function.end_line - function.start_line + 1 for _, function in rest)
    template = family.template
    if template is None or saved < MIN_SAVED:
        return None
    holes = _holes(family.shape)
    need = f"{holes} parameter{'s' * (holes != 1)}" if holes else "nothing to tell apart"
    others = ", ".join(f"`{function.name}`" for _, function in rest[:3]) + (" and more" if len(rest) > 3 else "")
    message = f"`{first.name}` is the same code as {others}: one function with {need} would save {saved} lines"
    digest = sha256(json.dumps(family.shape).encode()).hexdigest()[:16]
    sites = tuple(
        PressureSite(place(other.path, function.span, function.name), "copies", "resolved", f"copies `{first.name}`")
        for other, function in rest
    )
    return Pressure(RULE, f"clones:{digest}", place(file.path, first.span, first.name), message, sites, float(saved))


def _holes(shape: Shape) -> int:
    found: set[str] = set()
    pending = [shape]
    while pending:
        node = pending.pop()
        if isinstance(node, list):
            pending.extend(node[1:])
        elif node.startswith("?"):
            found.add(node)
    return len(found)
