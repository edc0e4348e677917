"""Similar blocks: runs of statements that stand in several functions and could be one function, their holes parameters.

A run is as long as all its members allow; it gives at most two locals to what follows, and does not return, break off
a loop or yield, unless it ends its function. What lies in copies of whole functions is not told again.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from spotter.metrics.facts import FileFacts, FunctionFacts
from spotter.metrics.pressure import Place, Pressure, PressureSite
from spotter.metrics.shapes import BREAKS, HOLDS, RETURNS, Shape
from spotter.metrics.similarity import MIN_MASS, MIN_SAVED, MOST_HOLES, convinces, similarity_pressures, twins, written
from spotter.metrics.templates import Hole, mass, unify

RULE = "SP251"
MIN_LINES = 6
MIN_STATEMENTS = 3
MOST_GIVEN = 6
MOST_GIVEN_BACK = 2
MOST_MEMBERS = 40
SHOWN = 3
_KEPT = re.compile(r'"([@.!][^"]*|call:[^"]*)"')
_LOCAL = re.compile(r'"([$%])(\d+)"')
_GIVING = frozenset({"assign", "update", "fill", "walrus"})


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a body: its shape, what must be equal in a copy of it, and its place; `leaves` as in shapes."""

    shape: Shape
    key: str
    line: int
    column: int
    end_line: int
    leaves: int


@dataclass(frozen=True, slots=True)
class Body:
    """The statements of one block of a function, and whether the function ends with them."""

    file: FileFacts
    function: FunctionFacts
    statements: tuple[Statement, ...]
    last: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Some statements of a body, one behind the other: [start, end)."""

    body: Body
    start: int
    end: int

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of the run."""
        return self.body.statements[self.start : self.end]

    @property
    def place(self) -> Place:
        """Where the run stands."""
        first, last = self.statements[0], self.statements[-1]
        name = self.body.function.name
        return Place(self.body.file.path, first.line, first.column, last.end_line, 1, name)

    @property
    def lines(self) -> int:
        """The lines that it takes."""
        return self.statements[-1].end_line - self.statements[0].line + 1


@dataclass(frozen=True, slots=True)
class Family:
    """Runs that are one template, its holes, and how many locals it would be given and whether it gives one back."""

    runs: tuple[Run, ...]
    shape: Shape
    holes: tuple[Hole, ...]
    given: int
    gives: bool

    @property
    def saved(self) -> int:
        """The lines that go: all copies but one, less a call each, and the head and the result of the new function."""
        lines = [run.lines for run in self.runs]
        return sum(lines) - max(lines) - len(lines) - 1 - self.gives


def similar_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """The copies of whole functions, and then the blocks that functions share."""
    whole = similarity_pressures(files)
    return (*whole, *block_pressures(files, whole))


def block_pressures(files: Sequence[FileFacts], whole: Sequence[Pressure]) -> tuple[Pressure, ...]:
    """Every family of runs, the one that saves most lines first, beside the copies of whole functions."""
    gone = [{(p.path, p.function) for p in (one.place, *(site.place for site in one.sites))} for one in whole]
    families = [family for runs in _alike(files) if (family := _family(runs)) is not None and family.saved >= MIN_SAVED]
    families.sort(key=lambda family: (-family.saved, family.runs[0].place))
    taken: dict[tuple[str, str], list[range]] = defaultdict(list)
    found = []
    for family in families:
        homes = {(run.place.path, run.place.function) for run in family.runs}
        spans = [
            ((run.place.path, run.place.function), range(run.place.line, run.place.end_line + 1)) for run in family.runs
        ]
        if any(homes <= copies for copies in gone) or any(_meets(span, taken[home]) for home, span in spans):
            continue
        for home, span in spans:
            taken[home].append(span)
        found.append(_pressure(family))
    return tuple(found)


def _meets(span: range, spans: Sequence[range]) -> bool:
    return any(span.start < other.stop and other.start < span.stop for other in spans)


def _alike(files: Sequence[FileFacts]) -> Iterator[list[Run]]:
    """Runs of at least MIN_LINES lines that begin alike, each as long as it can be in all or in most of them."""
    begun: dict[tuple[str, ...], list[Run]] = defaultdict(list)
    seen: set[tuple[str, int, int]] = set()
    for body in _bodies(files):
        first = body.statements[0]
        if (where := (body.file.path, first.line, first.column)) in seen:  # a function inside another one
            continue
        seen.add(where)
        for start in range(len(body.statements) - MIN_STATEMENTS + 1):
            if (end := _least(body, start)) is not None:
                key = tuple(one.key for one in body.statements[start:end])
                begun[key].append(Run(body, start, end))
    for runs in begun.values():
        if 1 < len(runs) <= MOST_MEMBERS and not _begins_earlier(runs):
            yield _longest(runs)


