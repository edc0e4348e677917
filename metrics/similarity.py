"""Similar code: functions that are one template with a few holes, where the holes should be parameters."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from spotter.metrics.classes import Classes
from spotter.metrics.facts import FileFacts, FunctionFacts
from spotter.metrics.nil import place
from spotter.metrics.pressure import Place, Pressure, PressureSite
from spotter.metrics.shapes import Shape, skeleton_of
from spotter.metrics.templates import Hole, Template, mass, unify
from spotter.metrics.words import words_of

RULE = "SP251"
MOST_HOLES = 4
MIN_MASS = 60
MIN_NAMES = 4
FIXED_PER_HOLE = 12
MIN_SAVED = 7
MOST_FAMILIES = 60
SHOWN = 3
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


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

    @property
    def first(self) -> Copy:
        """The copy that owns the finding."""
        return self.members[0]

    @property
    def saved(self) -> int:
        """The lines that go once: signatures stay where names differ, and so does a call of the template."""
        gone = sum(copy.lines for copy in self.members[1:])
        if self.holes:
            return gone - len(self.members) - 1
        return gone - sum(_bare(copy) != _bare(self.first) for copy in self.members[1:])


def similarity_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every family of near copies, the one that saves most lines first. Only files that are written count."""
    classes = Classes(files)
    together: dict[tuple[str, ...], list[Family]] = defaultdict(list)
    families = [family for copies in _alike(files) for family in _families(copies)]
    for family in families:
        _settle(family, classes)
    worth = [family for family in families if len(family.members) > 1 and family.saved >= MIN_SAVED]
    around: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for family in worth:
        for copy in family.members:
            around[copy.file.path].append((copy.function.start_line, copy.function.end_line))
    for family in worth:
        if not all(_lies_in(copy, around[copy.file.path]) for copy in family.members):
            together[_home(family)].append(family)
    found = [_pressure(families) for families in together.values()]
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


def written(file: FileFacts) -> bool:
    """Whether copies in a file can be mended: no test, nothing generated, and no step of a history that was taken."""
    taken = words_of(file.language).history_paths
    return not (file.generated or file.test) and taken.isdisjoint(file.path.split("/"))


