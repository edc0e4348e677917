"""Where packages come from: PyPI's wheels and npm's tarballs, told apart by their files' suffix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from spotter.engine import tarballs, wheels
from spotter.source import Source


@dataclass(frozen=True, slots=True)
class Registry:
    """What a registry's packages are asked.

    `folder` is where a corpus keeps them. `fetch` takes a name, a version, a file's name, its sha256 and a folder. The
    names of those kept out are no one's to learn from: they measure us, or show what was never read.
    """

    folder: str
    fetch: Callable[[str, str, str, str, Path], Path]
    project_of: Callable[[Path], str]
    described: Callable[[Path], tuple[str, str, list[str]]]
    sources: Callable[[Path], Iterator[Source]]
    kept_out: frozenset[str]


REGISTRIES: dict[str, Registry] = {
    ".whl": Registry(
        "wheels", wheels.fetch, wheels.project_of, wheels.described, wheels.sources, wheels.EVALUATION | wheels.SHOWCASE
    ),
    ".tgz": Registry(
        "tarballs",
        tarballs.fetch,
        tarballs.project_of,
        tarballs.described,
        tarballs.sources,
        tarballs.EVALUATION | tarballs.SHOWCASE,
    ),
}

PACKED = {"python": ".whl", "javascript": ".tgz"}  # by dialect


def registry_of(file: str) -> Registry:
    """The registry of a package's file."""
    return REGISTRIES[PurePosixPath(file).suffix]
