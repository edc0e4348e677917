"""Condition pressure: one decision taken again and again across functions and files.

A question that a dozen functions ask of the same kind of value wants one answer: a method, a subclass, a value
computed once. Tests do not count; a generated file has one vote.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from spotter.metrics.classes import Classes
from spotter.metrics.facts import Decision, FileFacts
from spotter.metrics.nil import place
from spotter.metrics.pressure import Pressure, PressureSite

RULE = "SP221"
MIN_FUNCTIONS = 12
MIN_FILES = 3
MIN_METHODS = 8
MIN_FLAG_METHODS = 16
MIN_FLAG_FUNCTIONS = 20

Site = tuple[FileFacts, Decision]


def condition_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every decision taken in many functions, the most frequent first."""
    classes = Classes(files)
    taken: dict[str, list[Site]] = defaultdict(list)
    for file in files:
        if file.test:
            continue
        voted: set[str] = set()
        for decision in file.decisions:
            key = decision.atom
            if decision.owner:
                path, top = classes.lineage(file.path, decision.owner)[-1]
                key = f"{path}:{top}:{decision.atom}"
            if not (file.generated and key in voted):
                taken[key].append((file, decision))
            voted.add(key)
    found = []
    for key, sites in taken.items():
        functions = {(file.path, decision.function) for file, decision in sites}
        paths = {path for path, _ in functions}
        if len(functions) >= _least(sites[0][1]) and (sites[0][1].owner or len(paths) >= MIN_FILES):
            found.append(_pressure(key, sites, len(functions), len(paths)))
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


def _least(decision: Decision) -> int:
    """How many functions must take a decision: a mere flag speaks for itself longer than a comparison or a call."""
    flag = decision.atom.replace("_", "").replace(".", "").isidentifier()
    if decision.owner:
        return MIN_FLAG_METHODS if flag else MIN_METHODS
    return MIN_FLAG_FUNCTIONS if flag else MIN_FUNCTIONS


def _pressure(key: str, sites: list[Site], functions: int, files: int) -> Pressure:
    text = Counter(decision.text for _, decision in sites).most_common(1)[0][0]
    homes = Counter(file.path for file, _ in sites)
    home = min(homes, key=lambda path: (-homes[path], path))
    first = min(place(file.path, item.span, item.function) for file, item in sites if file.path == home)
    where = "in this class" if files == 1 else f"in {files} files"
    message = (
        f"`{text}` is decided {len(sites)} times in {functions} functions {where}: "
        "decide it once, and pass on what follows from it"
    )
    marked = sorted(
        PressureSite(place(file.path, item.span, item.function), "checks", "inferred", "decides it again")
        for file, item in sites
    )
    return Pressure(RULE, f"condition:{key}", first, message, tuple(marked), float(len(sites) - 1))
