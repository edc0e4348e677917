"""Counterparts: which function of a change's one side is which of the other, through moves and new names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from spotter.metrics.facts import FileFacts

Unit = tuple[str, str]  # a function or class by its path and dotted name, "" for what stands outside of them

_LIKENESS: tuple[Callable[[Unit, str], object], ...] = (
    lambda unit, _: unit,
    lambda unit, _: unit[1],
    lambda _, shape: shape,
    lambda unit, _: unit[1].rpartition(".")[2],
)


def counterparts(old: Sequence[FileFacts], new: Sequence[FileFacts]) -> dict[Unit, Unit]:
    """What each unit was before: the one of the same place, else of the same name, the same body, or a like name."""
    left, right = _units(old), _units(new)
    found: dict[Unit, Unit] = {}
    for likeness in _LIKENESS:
        free: dict[object, list[Unit]] = defaultdict(list)
        for unit in sorted(left.keys() - set(found.values())):
            free[likeness(unit, left[unit])].append(unit)
        for unit in sorted(right.keys() - found.keys()):
            if (name := likeness(unit, right[unit])) and free[name]:
                found[unit] = free[name].pop(0)
    return found


def _units(files: Iterable[FileFacts]) -> dict[Unit, str]:
    """Every unit with its shape; only functions have one."""
    found: dict[Unit, str] = {}
    for file in files:
        found[file.path, ""] = ""
        found.update({(file.path, item.name): "" for item in file.classes})
        found.update({(file.path, item.name): item.shape for item in file.functions})
    return found
