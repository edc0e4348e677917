"""Where packages come from: PyPI's wheels and npm's tarballs, told apart by their files' suffix."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Protocol

from spotter.engine import tarballs, wheels
from spotter.errors import SpotterError
from spotter.source import Source


class Registry(Protocol):
    """What the module of a registry knows of its packages.

    FOLDER is where a corpus keeps them, CLIENT fetches them. The names in KEPT_OUT are no one's to learn from: they
    measure us, or show what was never read.
    """

    FOLDER: str
    CLIENT: str
    KEPT_OUT: frozenset[str]

    def download(self, package: str, version: str, name: str, folder: Path, /) -> str:
        """Ask the client for a version's file of this name; a line that it said, or ""."""

    def project_of(self, archive: Path, /) -> str:
        """The project of a package, by its file's name."""

    def described(self, archive: Path, /) -> tuple[str, str, list[str]]:
        """The name, the version and the licences of a package, as it says them."""

    def sources(self, archive: Path, /) -> Iterator[Source]:
        """The sources that may be learned from, in order."""


REGISTRIES: dict[str, Registry] = {".whl": wheels, ".tgz": tarballs}
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
            raise SpotterError(f"{file}: {registry.CLIENT} is not installed, which downloads it; install it") from None
        if not archive.exists():
            raise SpotterError(f"{file}: {registry.CLIENT} could not download it ({said}); try again later")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != sha256:
        raise SpotterError(f"{file}: its sha256 is not the one in the list; delete the file and try again")
    return archive
