"""Shares: what each function adds to the decisions, origins of nil, repeats and copies of a repository.

Every measure is a number of a whole repository, and a change adds the difference of two such numbers. So the steps of
a change add up to the whole, a move or a rename adds nothing, and what is deleted is a credit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from spotter.counterparts import Unit, counterparts
from spotter.metrics.facts import FileFacts
from spotter.metrics.shapes import skeleton_of
from spotter.metrics.similarity import similarity_pressures

FREE = 2  # functions that may take a decision before the next one repeats it
MEASURES = {
    "decisions": "branches, loops, handlers and parts of conditions in functions (SP301)",
    "origins": "attributes, parameters and results that may be nil (SP201)",
    "repeats": "functions that take a decision which two others take already (SP221)",
    "copies": "functions that are another one with few holes (SP251)",
}

Files = Sequence[FileFacts]


@dataclass(frozen=True, slots=True)
class Share:
    """What one function adds to a measure, or takes from it: how much there was, and how much there is."""

    measure: str
    path: str
    function: str
    line: int
    before: int
    after: int

    @property
    def added(self) -> int:
        """The difference, negative for a credit."""
        return self.after - self.before


def shares_of(old: Files, new: Files, rest: Files) -> tuple[Share, ...]:
    """The shares that are not zero, the largest first, of a change from old files to new ones in a repository."""
    was = counterparts(old, new)
    found = [
        *_counted("decisions", _decisions(old), _decisions(new), was),
        *_counted("origins", _origins(old), _origins(new), was),
        *_repeats(old, new, rest, was),
        *_copies(old, new, rest, was),
    ]
    lines = {unit: line for file in (*old, *new) for unit, line in _lines(file)}
    placed = (replace(share, line=lines.get((share.path, share.function), 1)) for share in found if share.added)
    return tuple(sorted(placed, key=lambda share: (-share.added, share.measure, share.path, share.line)))


def _lines(file: FileFacts) -> Iterator[tuple[Unit, int]]:
    yield from (((file.path, item.name), item.line) for item in file.classes)
    yield from (((file.path, item.name), item.span.line) for item in file.functions)


def _decisions(files: Files) -> Counter[Unit]:
    return Counter({(file.path, f.name): f.decisions for file in files for f in file.functions if f.decisions})


def _origins(files: Files) -> Counter[Unit]:
    found: Counter[Unit] = Counter()
    for file in files:
        found.update((file.path, function) for function, _ in {(item.function, item.subject) for item in file.origins})
        found.update((file.path, f.name) for f in file.functions if f.gives == "mixed" and not f.marks)
    return found


def _counted(measure: str, old: Counter[Unit], new: Counter[Unit], was: Mapping[Unit, Unit]) -> Iterator[Share]:
    for unit, count in new.items():
        yield Share(measure, *unit, 1, old[was[unit]] if unit in was else 0, count)
    still = {was[unit] for unit in new if unit in was}
    yield from (Share(measure, *unit, 1, count, 0) for unit, count in old.items() if unit not in still)


def _repeats(old: Files, new: Files, rest: Files, was: Mapping[Unit, Unit]) -> Iterator[Share]:
    before, after, around = _takers(old), _takers(new), _takers(rest)
    came: Counter[Unit] = Counter()
    gone: Counter[Unit] = Counter()
    for atom in before.keys() | after.keys():
        one, two, others = before.get(atom, set()), after.get(atom, set()), len(around.get(atom, ()))
        more = max(0, others + len(two) - FREE) - max(0, others + len(one) - FREE)
        came.update(_last(two - {unit for unit in two if was.get(unit) in one}, more))
        gone.update(_last(one - {was.get(unit) for unit in two}, -more))
    yield from (Share("repeats", *unit, 1, 0, count) for unit, count in came.items())
    yield from (Share("repeats", *unit, 1, count, 0) for unit, count in gone.items())


def _takers(files: Files) -> dict[str, set[Unit]]:
    """The functions that take each decision; what is asked of the receiver is its class's own question."""
    found: dict[str, set[Unit]] = defaultdict(set)
    for file in files:
        for decision in file.decisions:
            own = f"{decision.owner}:" if decision.owner else ""
            found[own + decision.atom].add((file.path, decision.function))
    return found


def _copies(old: Files, new: Files, rest: Files, was: Mapping[Unit, Unit]) -> Iterator[Share]:
    """Only families that have the statements of a function that came, went or changed can have changed."""
    one, two = Counter(_shapes(old)), Counter(_shapes(new))
    touched = {skeleton_of(shape) for shape in (one - two) + (two - one)}
    if not touched:
        return
    before, after = (set(_copied(touched, rest, side)) for side in (old, new))
    more = len(after) - len(before)
    yield from (Share("copies", *u, 1, 0, 1) for u in _last({u for u in after if was.get(u) not in before}, more))
    yield from (Share("copies", *u, 1, 1, 0) for u in _last(before - {was.get(unit) for unit in after}, -more))


def _copied(touched: set[str], rest: Files, side: Files) -> Iterator[Unit]:
    """The copies in a state of the repository. A file's place is not its path's: families hang on their order."""
    ordered = [*rest, *sorted(side, key=lambda file: [function.shape for function in file.functions])]
    narrowed = [
        replace(file, functions=tuple(f for f in file.functions if f.shape and skeleton_of(f.shape) in touched))
        for file in ordered
    ]
    for pressure in similarity_pressures(narrowed):
        yield from ((site.place.path, site.place.function) for site in pressure.sites)


def _shapes(files: Iterable[FileFacts]) -> Iterator[str]:
    return (function.shape for file in files for function in file.functions if function.shape)


def _last(units: set[Unit], count: int) -> list[Unit]:
    return sorted(units)[-count:] if count > 0 else []
