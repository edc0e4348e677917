"""Similar code: functions that are one template with a few holes, where the holes should be parameters."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from spotter.metrics.facts import FileFacts, FunctionFacts
from spotter.metrics.nil import place
from spotter.metrics.pressure import Pressure, PressureSite
from spotter.metrics.shapes import Shape, skeleton_of
from spotter.metrics.templates import Hole, Template, mass, unify
from spotter.metrics.words import words_of

RULE = "SP251"
MOST_HOLES = 4
MIN_MASS = 60
MIN_NAMES = 4
FIXED_PER_HOLE = 12
MIN_SAVED = 10
MOST_FAMILIES = 60
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Copy:
    """A function that may be a copy, with its lines of code and its shape."""

    file: FileFacts
    function: FunctionFacts
    lines: int
    shape: Shape


@dataclass(slots=True)
class Family:
    """Copies that share a template."""

    members: list[Copy]
    shape: Shape
    holes: tuple[Hole, ...]


def similarity_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every family of near copies, the one that saves most lines first. Tests and generated files are left out."""
    alike: dict[str, list[Copy]] = defaultdict(list)
    for copy in _copies(files):
        alike[skeleton_of(copy.function.shape)].append(copy)
    found = [
        pressure
        for copies in alike.values()
        if len(copies) > 1
        for family in _families(copies)
        if (pressure := _pressure(family)) is not None
    ]
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


def _copies(files: Sequence[FileFacts]) -> Iterator[Copy]:
    for file in files:
        if file.generated or file.test:
            continue
        for function in file.functions:
            if function.shape:
                lines, shape = json.loads(function.shape)
                if mass(shape) >= MIN_MASS:
                    yield Copy(file, function, lines, shape)


def _families(copies: list[Copy]) -> Iterator[Family]:
    families: list[Family] = []
    for copy in copies:
        for family in families[:MOST_FAMILIES]:
            joint = unify(family.shape, copy.shape, MOST_HOLES)
            if joint is not None and _convinces(joint):
                family.members.append(copy)
                family.shape, family.holes = joint.shape, joint.holes
                break
        else:
            families.append(Family([copy], copy.shape, ()))
    return (family for family in families if len(family.members) > 1)


def _convinces(template: Template) -> bool:
    return len(template.names) >= MIN_NAMES and template.fixed >= FIXED_PER_HOLE * len(template.holes)


def _pressure(family: Family) -> Pressure | None:
    members = sorted(family.members, key=lambda copy: (copy.file.path, copy.function.start_line))
    distinct = {_without_twins(copy): copy for copy in reversed(members)}
    first, rest = members[0], [copy for copy in distinct.values() if copy is not members[0]]
    saved = sum(copy.lines for copy in rest)
    if saved < MIN_SAVED:
        return None
    rest.sort(key=lambda copy: (copy.file.path, copy.function.start_line))
    label = first.function.name
    others = ", ".join(f"`{copy.function.name}`" for copy in rest[:SHOWN]) + (" and more" if len(rest) > SHOWN else "")
    message = f"`{label}` and {others} are one template{_with(family.holes)}: one function would save {saved} lines"
    digest = sha256(json.dumps(family.shape).encode()).hexdigest()[:16]
    sites = tuple(
        PressureSite(
            place(copy.file.path, copy.function.span, copy.function.name), "copies", "resolved", f"copies `{label}`"
        )
        for copy in rest
    )
    where = place(first.file.path, first.function.span, label)
    return Pressure(RULE, f"clones:{digest}", where, message, sites, float(saved))


def _with(holes: tuple[Hole, ...]) -> str:
    if not holes:
        return " without a difference"
    said = ", ".join(f"`{hole.one}` or `{hole.two}`" for hole in holes if hole.one and hole.two)
    return f" with {len(holes)} parameter{'s' * (len(holes) > 1)}" + (f" ({said})" if said else "")


def _without_twins(copy: Copy) -> str:
    """A function's name without what tells an asynchronous twin from its synchronous one."""
    twins = sorted(words_of(copy.file.language).twins, key=len, reverse=True)
    parts = copy.function.name.lower().split(".")
    for twin in twins:
        parts = [
            part.replace(twin, "") if len(twin) > 1 else part.lstrip("_").removeprefix(twin) or part for part in parts
        ]
    return f"{copy.file.path}:{'.'.join(part.strip('_') for part in parts)}"
