"""Where packages come from: PyPI's wheels and npm's tarballs, told apart by their files' suffix."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from spotter.engine import tarballs, wheels
from spotter.errors import SpotterError
from spotter.source import Source


@dataclass(frozen=True, slots=True)
class Registry:
    """What a registry's packages are asked.

    `folder` is where a corpus keeps them. The client's `download` takes a name, a version, a file's name and a folder,
    and gives what was said. The names of those kept out are no one's to learn from: they measure us, or show what was
    never read.
    """

    folder: str
    client: str
    download: Callable[[str, str, str, Path], str]
    project_of: Callable[[Path], str]
    described: Callable[[Path], tuple[str, str, list[str]]]
    sources: Callable[[Path], Iterator[Source]]
    kept_out: frozenset[str]


REGISTRIES: dict[str, Registry] = {
    ".whl": Registry(
        folder="wheels",
        client="pip",
        download=wheels.download,
        project_of=wheels.project_of,
        described=wheels.described,
        sources=wheels.sources,
        kept_out=wheels.EVALUATION | wheels.SHOWCASE,
    ),
    ".tgz": Registry(
        folder="tarballs",
        client="npm",
        download=tarballs.download,
        project_of=tarballs.project_of,
        described=tarballs.described,
        sources=tarballs.sources,
        kept_out=tarballs.EVALUATION | tarballs.SHOWCASE,
    ),
}
PACKED = {"python": ".whl", "javascript": ".tgz"}  # by dialect


def registry_of(file: str) -> Registry:
    """The registry of a package's file."""
    return REGISTRIES[PurePosixPath(file).suffix]


def fetch(package: str, version: str, file: str, sha256: str, folder: Path) -> Path:
    """Download a package's file unless it is there; SpotterError when that fails or its hash is another one."""
    archive, registry = folder / file, registry_of(file)
    if not archive.exists():
        try:
            said = registry.download(package, version, file, folder) or "nothing was said"
        except FileNotFoundError:
            raise SpotterError(f"{file}: {registry.client} is not installed, which downloads it; install it") from None
        if not archive.exists():
            raise SpotterError(f"{file}: {registry.client} could not download it ({said}); try again later")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != sha256:
        raise SpotterError(f"{file}: its sha256 is not the one in the list; delete the file and try again")
    return archive