def _lies_in(copy: Copy, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a copy is a part of another one, with which it goes."""
    first, last = copy.function.start_line, copy.function.end_line
    return any(start <= first and last <= end and (start, end) != (first, last) for start, end in spans)


def _alike(files: Sequence[FileFacts]) -> Iterator[Iterator[Copy]]:
    """The functions that have one skeleton, where there are several; shapes are read of those alone."""
    alike: dict[str, list[tuple[FileFacts, FunctionFacts]]] = defaultdict(list)
    for file in files:
        for function in file.functions if written(file) else ():
            if function.shape:
                alike[skeleton_of(function.shape)].append((file, function))
    return (_copies(those) for those in alike.values() if len(those) > 1)


def _copies(functions: Sequence[tuple[FileFacts, FunctionFacts]]) -> Iterator[Copy]:
    for file, function in functions:
        lines, shape = json.loads(function.shape)
        if mass(shape) >= MIN_MASS:
            yield Copy(file, function, lines, shape)


def _families(copies: Iterable[Copy]) -> Iterator[Family]:
    families: list[Family] = []
    for copy in copies:
        for family in families[:MOST_FAMILIES]:
            joint = unify(family.shape, copy.shape, MOST_HOLES, family.holes)
            if joint is not None and convinces(joint):
                family.members.append(copy)
                family.shape, family.holes = joint.shape, joint.holes
                break
        else:
            families.append(Family([copy], copy.shape, ()))
    return (family for family in families if len(family.members) > 1)


def convinces(template: Template) -> bool:
    """Whether a template has names enough of its own, and few holes for what is fixed."""
    return len(template.names) >= MIN_NAMES and template.fixed >= FIXED_PER_HOLE * len(template.holes)


def _settle(family: Family, classes: Classes) -> None:
    """Put the members in order; twins count once, and an override that differs from what it overrides is meant."""
    members: list[Copy] = []
    for copy in sorted(family.members, key=lambda copy: (copy.file.path, copy.function.start_line)):
        if any(
            twins(copy.file, copy.function, other.file, other.function)
            or (family.holes and _overrides(copy, other, classes))
            for other in members
        ):
            continue
        members.append(copy)
    family.members = members


def _overrides(one: Copy, two: Copy, classes: Classes) -> bool:
    """True where one of two methods stands in for the other in a class below it."""
    if _bare(one) != _bare(two) or not one.function.owner or not two.function.owner:
        return False
    first, second = ((copy.file.path, copy.function.owner) for copy in (one, two))
    return first in classes.lineage(*second) or second in classes.lineage(*first)


def _home(family: Family) -> tuple[str, ...]:
    """What families have in common that are told as one: files with equal functions of one name, or classes."""
    if not family.holes and _same_names(family):
        return tuple(copy.file.path for copy in family.members)
    if not family.holes and all(copy.function.owner for copy in family.members):
        return tuple(f"{copy.file.path}:{copy.function.owner}" for copy in family.members)
    return (json.dumps(family.shape), family.first.file.path, family.first.function.name)


def _same_names(family: Family) -> bool:
    return len({copy.function.name for copy in family.members}) == 1


def _pressure(families: list[Family]) -> Pressure:
    families.sort(key=lambda family: (family.first.file.path, family.first.function.start_line))
    family = families[0]
    saved = sum(family.saved for family in families)
    digest = sha256(json.dumps([family.shape for family in families]).encode()).hexdigest()[:16]
    sites = tuple(
        PressureSite(_where(copy), "copies", "resolved", f"copies `{family.first.function.name}`")
        for family in families
        for copy in family.members[1:]
    )
    subject = _equal(families) if len(families) > 1 else _functions(family)
    message = f"{subject}: {saved} lines of their bodies would go"
    return Pressure(RULE, f"clones:{digest}", _where(family.first), message, sites, float(saved))


def _where(copy: Copy) -> Place:
    return place(copy.file.path, copy.function.span, copy.function.name)


def _functions(family: Family) -> str:
    label, rest = family.first.function.name, family.members[1:]
    named = (copy.file.path if copy.function.name == label else copy.function.name for copy in rest[:SHOWN])
    others = ", ".join(f"`{name}`" for name in named) + (" and more" if len(rest) > SHOWN else "")
    if _same_names(family):
        return f"`{label}` here and in {others} is one template{_with(family.holes)}"
    return f"`{label}` and {others} are one template{_with(family.holes)}"


def _equal(families: list[Family]) -> str:
    members, more = families[0].members, " and more" if len(families) > SHOWN else ""
    if _same_names(families[0]):
        homes, kind = [copy.file.path for copy in members], "functions"
        names = ", ".join(f"`{family.first.function.name}`" for family in families[:SHOWN])
    else:
        homes, kind = [copy.function.owner for copy in members], "methods"
        names = ", ".join(f"`{_bare(family.first)}`" for family in families[:SHOWN])
    return f"{' and '.join(f'`{home}`' for home in homes)} have {len(families)} equal {kind} ({names}{more})"


def _with(holes: tuple[Hole, ...]) -> str:
    if not holes:
        return " without a difference"
    said = ", ".join(f"`{hole.one}` or `{hole.two}`" for hole in holes if hole.one and hole.two)
    return f" with {len(holes)} parameter{'s' * (len(holes) > 1)}" + (f" ({said})" if said else "")


def _bare(copy: Copy) -> str:
    return copy.function.name.rpartition(".")[2]


def twins(one: FileFacts, first: FunctionFacts, two: FileFacts, second: FunctionFacts) -> bool:
    """True where only a word such as `async` tells two functions' names apart."""
    if one.path != two.path and first.name.lower() == second.name.lower():
        return False
    if one.path == two.path and first == second:
        return False
    ours, theirs = _without_twins(one, first), _without_twins(two, second)
    signs = ["", *(twin for twin in words_of(one.language).twins if len(twin) == 1)]
    return len(ours) == len(theirs) and all(
        any(left == sign + right or sign + left == right for sign in signs)
        for left, right in zip(ours, theirs, strict=True)
    )


def _without_twins(file: FileFacts, function: FunctionFacts) -> list[str]:
    """The parts of a function's name without the words that tell an asynchronous twin from its synchronous one."""
    known = words_of(file.language).twins
    parts = function.name.split(".")
    return ["".join(word for word in map(str.lower, _WORD.findall(part)) if word not in known) for part in parts]