def _least(body: Body, start: int) -> int | None:
    """Where the shortest run that begins there ends."""
    for end in range(start + MIN_STATEMENTS, len(body.statements) + 1):
        if body.statements[end - 1].end_line - body.statements[start].line + 1 >= MIN_LINES:
            return end
    return None


def _begins_earlier(runs: Sequence[Run]) -> bool:
    """Whether all runs are alike one statement before them too."""
    before = {run.body.statements[run.start - 1].key if run.start else str(at) for at, run in enumerate(runs)}
    return len(before) == 1


def _longest(runs: Sequence[Run]) -> list[Run]:
    """The runs as far as they stay alike, of all of them or of those that save most lines so."""
    first = runs[0]
    lengths = [_common(first, run) for run in runs]
    best: list[Run] = []
    worth = 0
    for length in sorted(set(lengths)):
        kept = [Run(r.body, r.start, r.start + length) for r, n in zip(runs, lengths, strict=True) if n >= length]
        saved = (len(kept) - 1) * (kept[0].lines - 1)
        if len(kept) > 1 and saved >= worth:
            best, worth = kept, saved
    return best


def _common(one: Run, two: Run) -> int:
    length = one.end - one.start
    left, right = one.body.statements, two.body.statements
    if one is two:
        return len(left) - one.start
    while (
        one.start + length < len(left)
        and two.start + length < len(right)
        and left[one.start + length].key == right[two.start + length].key
    ):
        length += 1
    return length


def _family(runs: Sequence[Run]) -> Family | None:
    """The template of runs that could be a function, None where they have none that convinces."""
    apart = _trimmed(_apart(runs))
    while apart and not all(_closed(run) for run in apart):
        apart = [replace(run, end=run.end - 1) for run in apart]
        if apart[0].end - apart[0].start < MIN_STATEMENTS or apart[0].lines < MIN_LINES:
            return None
    if len(apart) < 2:
        return None
    shape = _shape(apart[0].statements)
    holes: tuple[Hole, ...] = ()
    members, joint = [apart[0]], None
    for run in apart[1:]:
        made = unify(shape, _shape(run.statements), MOST_HOLES, holes)
        if made is not None and convinces(made):
            joint, shape, holes = made, made.shape, made.holes
            members.append(run)
    if joint is None or mass(shape) < MIN_MASS:
        return None
    flows = [_flow(run) for run in members]
    given, gives = max(taken for taken, _ in flows), max(made for _, made in flows)
    fits = gives <= MOST_GIVEN_BACK and given + len(holes) <= MOST_GIVEN
    return Family(tuple(members), shape, holes, given, gives > 0) if fits else None


def _apart(runs: Sequence[Run]) -> list[Run]:
    """The runs, none of which overlaps another one, in order."""
    found: list[Run] = []
    for run in sorted(runs, key=lambda run: run.place):
        last = found[-1].place if found else None
        behind = last is None or last.path != run.place.path or run.place.line > last.end_line
        if behind and not any(twins(run.body.file, run.body.function, r.body.file, r.body.function) for r in found):
            found.append(run)
    return found


def _trimmed(runs: list[Run]) -> list[Run]:
    """The longest part of the runs whose statements have templates one by one; none where too little is left."""
    if len(runs) < 2:
        return []
    first, *others = [[_shape([one]) for one in run.statements] for run in runs]
    fits = [all(unify(one, two[at], MOST_HOLES) for two in others) for at, one in enumerate(first)]
    best = (0, 0)
    start = 0
    for at, fit in enumerate([*fits, False]):
        if not fit:
            best = max(best, (at - start, start))
            start = at + 1
    length, start = best
    kept = [replace(run, start=run.start + start, end=run.start + start + length) for run in runs]
    return kept if length >= MIN_STATEMENTS and kept[0].lines >= MIN_LINES else []


def _closed(run: Run) -> bool:
    """Whether nothing in a run leaves it but for its end, or it is the end of its function itself."""
    leaves = 0
    for one in run.statements:
        leaves |= one.leaves
    ends = run.body.last and run.end == len(run.body.statements)
    return not leaves & BREAKS and (not leaves & RETURNS or ends)


