"""Misspelt names: one that is used once, stands nowhere else, and is a letter away from one that others use."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import pairwise

from spotter.metrics.facts import FileFacts, Lone
from spotter.metrics.lone import near, strange
from spotter.metrics.nil import place
from spotter.metrics.pressure import Pressure, PressureSite

RULE = "SP263"
COMMON = 2  # files that have the name of which another one is a misspelling
SHARE = 0.8  # that is right, about: 37 of 44 that were read (README.md)
SHOWN = 3


def misspelling_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every misspelt name of the repository's own files, tests and generated files apart, the commonest meant first."""
    times = Counter(name for file in files for name in file.names)
    modules = set(_modules(files))
    found = [
        _pressure(file, lone, meant, times[meant], files)
        for file in files
        if not (file.test or file.generated)
        for lone in file.lone
        if times[lone.name] == 1 and not _foreign(lone.source, modules) and (meant := _meant(file, lone, times))
    ]
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


def _meant(file: FileFacts, lone: Lone, times: Mapping[str, int]) -> str:
    """The name that a lone one was meant to be, of its file or of others, none of which has its strange word; or ""."""
    if not (meant := lone.beside or near(lone.name, times, COMMON, file.language)):
        return ""
    odd = strange(lone.name, file.language)
    shared = any(word in other.lower() for word in odd for other in times if other != lone.name)
    return "" if shared else meant


def _modules(files: Sequence[FileFacts]) -> Iterator[tuple[str, ...]]:
    """Every two steps that follow each other in the path of a file, and the first step."""
    for file in files:
        steps = file.path.rpartition(".")[0].split("/")
        yield (steps[0],)
        yield from pairwise(steps)


def _foreign(source: str, modules: Container[tuple[str, ...]]) -> bool:
    """Whether what a file takes comes from outside of the repository."""
    return bool(source) and not source.startswith(".") and tuple(re.split(r"[./]", source)[:2]) not in modules


def _pressure(file: FileFacts, lone: Lone, meant: str, count: int, files: Sequence[FileFacts]) -> Pressure:
    sites = tuple(_sites(meant, files))[:SHOWN]
    there = "often in this file" if lone.beside else f"in {count} files"
    return Pressure(
        RULE,
        f"misspelt:{file.path}:{lone.name}",
        place(file.path, lone.span, lone.function),
        f"`{lone.name}` stands nowhere else, `{meant}` stands {there}: it seems to be misspelt",
        sites,
        float(count),
        deviant=True,
        p_error=SHARE,
        expected=meant,
    )


def _sites(meant: str, files: Sequence[FileFacts]) -> Iterator[PressureSite]:
    """Where the meant name is declared, as a function or a parameter."""
    for file in files:
        for function in file.functions:
            if function.name.rpartition(".")[2] == meant or meant in function.parameters:
                where = place(file.path, function.span, function.name)
                yield PressureSite(where, "defines", "inferred", "declared here")