def _shape(statements: Sequence[Statement]) -> Shape:
    """The shape of a run, its locals renamed by their first occurrence in it."""
    numbers: dict[str, str] = {}
    return ["@run", *(_renamed(one.shape, numbers) for one in statements)]


def _renamed(shape: Shape, numbers: dict[str, str]) -> Shape:
    if isinstance(shape, str):
        if shape[0] in "$%" and shape[1:].isdigit():
            return numbers.setdefault(shape[1:], f"${len(numbers)}")
        return shape
    return [part if at == 0 else _renamed(part, numbers) for at, part in enumerate(shape)]


def _locals(shapes: Sequence[Shape]) -> list[str]:
    return _LOCAL.findall(json.dumps(shapes))


def _flow(run: Run) -> tuple[int, int]:
    """How many locals a run takes from its function, and how many it gives back: those that are asked for elsewhere."""
    names = _LOCAL.findall(json.dumps([one.shape for one in run.statements]))
    inside, around = [name for _, name in names], [name for _, name in _LOCAL.findall(run.body.function.shape)]
    at = next((i for i in range(len(around)) if around[i : i + len(inside)] == inside), 0)
    before, behind = set(around[:at]), set(around[at + len(inside) :])
    taken = {name for sign, name in names if sign == "%" or name in before}
    changed = _given_values([one.shape for one in run.statements])
    return len(taken), len((set(inside) - taken) & behind) + len(changed & taken & (before | behind))


def _given_values(shapes: Sequence[Shape]) -> set[str]:
    """The locals that statements give a value to."""
    found: set[str] = set()
    pending: list[Shape] = list(shapes)
    while pending:
        shape = pending.pop()
        if isinstance(shape, list):
            if str(shape[0]).partition(":")[0] in _GIVING and len(shape) > 1:
                found.update(name for _, name in _LOCAL.findall(json.dumps(shape[1])))
            pending.extend(shape[1:])
    return found


def _bodies(files: Sequence[FileFacts]) -> Iterator[Body]:
    """The blocks of all functions in files that are written."""
    for file in files:
        for function in file.functions if written(file) else ():
            if function.shape:
                _, shape = json.loads(function.shape)
                rows = iter(json.loads(function.statements))
                yield from _held(file, function, shape[-1] if shape[0] == "@typed" else shape, rows)


def _held(file: FileFacts, function: FunctionFacts, top: Shape, rows: Iterator[list[int]]) -> Iterator[Body]:
    """The blocks of one function that may hold a run. The rows tell of the statements in the order of the shape."""
    pending: list[tuple[Shape, list[tuple[Shape, list[int]]]]] = [(top, [])]
    held: list[list[tuple[Shape, list[int]]]] = []
    while pending:
        shape, siblings = pending.pop()
        if isinstance(shape, str):
            continue
        below: list[tuple[Shape, list[int]]] = []
        if str(shape[0])[0] == "@":
            row = next(rows)
            siblings.append((shape, row))
            if row[3] & HOLDS:
                held.append(below)
        pending.extend((part, below) for part in reversed(shape[1:]))
    for at, statements in enumerate(held):
        if len(statements) >= MIN_STATEMENTS and statements[-1][1][2] - statements[0][1][0] + 1 >= MIN_LINES:
            told = tuple(Statement(one, _key(one), *row) for one, row in statements)
            yield Body(file, function, told, last=at == 0)


def _key(shape: Shape) -> str:
    return " ".join(_KEPT.findall(json.dumps(shape, ensure_ascii=False)))


def _pressure(family: Family) -> Pressure:
    first, *rest = family.runs
    digest = sha256(json.dumps(family.shape).encode()).hexdigest()[:16]
    sites = tuple(PressureSite(run.place, "copies", "resolved", "has the same statements") for run in rest)
    count = family.given + len(family.holes)
    said = ", ".join(f"`{hole.one}` or `{hole.two}`" for hole in family.holes if hole.one and hole.two)
    homes = list(dict.fromkeys(f"`{run.body.function.name}`" for run in rest))
    others = ", ".join(homes[:SHOWN]) + (" and more" if len(homes) > SHOWN else "")
    message = (
        f"{first.lines} lines here stand in {others} too: {family.saved} lines would go if they were a function with "
        f"{count} parameter{'s' * (count != 1)}" + (f" ({said})" if said else "")
    )
    return Pressure(RULE, f"block:{digest}", first.place, message, sites, float(family.saved))
